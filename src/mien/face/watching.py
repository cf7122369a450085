"""A camera or a video -> the moods in it over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mien.face.expression import Expression
from mien.face.network import ExpressionModel
from mien.face.reading import read
from mien.face.tracking import EVERYONE, Moment, Steadiness, follow
from mien.face.video import open_frames


def watch(
    source: str,
    *,
    rate: float = 10.0,
    room: bool = False,
    steadiness: Steadiness = Steadiness(),  # noqa: B008 - frozen
    model: ExpressionModel | None = None,
) -> Iterator[Moment]:
    """What each frame shows, as it comes. Nothing is kept of the frames.

    Args:
        source: a camera's number, such as `0` (it is watched until the iterator is closed), or a
            video file.
        rate: at most so many frames a second.
        room: the mean of all faces instead of the largest face.
        steadiness: how slowly moods are taken seriously.
        model: another network than the default one.

    Raises:
        PhotoError, ModelError: (at the first frame) the source or the network cannot be read.
    """
    model = model or ExpressionModel()
    moment = None
    with open_frames(source, rate) as frames:
        for frame in frames:
            moment = follow(
                moment,
                read(frame.image, model=model, thorough=False),
                frame.time,
                face_id=EVERYONE if room else None,
                unsure_below=model.unsure_below,
                steadiness=steadiness,
            )
            yield moment


@dataclass(frozen=True)
class Stretch:
    """A part of a timeline with one steady mood: from `start` to `end` seconds."""

    start: float
    end: float
    expression: Expression


def stretches(moments: Sequence[Moment]) -> list[Stretch]:
    """The timeline's parts, each from where the expression turned to where it turned again.

    What lies before the first steady mood belongs to the first part.
    """
    turns = [(m.time, m.steady) for m in moments if m.changed and m.steady is not None]
    if not turns:
        return []
    starts = [moments[0].time, *(time for time, _ in turns[1:])]
    ends = [*starts[1:], moments[-1].time]
    said = (expression for _, expression in turns)
    return [Stretch(*each) for each in zip(starts, ends, said, strict=True)]


def gather(moments: Iterable[Moment], on_change: Callable[[Moment], None]) -> list[Moment]:
    """All moments of a source that ends or is interrupted (Ctrl-C); told each new steady mood."""
    found = []
    try:
        for moment in moments:
            found.append(moment)
            if moment.changed:
                on_change(moment)
    except KeyboardInterrupt:
        pass
    return found
