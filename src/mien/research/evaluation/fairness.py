"""How readings and detection differ between groups of people, on the London set.

Each person has a neutral and a smiling photo. People smile more or less, so the strength of each
smile is also measured without a network: by how much the pixels around the mouth differ between the
two photos.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mien.face.boxes import is_same_face
from mien.face.detection import Face, find_faces
from mien.face.expression import Expression
from mien.research.data.london import Person
from mien.support.arrays import UInt8Array

LIGHTS = (1 / 8, 1 / 16, 1 / 32, 1 / 64)
"""Shares of the light that the darkened photos keep."""

NOISE = 2.0
"""Standard deviation of the noise of the darkened photos, in grey levels."""

MIN_PEOPLE = 5
"""Smaller groups are left out."""

THIRDS = ("weak", "middling", "strong")
"""The smiles by strength, a third each."""

_DRAWS = 1000  # of the bootstrap
_RIDGE = 0.1  # of the regression, in which few people could be separated perfectly
_SIDE = 200  # of an aligned face, in pixels
_EYES = np.array([[70.0, 80.0], [130.0, 80.0]])
_MOUTH = (slice(120, 165), slice(65, 135))  # rows and columns
_FACE = (slice(40, 165), slice(50, 150))


class Reader(Protocol):
    """A network that reads expressions."""

    def read(self, crops: UInt8Array) -> list[Expression]:
        """The expressions of face crops, uint8 [n, 48, 48]."""


@dataclass(frozen=True)
class Rate:
    """A share of cases, with its 95 % interval (Wilson 1927)."""

    hits: int
    n: int
    low: float
    high: float

    @classmethod
    def of(cls, cases: Sequence[bool]) -> Rate:
        """From whether each case is a hit; at least one case.

        >>> Rate.of([True, True, False, False])
        Rate(hits=2, n=4, low=0.15, high=0.85)
        """
        hits, n, z = sum(cases), len(cases), 1.96
        p = hits / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        width = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        ends = max(middle - width, 0.0), min(middle + width, 1.0)
        return cls(hits, n, *(round(end, 4) for end in ends))

    def __str__(self) -> str:
        ends = f"{100 * self.low:.0f} to {100 * self.high:.0f}"
        return f"{self.hits} of {self.n}: {self.hits / self.n:.0%} ({ends})"


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval, by a bootstrap over people."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class GroupScores:
    """Scores of a group of people.

    Attributes:
        people: how many.
        happy: smiles that are read as happy.
        neutral: neutral faces that are read as neutral.
        unsure: photos whose label is withheld, of both kinds.
        strength: mean strength of the smiles (see `smile_strength`).
        found: light -> photos in which the face is found when they keep this share of it.
    """

    people: int
    happy: Rate
    neutral: Rate
    unsure: Rate
    strength: float
    found: dict[float, Rate]


@dataclass(frozen=True)
class SmileScores:
    """Smiles of women and men at equal strength.

    Attributes:
        correlation: rank correlation of a smile's strength and its probability of happy.
        difference: the share of women's smiles that are read as happy, less that of men's.
        at_equal_strength: the same by a logistic regression on strength and sex, if all people
            smiled as strongly as everyone does.
        thirds: women's and men's smiles that are read as happy, by strength (`THIRDS`); None
            where there are none.
    """

    correlation: Interval
    difference: Interval
    at_equal_strength: Interval
    thirds: dict[str, dict[str, Rate | None]]


@dataclass(frozen=True)
class FairnessScores:
    """Scores on the London set.

    Attributes:
        groups: everyone, and each group of at least `MIN_PEOPLE` people.
        smiles: how much of the difference between women and men is the smile.
    """

    groups: dict[str, GroupScores]
    smiles: SmileScores


@dataclass(frozen=True)
class _Seen:
    """What is seen of a person."""

    person: Person
    neutral: Expression | None
    smiling: Expression | None
    strength: float
    found: Mapping[float, tuple[bool, bool]]

    @property
    def is_happy(self) -> bool:
        return self.smiling is not None and self.smiling.label == "happy"

    @property
    def happiness(self) -> float:
        return 0.0 if self.smiling is None else self.smiling.as_dict()["happy"]


def evaluate_fairness(
    model: Reader, people: Sequence[Person], on_progress: Callable[[str], None] = lambda line: None
) -> FairnessScores:
    """Score readings and detection by sex, ethnic group and age.

    Args:
        model: the network.
        people: women and men, with two photos each.
        on_progress: called with lines of progress.
    """
    seen = []
    for i, person in enumerate(people):
        on_progress(f"person {i + 1} of {len(people)}")
        seen.append(_see(model, person))
    found = {
        name: _score([s for s in seen if belongs(s.person)]) for name, belongs in GROUPS.items()
    }
    groups = {name: scores for name, scores in found.items() if scores is not None}
    return FairnessScores(groups, _score_smiles(seen))


def smile_strength(person: Person, neutral: Face, smiling: Face) -> float:
    """How much the mouth differs between a person's photos; 0 would be no change.

    Both faces are aligned by their eyes. Each mouth is blurred, and its mean taken away; the result
    is the mean absolute difference, in standard deviations of the face's brightness.
    """
    mouths = [
        _mouth(align(photo, face))
        for photo, face in ((person.neutral, neutral), (person.smiling, smiling))
    ]
    return float(np.abs(mouths[0] - mouths[1]).mean())


def align(photo: UInt8Array, face: Face) -> UInt8Array:
    """The face in grey, with the eyes at (70, 80) and (130, 80), uint8 [200, 200]."""
    import cv2

    eyes = np.array(face.eyes)
    (dx, dy), (ex, ey) = eyes[1] - eyes[0], _EYES[1] - _EYES[0]
    turn = complex(ex, ey) / complex(dx, dy)
    rotation = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    shift = _EYES.mean(axis=0) - rotation @ eyes.mean(axis=0)
    matrix = np.hstack([rotation, shift[:, None]])
    smooth = cv2.GaussianBlur(photo, (0, 0), max(0.1, 0.4 / abs(turn)))  # so nothing aliases
    grey = cv2.cvtColor(cv2.warpAffine(smooth, matrix, (_SIDE, _SIDE)), cv2.COLOR_RGB2GRAY)
    return np.asarray(grey, np.uint8)


def darken(photo: UInt8Array, light: float, seed: int = 0) -> UInt8Array:
    """The photo with a share of its light, and the noise of a sensor, uint8 as before."""
    noise = np.random.default_rng(seed).normal(0, NOISE, photo.shape).astype(np.float32)
    dark: UInt8Array = np.clip(np.rint(photo * np.float32(light) + noise), 0, 255).astype(np.uint8)
    return dark


def _aged(low: float, high: float) -> Callable[[Person], bool]:
    return lambda person: person.age is not None and low <= person.age < high


GROUPS: Mapping[str, Callable[[Person], bool]] = {
    "everyone": lambda person: True,
    "women": lambda person: person.sex == "female",
    "men": lambda person: person.sex == "male",
    "white": lambda person: person.ethnicity == "white",
    "Black": lambda person: person.ethnicity == "black",
    "East or West Asian": lambda person: person.ethnicity in ("east_asian", "west_asian"),
    "under 23 years": _aged(0, 23),
    "23 to 28 years": _aged(23, 29),
    "29 years and older": _aged(29, math.inf),
}
"""Name -> who belongs to the group. Age, sex and ethnic group are what people said."""


def _see(model: Reader, person: Person) -> _Seen:
    photos = (person.neutral, person.smiling)
    faces = [next(iter(find_faces(photo)), None) for photo in photos]
    readings = [None if face is None else model.read(face.crop[None])[0] for face in faces]
    neutral, smiling = faces
    both = neutral is not None and smiling is not None
    strength = smile_strength(person, neutral, smiling) if both else math.nan  # type: ignore[arg-type]
    found = {}
    for light in LIGHTS:
        hits = [_is_found(p, face, light) for p, face in zip(photos, faces, strict=True)]
        found[light] = (hits[0], hits[1])
    return _Seen(person, readings[0], readings[1], strength, found)


def _is_found(photo: UInt8Array, face: Face | None, light: float) -> bool:
    if face is None:
        return False
    return any(is_same_face(face.box, other.box) for other in find_faces(darken(photo, light)))


def _score(group: Sequence[_Seen]) -> GroupScores | None:
    if len(group) < MIN_PEOPLE:
        return None
    readings = [reading for s in group for reading in (s.neutral, s.smiling)]
    return GroupScores(
        people=len(group),
        happy=Rate.of([s.is_happy for s in group]),
        neutral=Rate.of([s.neutral is not None and s.neutral.label == "neutral" for s in group]),
        unsure=Rate.of([r is not None and r.label is None for r in readings]),
        strength=round(float(np.nanmean([s.strength for s in group])), 4),
        found={light: Rate.of([hit for s in group for hit in s.found[light]]) for light in LIGHTS},
    )


def _score_smiles(seen: Sequence[_Seen]) -> SmileScores:
    seen = [s for s in seen if not math.isnan(s.strength)]
    strength = np.array([s.strength for s in seen])
    happy = np.array([s.is_happy for s in seen])
    happiness = np.array([s.happiness for s in seen])
    women = np.array([s.person.sex == "female" for s in seen])

    def estimate(measure: Callable[[np.ndarray], float]) -> Interval:
        random, n = np.random.default_rng(0), len(seen)
        draws = (random.integers(0, n, n) for _ in range(_DRAWS))
        values = [measure(rows) for rows in draws if 0 < women[rows].sum() < n]
        ends = np.quantile(values, (0.025, 0.975))
        return Interval(*(round(float(v), 4) for v in (measure(np.arange(n)), *ends)))

    def difference(rows: np.ndarray) -> float:
        is_woman, is_happy = women[rows], happy[rows]
        return float(is_happy[is_woman].mean() - is_happy[~is_woman].mean())

    thirds = np.digitize(strength, np.quantile(strength, (1 / 3, 2 / 3)))
    return SmileScores(
        estimate(lambda rows: rank_correlation(strength[rows], happiness[rows])),
        estimate(difference),
        estimate(lambda rows: adjusted_difference(happy[rows], women[rows], strength[rows])),
        {
            name: {
                sex: Rate.of(happy[rows].tolist()) if rows.any() else None
                for sex, rows in (
                    ("women", (thirds == i) & women),
                    ("men", (thirds == i) & ~women),
                )
            }
            for i, name in enumerate(THIRDS)
        },
    )


def rank_correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Spearman's rank correlation, in [-1, 1]; equal values share their mean rank.

    It is 0 if all values of one are equal.

    >>> rank_correlation(np.array([1, 2, 9]), np.array([0.1, 0.5, 0.6]))
    1.0
    """

    def ranks(values: np.ndarray) -> np.ndarray:
        _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
        mean: np.ndarray = (np.cumsum(counts) - (counts - 1) / 2)[where]
        return mean

    first, second = ranks(a), ranks(b)
    if not first.std() or not second.std():
        return 0.0
    return float(np.round(np.corrcoef(first, second)[0, 1], 12))


