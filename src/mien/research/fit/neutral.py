"""Fit the constants of readings relative to a neutral face: `src/mien/data/neutral.json`.

    python -m mien.research.fit.neutral            # measure
    python -m mien.research.fit.neutral --write    # and keep the constants

Needs the London set and FER2013 with FER+ in `MIEN_DATA`. About a minute.

Of each network two things are fitted: how most people read at rest (the mean), and the penalty of
neutral (maximum likelihood). SHARE, FADE and SCALE are chosen by hand. The later photo of a person
is a copy of the first with other light, framing, blur and noise, as there is only one; the log-odds
of a neutral one are moved by DAY besides, for what copies do not show: other days and cameras.

What is printed is cross-validated: everything that is said of a person comes from constants fitted
to others. PublicTest shows what the neutral face of an average person changes in other people's
faces, which it should not; and the temperature of `mien.face.expression`, at which the positions of
the faces are nearest to those of the raters' votes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import cv2
import numpy as np

from mien.emotions import EMOTIONS
from mien.face import neutral
from mien.face.detection import find_faces
from mien.face.expression import TEMPERATURE, Expression, circumplex_positions
from mien.face.network import NETWORKS, ExpressionModel
from mien.face.neutral import Calibration, adjust, log_odds
from mien.research.data import fer2013
from mien.research.data.fer2013 import Split
from mien.research.data.london import Person, load_people
from mien.research.data.raters import distribution
from mien.research.data.truth import majority_emotions
from mien.support.arrays import Float64Array, UInt8Array

SHARE = 0.5
"""Half of what a face shows at rest is taken away: enough for a face that reads sad at rest with
99 % to read neutral, and little enough that its sadness can still be read."""

FADE = 2.0
"""In nats: twice the difference between two days that we assume."""

SCALE = 1.0
"""In nats; copies of a neutral photo vary by 0.2 in the log-odds of a smile."""

DAY = 1.0
"""Standard deviation of log-odds between days, in nats. Assumed: we have no such photos."""

COPIES = 4
"""Later photos of each."""

FOLDS = 10
PENALTIES = np.arange(0, 8.01, 0.25)
TEMPERATURES = np.arange(1, 2.51, 0.1)
_HAPPY, _NEUTRAL = (EMOTIONS.index(name) for name in ("happy", "neutral"))


@dataclass(frozen=True)
class Pairs:
    """Log-odds of people, as `mien.face.neutral.log_odds`.

    Attributes:
        rest: of their neutral photos, float64 [n, 8].
        smiles: of their smiling photos, float64 [n, 8].
        later_rest, later_smiles: of copies of these, float64 [n, COPIES, 8].
    """

    rest: Float64Array
    smiles: Float64Array
    later_rest: Float64Array
    later_smiles: Float64Array

    def take(self, rows: np.ndarray) -> Pairs:
        """These people's."""
        return Pairs(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


def disturb(photo: UInt8Array, random: np.random.Generator) -> UInt8Array:
    """A photo as another camera may have taken it a moment later, uint8 [h, w, 3]."""
    height, width = photo.shape[:2]
    move = cv2.getRotationMatrix2D(
        (width / 2, height / 2), random.uniform(-6, 6), random.uniform(0.75, 1.1)
    )
    move[:, 2] += random.uniform(-0.04, 0.04, 2) * width
    moved = cv2.warpAffine(photo, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
    light = 255 * (moved / 255.0) ** random.uniform(0.6, 1.6) * random.uniform(0.6, 1.2)
    side = 1 + random.uniform(-0.35, 0.35) * np.linspace(-1, 1, width)[:, None]
    lit = np.asarray(light * side, np.float32)
    blurred = np.asarray(cv2.GaussianBlur(lit, (0, 0), random.uniform(0.3, 2.0)))
    grainy = blurred + random.normal(0, random.uniform(2, 10), blurred.shape)
    coded = cv2.imencode(
        ".jpg", np.clip(grainy, 0, 255).astype(np.uint8), [1, int(random.integers(40, 95))]
    )[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


def crops_of(people: Sequence[Person]) -> Iterator[UInt8Array]:
    """Of each person the neutral face and copies of it, then the smiling face and its copies."""
    random = np.random.default_rng(0)
    for person in people:
        for photo in (person.neutral, person.smiling):
            yield find_faces(photo)[0].crop
            for _ in range(COPIES):
                yield find_faces(disturb(photo, random), thorough=False)[0].crop


def odds_of(expressions: Sequence[Expression]) -> Float64Array:
    """Their log-odds, float64 [n, 8]."""
    return np.stack([log_odds(expression) for expression in expressions])


def pairs_of(crops: UInt8Array, model: ExpressionModel) -> Pairs:
    """What a network reads in `crops_of`."""
    odds = odds_of(model.read(crops)).reshape(-1, 2, COPIES + 1, 8)
    return Pairs(odds[:, 0, 0], odds[:, 1, 0], odds[:, 0, 1:], odds[:, 1, 1:])


def fit(pairs: Pairs, fingerprint: str) -> Calibration:
    """The constants that make smiles happy and resting faces neutral as likely as possible."""
    random = np.random.default_rng(0)
    other_day = random.normal(0, DAY, pairs.later_rest.shape)
    other_day[..., _NEUTRAL] = 0
    rest = pairs.rest[:, None]

    def likelihood(constants: Calibration) -> float:
        happy = probabilities(adjust(pairs.later_smiles, rest, constants))[..., _HAPPY]
        calm = probabilities(adjust(pairs.later_rest + other_day, rest, constants))[..., _NEUTRAL]
        # A smile that nobody could see must not count more than others.
        return float(np.log(np.maximum(happy, 1e-3)).mean() + np.log(np.maximum(calm, 1e-3)).mean())

    typical = pairs.rest.mean(axis=0)
    tried = [Calibration(fingerprint, typical, SHARE, FADE, float(p), SCALE) for p in PENALTIES]
    return max(tried, key=likelihood)


def probabilities(odds: Float64Array) -> Float64Array:
    """The seven emotions' probabilities, float64 [..., 7]."""
    seven = odds[..., : len(EMOTIONS)]
    found: Float64Array = np.exp(seven - np.logaddexp.reduce(seven, axis=-1)[..., None])
    return found


def labels(odds: Float64Array, unsure_below: float) -> np.ndarray:
    """Indices into `EMOTIONS`, -1 where unsure, int64 [...]."""
    p = probabilities(odds)
    return np.where(p.max(axis=-1) >= unsure_below, p.argmax(axis=-1), -1)


def cross_validate(pairs: Pairs, model: ExpressionModel) -> None:
    """Print how people are read with constants fitted to others."""
    unsure_below = model.unsure_below
    folds = np.arange(len(pairs.rest)) % FOLDS
    found: dict[str, list[np.ndarray]] = {}
    for fold in range(FOLDS):
        constants = fit(pairs.take(folds != fold), model.fingerprint)
        held_out = pairs.take(folds == fold)
        rest = held_out.rest[:, None]
        for name, odds, wanted in (
            ("smiling photos read happy", held_out.smiles[:, None], _HAPPY),
            ("their copies", held_out.later_smiles, _HAPPY),
            ("neutral photos read neutral", held_out.rest[:, None], _NEUTRAL),
            ("their copies ", held_out.later_rest, _NEUTRAL),
        ):
            before = labels(odds, unsure_below) == wanted
            after = labels(adjust(odds, rest, constants), unsure_below) == wanted
            found.setdefault(name, []).append(np.stack([before.ravel(), after.ravel()]))
    for name, parts in found.items():
        before, after = np.concatenate(parts, axis=1).mean(axis=1)
        print(f"  {name:<28} {before:6.1%} -> {after:6.1%}")


def show_strangers(public: Split, model: ExpressionModel, constants: Calibration) -> None:
    """Print what an average person's neutral face does to other people's readings."""
    truth = majority_emotions(public)
    odds = odds_of(model.read(public.crops))
    before = labels(odds, 0)
    after = labels(adjust(odds, constants.typical, constants), 0)
    print(f"  an average neutral face changes {np.mean(before != after):.1%} of PublicTest")
    for index, emotion in enumerate(EMOTIONS):
        faces = truth == index
        recalls = (np.mean(found[faces] == index) for found in (before, after))
        print("    recall of {:<9}{:6.1%} -> {:6.1%}".format(emotion, *recalls))


def show_sad_at_rest(public: Split, model: ExpressionModel, constants: Calibration) -> None:
    """Print how faces read beside neutral faces that look sad or angry."""
    truth = majority_emotions(public)
    odds = odds_of(model.read(public.crops))
    resting = odds[truth == _NEUTRAL]
    random = np.random.default_rng(0)
    for emotion in ("sad", "angry"):
        index = EMOTIONS.index(emotion)
        # The twentieth of the neutral faces that looks most like it.
        looks = resting[resting[:, index] >= np.quantile(resting[:, index], 0.95)]
        faces = odds[truth == index]
        rest = looks[random.integers(len(looks), size=len(faces))]
        still = np.mean(labels(adjust(faces, rest, constants), 0) == index)
        own = np.mean(labels(adjust(looks, looks, constants), 0) == _NEUTRAL)
        before = np.mean(labels(looks, 0) == _NEUTRAL)
        print(
            f"  neutral faces that look {emotion}: read neutral {before:.1%} -> {own:.1%}; "
            f"{emotion} faces beside them read {emotion}: "
            f"{np.mean(labels(faces, 0) == index):.1%} -> {still:.1%}"
        )


def show_temperatures(public: Split, model: ExpressionModel) -> None:
    """Print how far positions are from those of the raters' votes."""
    votes = distribution(public.require_votes()).astype(np.float64)
    kept = votes.sum(axis=1) > 0.5
    raters = circumplex_positions(votes[kept], 1.0)
    logs = odds_of(model.read(public.crops[kept]))
    errors = {}
    for temperature in TEMPERATURES:
        off = circumplex_positions(np.exp(logs), float(temperature)) - raters
        errors[float(temperature)] = float(np.sqrt((off**2).sum(axis=1).mean()))
    best = min(errors, key=errors.__getitem__)
    print(
        f"  temperature {best:.1f} is best: mean error {errors[best]:.3f}; at 1.0 {errors[1.0]:.3f}"
        f"; in use: {TEMPERATURE}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help=f"write {neutral.CONSTANTS.name}")
    options = parser.parse_args()
    people, public = load_people(), fer2013.load().public
    crops = np.stack(list(crops_of(people)))
    fitted = {}
    for name in NETWORKS:
        model = ExpressionModel(name)
        pairs = pairs_of(crops, model)
        constants = fit(pairs, model.fingerprint)
        print(f"{name}: penalty {constants.penalty:g}, fitted to {len(people)} people")
        cross_validate(pairs, model)
        show_strangers(public, model, constants)
        show_sad_at_rest(public, model, constants)
        show_temperatures(public, model)
        fitted[name] = asdict(constants) | {
            "typical": [round(float(value), 3) for value in constants.typical]
        }
    if options.write:
        neutral.CONSTANTS.write_text(json.dumps(fitted, indent=1) + "\n")


if __name__ == "__main__":
    main()
