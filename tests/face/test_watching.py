"""A video becomes moments, and moments become segments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from crowds import bust, row_of, save_film
from timelines import NOBODY, STEP, showing, track

from mien import ExpressionModel, ModelError, Moment, watch
from mien.errors import VideoError
from mien.face.watching import collect, segments
from mien.support.arrays import UInt8Array


def test_reads_every_frame_of_a_video(film: Path) -> None:
    moments = collect(watch(str(film), rate=5), lambda _: None)
    assert [m.time for m in moments] == pytest.approx([i / 5 for i in range(30)])
    assert [len(m.visible) for m in moments] == [1] * 20 + [0] * 10
    (segment,) = segments(moments)
    assert (segment.start, segment.end, segment.expression.label) == (0.0, 5.8, "happy")


def test_finds_and_follows_people_far_away(
    astronaut: UInt8Array, hopper: UInt8Array, tmp_path: Path
) -> None:
    """Eight small faces that sway; two more come after a second, and all go after three."""
    crowd = [bust(astronaut[0:250, 110:360], 96), bust(hopper[0:400, 60:460], 90)] * 5
    frames = [row_of(crowd[: 8 if i < 10 else 10], (i % 4, i % 3)) for i in range(32)]
    path = tmp_path / "crowd.avi"
    save_film(path, [*frames, *[row_of([])] * 5])
    moments = list(watch(str(path)))
    counts = [len(moment.visible) for moment in moments]
    assert counts[:10] == [8] * 10
    assert counts[20:32] == [10] * 12
    assert counts[32:] == [0] * 5
    assert moments[-1].face_count == 10


def test_tells_each_turn_once_as_people_come_and_go(
    astronaut: UInt8Array, hopper: UInt8Array, tmp_path: Path
) -> None:
    """A happy person alone; a serious one joins; the first leaves; a cut to an empty room; the
    first one comes back, elsewhere."""
    happy, serious = bust(astronaut[0:250, 110:360], 280), bust(hopper[0:400, 60:460], 220)

    def scene(**people: UInt8Array) -> UInt8Array:
        frame = np.full((480, 640, 3), 110, np.uint8)
        for place, person in people.items():
            left, side = {"left": 20, "middle": 180, "right": 340}[place], len(person)
            frame[100 : 100 + side, left : left + side] = person
        return frame

    scenes = [
        scene(left=happy),
        scene(left=happy, right=serious),
        scene(right=serious),
        scene(),
        scene(middle=happy),
    ]
    path = tmp_path / "visitors.avi"
    save_film(path, [frame for frame in scenes for _ in range(30)])
    moments = list(watch(str(path)))
    told = [(m.time, m.steady.label) for m in moments if m.changed and m.steady is not None]
    assert [label for _, label in told] == ["happy", "neutral", "happy"]
    for (time, _), turn in zip(told, (0, 6, 12), strict=True):
        assert turn < time <= turn + 1.2
    counts = [len(m.visible) for m in moments]
    assert counts == [count for count in (1, 2, 1, 0, 1) for _ in range(30)]
    assert moments[-1].face_count == 3


def test_reads_all_faces_for_the_room(film: Path) -> None:
    """With one face, the mean of all faces is that face."""
    room = next(watch(str(film), room=True))
    alone = next(watch(str(film)))
    assert room.expression is not None
    assert alone.expression is not None
    assert room.expression.probabilities == pytest.approx(alone.expression.probabilities)


@pytest.mark.parametrize(
    ("source", "message"),
    [("nothing.mp4", "does not exist"), ("99", "cannot be opened"), (__file__, "as a video")],
)
def test_refuses_what_cannot_be_watched(source: str, message: str) -> None:
    with pytest.raises(VideoError, match=message):
        next(watch(source))


def test_refuses_a_missing_network(film: Path) -> None:
    moments = watch(str(film), rate=5, model=ExpressionModel("none.onnx"))
    with pytest.raises(ModelError, match=r"no network at none\.onnx"):
        next(moments)


def test_segments_begin_where_the_expression_changes() -> None:
    moments = track(showing("happy", 40) + showing("sad", 40))
    first, second = segments(moments)
    assert first.start == 0
    assert second.end == pytest.approx(79 * STEP)
    assert first.end == second.start
    assert [m.time for m in moments if m.changed][1] == second.start
    assert (first.expression.label, second.expression.label) == ("happy", "sad")


def test_no_segments_without_a_steady_expression() -> None:
    assert segments(track([NOBODY] * 10)) == []
    assert segments([]) == []


def test_an_interrupted_source_keeps_its_moments() -> None:
    def interrupted() -> Iterator[Moment]:
        yield from track(showing("happy", 10))
        raise KeyboardInterrupt

    changes: list[Moment] = []
    assert len(collect(interrupted(), changes.append)) == 10
    assert len(changes) == 1
