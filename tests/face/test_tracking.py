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
from mien.face.tracking import EVERYONE, expression_distance, follow

HAPPY, SAD = Expression.certain("happy"), Expression.certain("sad")


def mixture(**shares: float) -> Expression:
    p = np.array([shares.get(e, 0.0) for e in EMOTIONS])
    return Expression.of(p / p.sum())


def label(moment: Moment) -> str | None:
    assert moment.expression is not None
    return moment.expression.label


def steady_label(moment: Moment) -> str | None:
    assert moment.steady is not None
    return moment.steady.label


def test_expressions_are_as_far_apart_as_their_emotions() -> None:
    assert expression_distance(HAPPY, HAPPY) == 0
    between = mixture(happy=1, sad=1)
    assert expression_distance(HAPPY, SAD) == pytest.approx(2 * expression_distance(HAPPY, between))
    assert expression_distance(HAPPY, SAD) == expression_distance(SAD, HAPPY)


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

    def test_follows_a_real_change_within_three_seconds(self) -> None:
        moments = track(showing("happy", 30) + showing("sad", 40))
        changes = [m.time for m in moments if m.changed]
        assert len(changes) == 2
        assert 3.0 + 1.0 < changes[1] < 3.0 + 3.0
        assert steady_label(moments[-1]) == "sad"

    def test_a_short_grimace_changes_nothing(self) -> None:
        moments = track(showing("happy", 30) + showing("surprise", 10) + showing("happy", 60))
        assert sum(m.changed for m in moments) == 1

    def test_stays_while_nobody_is_visible(self) -> None:
        moments = track(showing("happy", 20) + [NOBODY] * 100 + showing("happy", 20))
        assert sum(m.changed for m in moments) == 1
        assert moments[50].expression is None
        assert moments[50].steady is not None
        assert moments[50].visible == ()

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
                    assert expression_distance(m.steady, before) >= Steadiness().change
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
