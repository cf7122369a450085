"""A photo -> the faces in it and the expression of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mien.face.detection import Face, find_faces
from mien.face.expression import Expression
from mien.face.network import ExpressionModel, default_model
from mien.face.neutral import NeutralFace, relative_to
from mien.face.photo import DEFAULT_LIMITS, Limits, Photo, load_photo


@dataclass(frozen=True)
class FaceReading:
    """A face and its expression.

    Attributes:
        face: where it is.
        expression: what it shows.
        is_relative: whether the expression is relative to the person's neutral face.
    """

    face: Face
    expression: Expression
    is_relative: bool = False


@dataclass(frozen=True)
class Reading:
    """What a photo shows.

    Attributes:
        faces: the certain ones first, largest first (see `mien.face.detection.find_faces`); empty
            if there are none.
    """

    faces: tuple[FaceReading, ...]

    @property
    def expression(self) -> Expression | None:
        """The first face's expression, or None without a face."""
        return self.faces[0].expression if self.faces else None

    def relative_to(self, neutral: NeutralFace, model: ExpressionModel) -> Reading:
        """The same with the largest face read relative to its neutral face.

        Before a camera the largest face is that of the person who sits there; others are strangers
        to the neutral face.

        Args:
            neutral: of the person with the largest face.
            model: the network that made this reading.

        Raises:
            NeutralFaceError: the network has not read the neutral face.
        """
        if not self.faces:
            return self
        largest, *others = self.faces
        expression = relative_to(neutral, largest.expression, model)
        return Reading((FaceReading(largest.face, expression, is_relative=True), *others))


def read(
    photo: Photo,
    *,
    model: ExpressionModel | None = None,
    limits: Limits = DEFAULT_LIMITS,
    thorough: bool = True,
    neutral: NeutralFace | None = None,
) -> Reading:
    """Find the faces in a photo and read their expressions.

    Args:
        photo: a path, a file's bytes, or an array (see `mien.face.photo.load_photo`).
        model: the expression network; by default the one in the package.
        limits: the largest photo to decode.
        thorough: detect small and turned faces too (see `mien.face.detection.find_faces`).
        neutral: the neutral face of the person in the photo (see `mien.face.calibrating`). Used if
            the photo shows one face only; of several, we cannot know whose it is.

    Raises:
        PhotoError: the photo cannot be read.
        ModelError: the network cannot be loaded.
        NeutralFaceError: the network has not read the neutral face.

    >>> read(np.zeros((100, 100), np.uint8)).faces
    ()
    """
    model = model or default_model()
    reading = read_faces(find_faces(load_photo(photo, limits), thorough=thorough), model)
    if neutral is None or len(reading.faces) != 1:
        return reading
    return reading.relative_to(neutral, model)


def read_faces(faces: Sequence[Face], model: ExpressionModel | None = None) -> Reading:
    """Read the expressions of faces.

    Args:
        faces: largest first.
        model: the expression network; by default the one in the package.

    Raises:
        ModelError: the network cannot be loaded.
    """
    if not faces:
        return Reading(())
    expressions = (model or default_model()).read(np.stack([face.crop for face in faces]))
    return Reading(tuple(FaceReading(f, e) for f, e in zip(faces, expressions, strict=True)))
