"""A camera or a video -> the expressions in it over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mien.face.expression import Expression
from mien.face.frames import find_in_frame
from mien.face.network import ExpressionModel, default_model
from mien.face.neutral import NeutralFace
from mien.face.photo import DEFAULT_LIMITS, Limits, Photo, load_photo
from mien.face.reading import read_faces
from mien.face.tracking import EVERYONE, STEADINESS, Moment, Steadiness, follow
from mien.face.video import open_frames


def watch(
    source: str,
    *,
    rate: float = 10.0,
    room: bool = False,
    steadiness: Steadiness = STEADINESS,
    model: ExpressionModel | None = None,
    neutral: NeutralFace | None = None,
) -> Iterator[Moment]:
    """Read each frame as it comes. No frame is stored.

    Args:
        source: a camera's number, such as `0` (watched until the iterator is closed), or a video
            file.
        rate: the most frames per second.
        room: read the mean of all faces instead of the largest face.
        steadiness: how slowly the steady expression follows the face.
        model: the expression network; by default the one in the package.
        neutral: the neutral face of the person whose face is the largest.

    Raises:
        NeutralFaceError: (at the first frame) the network has not read the neutral face.
        VideoError, ModelError: (at the first frame) the source or the network cannot be read.
    """
    model = model or default_model()
    moment = None
    with open_frames(source, rate) as frames:
        for frame in frames:
            moment = look(
                moment,
                frame.image,
                frame.time,
                face_id=EVERYONE if room else None,
                steadiness=steadiness,
                model=model,
                neutral=neutral,
            )
            yield moment


def look(
    before: Moment | None,
    photo: Photo,
    time: float,
    *,
    face_id: int | None = None,
    steadiness: Steadiness = STEADINESS,
    model: ExpressionModel | None = None,
    neutral: NeutralFace | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Moment:
    """Read a frame, and return the moment after `before`.

    The first frame in each second is searched thoroughly, or in every other second while faces are
    known; the others are searched quickly, and around the faces that are known.

    Args:
        before: None at the start, or after a pause.
        photo: the frame (see `mien.face.photo.load_photo`).
        time: of the frame, in seconds.
        face_id, steadiness: as in `mien.face.tracking.follow`.
        model: the expression network; by default the one in the package.
        neutral: the neutral face of the person whose face is the largest.
        limits: the largest photo to decode.

    Raises:
        NeutralFaceError: the network has not read the neutral face.
        PhotoError, ModelError: the frame or the network cannot be read.
    """
    model = model or default_model()
    image = load_photo(photo, limits)
    known = [] if before is None else [track.box for track in before.tracks]
    faces = find_in_frame(image, known, thorough=_is_thorough(before, time))
    reading = read_faces(faces, model)
    if neutral is not None:
        reading = reading.relative_to(neutral, model)
    return follow(
        before,
        reading,
        time,
        face_id=face_id,
        unsure_below=model.unsure_below,
        steadiness=steadiness,
    )


def _is_thorough(before: Moment | None, time: float) -> bool:
    if before is None:
        return True
    period = 2.0 if before.visible else 1.0
    return time // period > before.time // period


@dataclass(frozen=True)
class Segment:
    """A part of a timeline with one steady expression, from `start` to `end` in seconds."""

    start: float
    end: float
    expression: Expression


def segments(moments: Sequence[Moment]) -> list[Segment]:
    """Split a timeline where its steady expression changes.

    The first segment begins with the first moment, before its expression was steady.

    Returns:
        The segments in order; an empty list if no expression was ever steady.
    """
    changes = [(m.time, m.steady) for m in moments if m.changed and m.steady is not None]
    if not changes:
        return []
    starts = [moments[0].time, *(time for time, _ in changes[1:])]
    ends = [*starts[1:], moments[-1].time]
    expressions = (expression for _, expression in changes)
    return [Segment(*each) for each in zip(starts, ends, expressions, strict=True)]


def collect(moments: Iterable[Moment], on_change: Callable[[Moment], None]) -> list[Moment]:
    """All moments until the source ends or Ctrl-C interrupts it.

    Args:
        moments: as `watch` yields them.
        on_change: called with each moment that brings a new steady expression.
    """
    collected = []
    try:
        for moment in moments:
            collected.append(moment)
            if moment.changed:
                on_change(moment)
    except KeyboardInterrupt:
        pass
    return collected
