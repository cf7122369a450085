"""Moods over time: steady where a face flickers, quick where it turns; faces keep their numbers."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mien import EMOTIONS, Expression, ExpressionModel, ModelError, PhotoError
from mien.cli import main
from mien.face.boxes import Box
from mien.face.detection import Face
from mien.face.reading import FaceReading, Reading
from mien.face.tracking import EVERYONE, Moment, Steadiness, apart, follow
from mien.face.watching import gather, stretches, watch
from mien.output.timeline import CSV_COLUMNS
from mien.recommendation.soundtrack import soundtrack
from mien.support.arrays import UInt8Array

STEP = 0.1  # seconds between frames
CROP = np.zeros((48, 48), np.uint8)


def face(expression: Expression, box: Box = (100, 100, 80, 80)) -> FaceReading:
    return FaceReading(Face(box, 0.9, ((0, 0), (1, 1)), CROP), expression)


def mixture(**shares: float) -> Expression:
    p = np.array([shares.get(e, 0.0) for e in EMOTIONS])
    return Expression.of(p / p.sum())


def run(readings: list[Reading], start: Moment | None = None, **options: object) -> list[Moment]:
    moments, moment = [], start
    begin = 0.0 if start is None else start.time + STEP
    for i, reading in enumerate(readings):
        moment = follow(moment, reading, begin + STEP * i, **options)  # type: ignore[arg-type]
        moments.append(moment)
    return moments


def of(emotion: str, n: int) -> list[Reading]:
    return [Reading((face(Expression.certain(emotion)),))] * n


class TestSteadyMood:
    def test_comes_soon_and_stays(self) -> None:
        moments = run(of("happy", 40))
        assert [m.changed for m in moments].index(True) == 5
        assert sum(m.changed for m in moments) == 1
        assert moments[-1].steady == moments[-1].expression
        assert moments[-1].steady.label == "happy"  # type: ignore[union-attr]

    def test_does_not_flicker(self) -> None:
        """Every third frame says something else altogether."""
        mostly = [of("sad" if i % 3 == 0 else "happy", 1)[0] for i in range(300)]
        moments = run(mostly)
        assert sum(m.changed for m in moments) == 1

    def test_follows_a_real_change_within_three_seconds(self) -> None:
        moments = run(of("happy", 30) + of("sad", 40))
        turned = [m.time for m in moments if m.changed]
        assert len(turned) == 2
        assert 3.0 + 1.0 < turned[1] < 3.0 + 3.0
        assert moments[-1].steady.label == "sad"  # type: ignore[union-attr]

    def test_a_short_grimace_changes_nothing(self) -> None:
        moments = run(of("happy", 30) + of("surprise", 10) + of("happy", 60))
        assert sum(m.changed for m in moments) == 1

    def test_stays_while_nobody_is_seen(self) -> None:
        moments = run(of("happy", 20) + [Reading(())] * 100 + of("happy", 20))
        assert sum(m.changed for m in moments) == 1
        assert moments[50].expression is None
        assert moments[50].steady is not None
        assert moments[50].visible == ()

    def test_pauses_do_not_count_as_dwelling(self) -> None:
        """Sad for a moment before and after an absence is not sad all along."""
        moments = run(of("happy", 20) + of("sad", 8) + [Reading(())] * 50 + of("happy", 20))
        assert sum(m.changed for m in moments) == 1

    @given(st.lists(st.sampled_from([*EMOTIONS, None]), max_size=80))
    def test_whatever_comes(self, shown: list[str | None]) -> None:
        """A change is always to something else, seen now, and never sooner than the dwell."""
        readings = [Reading(()) if e is None else of(e, 1)[0] for e in shown]
        before, last = None, None
        for m in run(readings):
            if m.changed:
                assert m.steady == m.expression
                if before is not None and last is not None:
                    assert m.steady is not None
                    assert apart(m.steady, before) >= Steadiness().change
                    assert m.time - last >= Steadiness().dwell - 1e-9
                before, last = m.steady, m.time
            else:
                assert m.steady == before
            if m.expression is not None:
                assert sum(m.expression.probabilities) == pytest.approx(1)

    def test_smoothing_does_not_depend_on_the_rate(self) -> None:
        """The same after a second, at ten and at a hundred frames a second."""
        ends = []
        for step in (0.1, 0.01):
            moment = None
            for i in range(round(1 / step) + 1):
                reading = of("happy" if i == 0 else "sad", 1)[0]
                moment = follow(moment, reading, i * step)
            ends.append(moment.expression.probabilities)  # type: ignore[union-attr]
        assert ends[0] == pytest.approx(ends[1], abs=1e-6)

    def test_an_earlier_time_counts_as_now(self) -> None:
        moment = run(of("happy", 3))[-1]
        assert follow(moment, of("happy", 1)[0], 0.0).time == moment.time

    def test_says_when_it_is_unsure(self) -> None:
        half = Reading((face(mixture(happy=0.5, sad=0.5)),))
        assert run([half] * 2, unsure_below=0.6)[1].expression.label is None  # type: ignore[union-attr]
        assert run([half] * 2)[1].expression.label is not None  # type: ignore[union-attr]


class TestSeveralFaces:
    LEFT: Box = (0, 0, 60, 60)
    RIGHT: Box = (200, 0, 80, 80)

    def both(self, i: int = 0) -> Reading:
        """The larger one is happy, the smaller one sad; both move."""
        left = (self.LEFT[0] + 2 * i, *self.LEFT[1:])
        right = (self.RIGHT[0] - 2 * i, *self.RIGHT[1:])
        happy, sad = Expression.certain("happy"), Expression.certain("sad")
        return Reading((face(happy, right), face(sad, left)))

    def test_keep_their_numbers_as_they_move(self) -> None:
        moments = run([self.both(i) for i in range(20)])
        numbers = {t.box[2]: t.number for t in moments[0].visible}
        for m in moments:
            assert {t.box[2]: t.number for t in m.visible} == numbers

    def test_one_that_was_covered_for_a_moment_is_the_same(self) -> None:
        moments = run([self.both(), Reading((self.both().faces[0],)), self.both()])
        assert len(moments[1].visible) == 1
        assert {t.number for t in moments[2].visible} == {t.number for t in moments[0].visible}
        later = run([Reading(())] * 25 + [self.both()], moments[-1])
        assert not {t.number for t in later[-1].visible} & {t.number for t in moments[0].visible}

    def test_the_largest_one_of_choice_or_the_room(self) -> None:
        first = run([self.both()])[0]
        assert first.expression.label == "happy"  # type: ignore[union-attr]
        sad = next(t for t in first.visible if t.expression.label == "sad")
        chosen = run([self.both()] * 20, first, face_id=sad.number)
        assert chosen[-1].expression.label == "sad"  # type: ignore[union-attr]
        room = run([self.both()], first, face_id=EVERYONE)[-1].expression
        assert room is not None
        assert room.as_dict()["happy"] == pytest.approx(0.5, abs=1e-6)
        assert room.as_dict()["sad"] == pytest.approx(0.5, abs=1e-6)

    def test_another_choice_counts_at_once(self) -> None:
        settled = run([self.both()] * 20)[-1]
        sad = settled.visible[1].number
        chosen = run([self.both()] * 3, settled, face_id=sad)
        assert [m.changed for m in chosen] == [True, False, False]
        assert chosen[0].steady.label == "sad"  # type: ignore[union-attr]
        room = run([self.both()] * 2, chosen[-1], face_id=EVERYONE)
        assert [m.changed for m in room] == [True, False]
        back = run([self.both()] * 2, room[-1])
        assert [m.changed for m in back] == [True, False]
        assert back[0].steady.label == "happy"  # type: ignore[union-attr]

    def test_who_is_gone_for_good_gives_way(self) -> None:
        first = run([self.both()])[0]
        number = first.visible[1].number
        alone = Reading((self.both().faces[0],))
        moments = run([alone] * 25, first, face_id=number)
        assert moments[0].expression is None  # may come back
        assert moments[-1].face_id is None
        assert moments[-1].expression.label == "happy"  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds at 10 frames a second: a glad face for four, then an empty wall."""
    from skimage.data import astronaut

    path = tmp_path_factory.mktemp("film") / "film.avi"
    wall = np.full((480, 640, 3), 90, np.uint8)
    glad: UInt8Array = wall.copy()
    portrait = Image.fromarray(astronaut()[:300, 100:400])  # type: ignore[no-untyped-call]
    portrait = portrait.resize((400, 400))
    glad[40:440, 120:520] = np.asarray(portrait)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for i in range(60):
        writer.write(cv2.cvtColor(glad if i < 40 else wall, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


class TestVideo:
    def test_its_moods(self, film: Path) -> None:
        moments = gather(watch(str(film), rate=5), lambda _: None)
        assert [m.time for m in moments] == pytest.approx([i / 5 for i in range(30)])
        (part,) = stretches(moments)
        assert (part.start, part.end, part.expression.label) == (0.0, 5.8, "happy")
        assert [len(m.visible) for m in moments] == [1] * 20 + [0] * 10
        (song,) = soundtrack([part])
        assert song.song.id not in {s.song.id for s in soundtrack([part] * 5)[1:]}

    def test_from_the_command_line(self, film: Path, tmp_path: Path) -> None:
        table, chart, songs = (tmp_path / n for n in ("moods.csv", "moods.png", "songs.m3u8"))
        arguments = ["watch", str(film), "--songs", "--csv", str(table), "--chart", str(chart)]
        result = CliRunner().invoke(main, [*arguments, "--m3u", str(songs)])
        assert result.exit_code == 0, result.stderr
        assert "0:00.5  happy, 99 % sure" in result.stdout
        assert "0:00.0 to 0:05.9" in result.stdout
        lines = table.read_text().splitlines()
        assert lines[0] == ",".join(CSV_COLUMNS)
        assert len(lines) == 61
        assert lines[-1].startswith("5.900,0,,,,,,,,,happy")
        assert songs.read_text().count("#EXTINF") == 1
        with Image.open(chart) as image:
            assert image.width > 1000

    def test_stops_when_it_is_told(self, film: Path) -> None:
        result = CliRunner().invoke(main, ["watch", str(film), "--seconds", "0.2"])
        assert result.exit_code == 0
        assert "no face was seen for long enough" in result.stdout

    def test_an_interrupted_camera_gives_what_was_seen(self) -> None:
        def interrupted() -> object:
            yield from run(of("happy", 10))
            raise KeyboardInterrupt

        turns: list[Moment] = []
        assert len(gather(interrupted(), turns.append)) == 10  # type: ignore[arg-type]
        assert len(turns) == 1

    @pytest.mark.parametrize(
        ("source", "message"),
        [("nothing.mp4", "does not exist"), ("99", "cannot be opened"), (__file__, "as a video")],
    )
    def test_says_what_cannot_be_watched(self, source: str, message: str) -> None:
        with pytest.raises(PhotoError, match=message):
            next(watch(source))
        result = CliRunner().invoke(main, ["watch", source])
        assert result.exit_code == 1
        assert json.dumps(result.stderr).count("\\n") == 1

    def test_another_network(self, film: Path) -> None:
        seen = iter(watch(str(film), rate=5, model=ExpressionModel("none.onnx")))
        with pytest.raises(ModelError, match=r"no network at none\.onnx"):
            next(seen)
        result = CliRunner().invoke(main, ["watch", str(film), "--model", "none.onnx"])
        assert result.exit_code == 1
        assert "there is no network at none.onnx" in result.stderr
        assert json.dumps(result.stderr).count("\\n") == 1
