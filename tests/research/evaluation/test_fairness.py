"""Rates of groups, their intervals, and smiles compared at equal strength."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, spearmanr

from mien import Expression
from mien.face.detection import Face, find_faces
from mien.research.data.london import Person
from mien.research.evaluation import fairness
from mien.research.evaluation.fairness import (
    Rate,
    adjusted_difference,
    align,
    darken,
    evaluate_fairness,
    rank_correlation,
    smile_strength,
)
from mien.support.arrays import UInt8Array


class Optimist:
    """Reads every face as happy."""

    def read(self, crops: UInt8Array) -> list[Expression]:
        return [Expression.certain("happy")] * len(crops)


@pytest.fixture(scope="module")
def few(london: list[Person]) -> list[Person]:
    """Twelve people, women and men."""
    return london[::4][:12]


def face_of(photo: UInt8Array) -> Face:
    return find_faces(photo, thorough=False)[0]


def test_rates_are_counted_by_group(few: list[Person], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fairness, "LIGHTS", (0.25,))
    monkeypatch.setattr(fairness, "find_faces", lambda photo: find_faces(photo, thorough=False))
    scores = evaluate_fairness(Optimist(), few)
    everyone = scores.groups["everyone"]
    assert everyone.people == 12
    assert (everyone.happy.hits, everyone.happy.n) == (12, 12)
    assert (everyone.neutral.hits, everyone.unsure.hits, everyone.unsure.n) == (0, 0, 24)
    assert everyone.found[0.25].n == 24
    assert everyone.found[0.25].hits >= 22
    women = sum(person.sex == "female" for person in few)
    assert scores.groups["women"].people == women
    assert scores.groups["men"].people == 12 - women
    assert all(group.people >= fairness.MIN_PEOPLE for group in scores.groups.values())
    assert scores.smiles.difference.value == 0
    assert sum(r.n for t in scores.smiles.thirds.values() for r in t.values() if r) == 12


def test_a_broad_smile_is_stronger_than_none(few: list[Person]) -> None:
    """Two photos of one expression differ by their noise alone."""
    for person in few[:4]:
        neutral, smiling = face_of(person.neutral), face_of(person.smiling)
        again = replace(person, smiling=darken(person.neutral, 0.9))
        still = smile_strength(again, neutral, neutral)
        assert still < 0.03
        assert smile_strength(person, neutral, smiling) > 3 * still


def test_faces_are_aligned_by_their_eyes(few: list[Person]) -> None:
    """The same from a photo that is half as large."""
    photo, face = few[0].neutral, face_of(few[0].neutral)
    small = np.ascontiguousarray(photo[::2, ::2])
    eyes = tuple((x / 2, y / 2) for x, y in face.eyes)
    halved = align(small, replace(face, eyes=eyes))  # type: ignore[arg-type]
    difference = align(photo, face)[60:160, 60:140].astype(int) - halved[60:160, 60:140]
    assert np.abs(difference).mean() < 5


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_intervals_are_wilsons(cases: list[bool]) -> None:
    rate = Rate.of(cases)
    ends = binomtest(rate.hits, rate.n).proportion_ci(method="wilson")
    assert rate.low == pytest.approx(ends.low, abs=1e-3)
    assert rate.high == pytest.approx(ends.high, abs=1e-3)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_the_correlation_is_spearmans(pairs: list[tuple[int, int]]) -> None:
    a, b = np.array(pairs).T
    if len(set(a)) > 1 and len(set(b)) > 1:
        assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b).statistic)


def test_a_difference_that_the_covariate_explains_vanishes() -> None:
    random = np.random.default_rng(0)
    group = random.random(4000) < 0.5
    covariate = random.normal(group * 1.0)
    explained = random.random(4000) < 1 / (1 + np.exp(-2 * covariate))
    assert explained[group].mean() - explained[~group].mean() > 0.2
    assert adjusted_difference(explained, group, covariate) == pytest.approx(0, abs=0.04)
    own = random.random(4000) < 1 / (1 + np.exp(-2 * covariate - 2 * group))
    assert adjusted_difference(own, group, covariate) > 0.15


def test_little_light_is_darker_and_the_same_each_time(few: list[Person]) -> None:
    dark = darken(few[0].neutral, 1 / 8)
    assert dark.mean() == pytest.approx(few[0].neutral.mean() / 8, abs=0.5)
    assert np.array_equal(dark, darken(few[0].neutral, 1 / 8))


def test_separated_groups_do_not_diverge() -> None:
    hit = np.array([True] * 5 + [False] * 5)
    assert math.isfinite(adjusted_difference(hit, hit, np.arange(10.0)))
