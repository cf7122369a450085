"""A photo -> the faces in it and the expression of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mien.face.detection import Face, find_faces
from mien.face.expression import Expression
from mien.face.network import ExpressionModel, default_model
from mien.face.photo import DEFAULT_LIMITS, Limits, Photo, load_photo


@dataclass(frozen=True)
class FaceReading:
    """A face and its expression."""

    face: Face
    expression: Expression


@dataclass(frozen=True)
class Reading:
    """What a photo shows.

    Attributes:
        faces: largest first; empty if there is no face.
    """

    faces: tuple[FaceReading, ...]

    @property
    def expression(self) -> Expression | None:
        """The largest face's expression, or None without a face."""
        return self.faces[0].expression if self.faces else None


def read(
    photo: Photo,
    *,
    model: ExpressionModel | None = None,
    limits: Limits = DEFAULT_LIMITS,
    thorough: bool = True,
) -> Reading:
    """Find the faces in a photo and read their expressions.

    Args:
        photo: a path, a file's bytes, or an array (see `mien.face.photo.load_photo`).
        model: the expression network; by default the one in the package.
        limits: the largest photo to decode.
        thorough: detect small faces too (see `mien.face.detection.find_faces`).

    Raises:
        PhotoError: the photo cannot be read.
        ModelError: the network cannot be loaded.

    >>> read(np.zeros((100, 100), np.uint8)).faces
    ()
    """
    faces = find_faces(load_photo(photo, limits), thorough=thorough)
    if not faces:
        return Reading(())
    expressions = (model or default_model()).read(np.stack([face.crop for face in faces]))
    return Reading(tuple(FaceReading(f, e) for f, e in zip(faces, expressions, strict=True)))
