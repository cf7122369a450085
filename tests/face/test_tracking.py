"""A steady expression that does not flicker but follows a change; faces keep their numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from timelines import NOBODY, face, showing, track

from mien import EMOTIONS, Expression, Moment, Steadiness
from mien.face.boxes import Box
from mien.face.reading import Reading
from mien.face.tracking import EVERYONE, follow

HAPPY, SAD = Expression.certain("happy"), Expression.certain("sad")


def mixture(**shares: float) -> Expression:
    p = np.array([shares.get(e, 0.0) for e in EMOTIONS])
    return Expression.of(p / p.sum())


def shown(**shares: float) -> Reading:
    return Reading((face(mixture(**shares)),))


def told(moments: list[Moment]) -> list[tuple[float, str | None]]:
    return [(m.time, steady_label(m)) for m in moments if m.changed]


def label(moment: Moment) -> str | None:
    assert moment.expression is not None
    return moment.expression.label


def steady_label(moment: Moment) -> str | None:
    assert moment.steady is not None
    return moment.steady.label


class TestSteadyExpression:
    def test_comes_soon_and_stays(self) -> None:
        moments = track(showing("happy", 40))
        assert [m.changed for m in moments].index(True) == 5
        assert sum(m.changed for m in moments) == 1
        assert moments[-1].steady == moments[-1].expression
        assert steady_label(moments[-1]) == "happy"

    def test_does_not_flicker(self) -> None:
        """Every third frame shows a different emotion."""
        mostly = [*showing("sad"), *showing("happy", 2)] * 100
        moments = track(mostly)
        assert sum(m.changed for m in moments) == 1

    @pytest.mark.parametrize("sure", [1.0, 0.8, 0.65])
    def test_tells_a_turn_within_1_2_seconds(self, sure: float) -> None:
        moments = track(showing("neutral", 30) + [shown(angry=sure, neutral=0.9 - 0.9 * sure)] * 40)
        assert told(moments) == [(0.5, "neutral"), (pytest.approx(4.0), "angry")]

    @pytest.mark.parametrize("seconds", [2, 5, 15])
    def test_tells_a_slow_change_once(self, seconds: int) -> None:
        """The smoothed expression is never far from the one a second ago."""
        n = seconds * 10
        drift = [shown(neutral=1 - i / n, angry=0.9 * i / n) for i in range(n)]
        moments = track(drift + [shown(angry=0.9, neutral=0.1)] * 20)
        assert [label for _, label in told(moments)] == ["neutral", "angry"]
        turn = next(m.time for m in moments if label(m) == "angry")
        assert told(moments)[1][0] < turn + 1.2

    def test_a_stronger_expression_is_not_told_again(self) -> None:
        weak, strong = shown(angry=0.5, neutral=0.4), shown(angry=0.95, neutral=0.05)
        moments = track(showing("neutral", 20) + [weak] * 30 + [strong] * 30)
        assert [label for _, label in told(moments)] == ["neutral", "angry"]

    def test_unsure_frames_within_a_turn_do_not_delay_it_for_long(self) -> None:
        between = shown(angry=0.4, neutral=0.3, sad=0.3)
        turn = [between, shown(angry=0.7, sad=0.3), between, between]
        moments = track(showing("neutral", 20) + turn + showing("angry", 20), unsure_below=0.5)
        assert told(moments) == [(0.5, "neutral"), (pytest.approx(3.0), "angry")]

    def test_a_face_that_stays_between_is_told_in_the_end(self) -> None:
        """Its label is another than the steady one, if barely."""
        between = [shown(angry=0.5, neutral=0.45), shown(angry=0.45, neutral=0.48)]
        moments = track(showing("neutral", 20) + [between[0]] * 20)
        assert [label for _, label in told(moments)] == ["neutral"]
        moments = track([between[0]] * 30, moments[-1])
        assert [label for _, label in told(moments)] == ["angry"]
        moments = track(between * 200, moments[-1])
        assert told(moments) == []

    def test_an_unsure_face_is_told_when_it_stays_so(self) -> None:
        unsure, calm = shown(sad=0.4, fear=0.3, neutral=0.3), shown(neutral=0.5, sad=0.5)
        moments = track(
            showing("happy", 20) + [unsure] * 25 + showing("happy", 10), unsure_below=0.6
        )
        assert [label for _, label in told(moments)] == ["happy"]
        moments = track([unsure] * 40 + [calm] * 40, moments[-1], unsure_below=0.6)
        assert [label for _, label in told(moments)] == [None]
        moments = track(showing("neutral", 20), moments[-1], unsure_below=0.6)
        assert [label for _, label in told(moments)] == ["neutral"]

    def test_noise_at_the_border_does_not_flip_it(self) -> None:
        random = np.random.default_rng(0)
        angry = np.clip(random.normal(0.5, 0.05, 600), 0, 1)
        moments = track([shown(angry=p, neutral=1 - p) for p in angry])
        assert len(told(moments)) <= 2

    def test_a_short_grimace_changes_nothing(self) -> None:
        moments = track(showing("happy", 30) + showing("surprise", 10) + showing("happy", 60))
        assert sum(m.changed for m in moments) == 1

    def test_stays_while_nobody_is_visible(self) -> None:
        moments = track(showing("happy", 20) + [NOBODY] * 100 + showing("happy", 20))
        assert sum(m.changed for m in moments) == 1
        assert moments[50].expression is None
        assert moments[50].steady is not None
        assert moments[50].visible == ()

    def test_a_face_that_is_missed_for_some_frames_is_told_as_soon(self) -> None:
        shown = [*showing("happy", 20), *showing("sad", 3), *[NOBODY] * 3, *showing("sad", 10)]
        assert told(track(shown)) == [(0.5, "happy"), (pytest.approx(3.0), "sad")]

    def test_pauses_do_not_count_as_dwelling(self) -> None:
        """Sad for a moment before an absence is not sad all through it."""
        shown = [*showing("happy", 20), *showing("sad", 8), *[NOBODY] * 50, *showing("happy", 20)]
        moments = track(shown)
        assert sum(m.changed for m in moments) == 1

    @given(st.lists(st.sampled_from([*EMOTIONS, None]), max_size=80))
    def test_changes_only_to_what_lasts(self, shown: list[str | None]) -> None:
        """A change is to a different expression, visible now, and never sooner than the dwell."""
        readings = [NOBODY if e is None else showing(e)[0] for e in shown]
        before, last = None, None
        for m in track(readings):
            if m.changed:
                assert m.steady == m.expression
                if before is not None and last is not None:
                    assert m.steady is not None
                    assert m.steady.label != before.label
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
                reading = showing("happy" if i == 0 else "sad")[0]
                moment = follow(moment, reading, i * step)
            ends.append(moment.expression.probabilities)  # type: ignore[union-attr]
        assert ends[0] == pytest.approx(ends[1], abs=1e-6)

    def test_an_earlier_time_counts_as_now(self) -> None:
        moment = track(showing("happy", 3))[-1]
        assert follow(moment, showing("happy")[0], 0.0).time == moment.time

    def test_has_no_label_when_unsure(self) -> None:
        half = Reading((face(mixture(happy=0.5, sad=0.5)),))
        assert label(track([half] * 2, unsure_below=0.6)[1]) is None
        assert label(track([half] * 2)[1]) is not None


class TestSeveralFaces:
    LEFT: Box = (0, 0, 60, 60)
    RIGHT: Box = (200, 0, 80, 80)

    def both(self, i: int = 0) -> Reading:
        """The larger one is happy, the smaller one sad; both move."""
        left = (self.LEFT[0] + 2 * i, *self.LEFT[1:])
        right = (self.RIGHT[0] - 2 * i, *self.RIGHT[1:])
        return Reading((face(HAPPY, right), face(SAD, left)))

    def test_keep_their_numbers_as_they_move(self) -> None:
        moments = track([self.both(i) for i in range(20)])
        numbers = {t.box[2]: t.number for t in moments[0].visible}
        for m in moments:
            assert {t.box[2]: t.number for t in m.visible} == numbers

    def test_a_face_that_was_hidden_for_a_moment_keeps_its_number(self) -> None:
        moments = track([self.both(), Reading((self.both().faces[0],)), self.both()])
        assert len(moments[1].visible) == 1
        assert {t.number for t in moments[2].visible} == {t.number for t in moments[0].visible}
        later = track([NOBODY] * 25 + [self.both()], moments[-1])
        assert not {t.number for t in later[-1].visible} & {t.number for t in moments[0].visible}

    def test_faces_keep_their_numbers_when_a_frame_takes_long(self) -> None:
        first = track([self.both()])[0]
        late = follow(first, self.both(), Steadiness().forget + 1)
        assert {t.number for t in late.visible} == {1, 2}

    def test_a_certain_face_leads_a_larger_doubtful_one(self) -> None:
        """Such as a person beside a poster; also once the light makes the person doubtful."""

        def people(sure: float) -> Reading:
            poster = face(HAPPY, self.RIGHT, score=0.7)
            return Reading((poster, face(SAD, self.LEFT, score=sure)))

        moments = track([people(0.95), *[people(0.8)] * 10])
        assert all([t.sure for t in m.visible] == [True, False] for m in moments)
        assert {label(m) for m in moments} == {"sad"}

    def test_reads_one_face_of_a_row_not_the_largest_of_each_frame(self) -> None:
        """Boxes of equally large faces vary by some per cent from frame to frame."""
        rows = [
            Reading((face(HAPPY, (0, 0, 60 + i % 3, 60)), face(SAD, (200, 0, 62 - i % 3, 60))))
            for i in range(40)
        ]
        moments = track(rows)
        assert {m.visible[0].number for m in moments} == {1}
        assert [label for _, label in told(moments)] == ["happy"]

    def test_reads_the_largest_face_a_picked_one_or_all(self) -> None:
        first = track([self.both()])[0]
        assert label(first) == "happy"
        sad = next(t for t in first.visible if t.expression.label == "sad")
        chosen = track([self.both()] * 20, first, face_id=sad.number)
        assert label(chosen[-1]) == "sad"
        room = track([self.both()], first, face_id=EVERYONE)[-1].expression
        assert room is not None
        assert room.as_dict()["happy"] == pytest.approx(0.5, abs=1e-6)
        assert room.as_dict()["sad"] == pytest.approx(0.5, abs=1e-6)

    def test_picking_a_face_counts_at_once(self) -> None:
        settled = track([self.both()] * 20)[-1]
        sad = settled.visible[1].number
        chosen = track([self.both()] * 3, settled, face_id=sad)
        assert [m.changed for m in chosen] == [True, False, False]
        assert steady_label(chosen[0]) == "sad"
        room = track([self.both()] * 2, chosen[-1], face_id=EVERYONE)
        assert [m.changed for m in room] == [True, False]
        back = track([self.both()] * 2, room[-1])
        assert [m.changed for m in back] == [True, False]
        assert steady_label(back[0]) == "happy"

    def test_a_picked_face_that_is_gone_gives_way_to_the_largest(self) -> None:
        first = track([self.both()])[0]
        number = first.visible[1].number
        alone = Reading((self.both().faces[0],))
        moments = track([alone] * 25, first, face_id=number)
        assert moments[0].expression is None  # may come back
        assert moments[-1].face_id is None
        assert label(moments[-1]) == "happy"