def adjusted_difference(hit: np.ndarray, group: np.ndarray, covariate: np.ndarray) -> float:
    """The difference of two groups' rates of hits at the same values of a covariate.

    By logistic regression with a small ridge: the mean, over everyone, of the predicted rate in the
    group less that outside of it.

    Args:
        hit, group: bool [n].
        covariate: float [n].

    Returns:
        In [-1, 1].
    """
    z = (covariate - covariate.mean()) / max(float(covariate.std()), 1e-9)
    design = np.stack([np.ones(len(z)), z, group], axis=1).astype(float)
    weights = np.zeros(3)
    penalty = _RIDGE * np.array([0.0, 1.0, 1.0])
    for _ in range(50):  # Newton's method
        p = _logistic(design @ weights)
        slope = design.T @ (hit - p) - penalty * weights
        curve = (design * (p * (1 - p))[:, None]).T @ design + np.diag(penalty + 1e-6)
        weights = weights + np.linalg.solve(curve, slope)
    inside, outside = (
        _logistic(np.stack([design[:, 0], z, np.full(len(z), g)], axis=1) @ weights)
        for g in (1.0, 0.0)
    )
    return float((inside - outside).mean())


def _logistic(x: np.ndarray) -> np.ndarray:
    values: np.ndarray = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return values


def _mouth(face: UInt8Array) -> np.ndarray:
    import cv2

    smooth = cv2.GaussianBlur(face.astype(np.float32), (0, 0), 2)
    mouth = smooth[_MOUTH]
    values: np.ndarray = (mouth - mouth.mean()) / max(float(smooth[_FACE].std()), 1.0)
    return values
