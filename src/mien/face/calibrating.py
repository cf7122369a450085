"""A few seconds of a person's neutral face -> the numbers that later readings are relative to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS
from mien.errors import (
    ExpressiveFaceError,
    NoFaceError,
    PhotoError,
    RestlessFaceError,
    SeveralFacesError,
)
from mien.face.detection import Face, find_faces
from mien.face.expression import Expression
from mien.face.network import NETWORKS, ExpressionModel, default_model
from mien.face.neutral import NeutralFace, mean_log_odds
from mien.face.photo import DEFAULT_LIMITS, Limits, Photo, load_photo
from mien.face.video import open_frames
from mien.support.arrays import UInt8Array

SECONDS = 3.0
"""How long a camera looks at the neutral face."""

RATE = 5.0
"""Frames per second meanwhile."""

# Copies of a neutral face with other light, framing, blur and noise vary by 0.4 (51 people,
# DeBruine & Jones 2017); from rest to a smile they go 3 and more.
MOST_SPREAD = 1.0
"""How much the log-odds of a face at rest may vary, in nats (`mien.face.neutral.mean_log_odds`)."""

MOST_EXPRESSIVE = 0.5
"""A mean probability of an emotion from which on a face is not at rest."""

MOST_EXPRESSIVE_AT_REST = 0.95
"""The same for the emotions that resting faces seem to show."""

SEEN_AT_REST = ("neutral", "sad", "angry")
"""The emotions that resting faces seem to show."""

_PATIENCE = 10.0  # seconds until a camera must have shown a face


def calibrate(
    photos: Photo | Iterable[Photo],
    *,
    models: Sequence[ExpressionModel] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    anyway: bool = False,
) -> NeutralFace:
    """Read a person's neutral face.

    Args:
        photos: one or more photos, or the frames of a film. At least half of them must show the
            face, and nobody else.
        models: the networks that later readings may use; by default those in the package.
        limits: the largest photo to decode.
        anyway: accept a face that moves or shows an emotion, and the largest of several faces.

    Returns:
        What `mien.read` and `mien.watch` take as `neutral`. Only numbers: no picture is kept.

    Raises:
        PhotoError, ModelError: a photo or a network cannot be read.
        NoFaceError: no face is in half of the photos.
        SeveralFacesError: several are.
        RestlessFaceError: the face's expression changes.
        ExpressiveFaceError: it clearly shows another emotion than a resting face may.
    """
    if isinstance(photos, str | Path | bytes | np.ndarray):
        photos = [photos]
    crops = _crops([_find(photo, limits) for photo in photos], anyway)
    models = _models() if models is None else models
    readings = {}
    for model in models:
        expressions = model.read(crops)
        readings[model.fingerprint], spread = mean_log_odds(expressions)
        if not anyway:
            _require_rest(expressions, spread)
    return NeutralFace(readings, len(crops))


def camera_frames(
    source: str, *, seconds: float = SECONDS, rate: float = RATE
) -> Iterator[UInt8Array]:
    """Frames of a camera or a video, as `calibrate` takes them: from the first one with a face on.

    Args:
        source: a camera's number, such as `0`, or a video file.
        seconds: how long.
        rate: frames per second.

    Yields:
        uint8 [h, w, 3], RGB.

    Raises:
        VideoError: the source cannot be read.
        NoFaceError: no face comes into view within ten seconds.
    """
    with open_frames(source, rate) as frames:
        begin: float | None = None
        for frame in frames:
            if begin is None and find_faces(frame.image, thorough=False):
                begin = frame.time
            if begin is None and frame.time >= _PATIENCE:
                break
            if begin is not None and frame.time >= begin + seconds:
                break
            if begin is not None:
                yield frame.image
        if begin is None:
            raise NoFaceError("no face came into view", "face the camera in good light")


def _models() -> tuple[ExpressionModel, ...]:
    default = default_model()
    others = (ExpressionModel(name) for name in NETWORKS)
    return (default, *(model for model in others if model.path != default.path))


def _find(photo: Photo, limits: Limits) -> list[Face]:
    image = load_photo(photo, limits)
    return find_faces(image, thorough=False) or find_faces(image)


def _crops(found: Sequence[Sequence[Face]], anyway: bool) -> UInt8Array:
    """The crops of the person's face, uint8 [n, 48, 48]."""
    if not found:
        raise PhotoError("there is no photo", "give at least one")
    seen = [faces for faces in found if faces]
    if 2 * len(seen) < len(found) or not seen:
        raise NoFaceError(
            "no face was found"
            + (f" in {len(found) - len(seen)} of {len(found)} photos" if len(found) > 1 else ""),
            "face the camera in good light",
        )
    alone = seen if anyway else [faces for faces in seen if len(faces) == 1]
    if 2 * len(alone) < len(seen) or not alone:
        raise SeveralFacesError("there are several faces", "show yours alone")
    return np.stack([faces[0].crop for faces in alone])


def _require_rest(expressions: Sequence[Expression], spread: float) -> None:
    if spread > MOST_SPREAD:
        raise RestlessFaceError(
            "the expression changed meanwhile", "hold still and keep a neutral face"
        )
    mean = np.mean([expression.probabilities for expression in expressions], axis=0)
    emotion, p = EMOTIONS[int(mean.argmax())], float(mean.max())
    most = MOST_EXPRESSIVE_AT_REST if emotion in SEEN_AT_REST else MOST_EXPRESSIVE
    if emotion != "neutral" and p >= most:
        raise ExpressiveFaceError(
            f"the face looks {emotion}, not at rest",
            "relax your face and try again, or calibrate anyway if it looks like this at rest",
        )
