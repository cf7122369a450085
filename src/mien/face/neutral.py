"""A person's neutral face, kept as numbers, and expressions relative to it.

People differ at rest: some look sad or angry, and few smile so broadly that a network which does
not know them can tell. `relative_to` therefore compares a face with the same person's neutral face,
in log-odds against neutral:

    log-odds' = log-odds - share * (log-odds at rest - log-odds of most people at rest)

takes away what the face shows at rest; more, where neutral would not lead otherwise. Where the
log-odds have risen above rest, what is taken away is divided by 1 + (rise / fade)^2, so that
someone who looks sad at rest can still be seen to be sad.

    log-odds of neutral' = -penalty * log(1 + (rise / scale)^2)

makes neutral less probable, the more those of a smile have risen above rest. That is how the
logarithm of Student's t distribution falls. The rise counts as much as happy is the best guess
beside neutral, so that a smile is never confused with the other emotions. It is not used for
these: we have pairs of neutral and smiling faces only. `mien.research.fit.neutral` fits the
constants.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from mien.emotions import EMOTIONS, RATED
from mien.errors import NeutralFaceError, OutputError
from mien.face.expression import Expression
from mien.face.network import NETWORKS, ExpressionModel
from mien.support.arrays import Float64Array
from mien.support.files import write_atomically
from mien.support.paths import home

CONSTANTS = Path(__file__).parent.parent / "data" / "neutral.json"
"""The file of the fitted constants of each network."""

LARGEST = 30.0
"""Log-odds in a neutral face are from minus this to this."""

_LEAST = 1e-6  # probabilities below say nothing but noise
_CLEARLY = 1.5  # at least this much, in nats, neutral leads in the neutral face itself
_RIVALS_OF_NEUTRAL = np.array([emotion != "neutral" for emotion in RATED])
_HAPPY, _NEUTRAL = (EMOTIONS.index(name) for name in ("happy", "neutral"))


@dataclass(frozen=True)
class NeutralFace:
    """How a person's face reads at rest. No picture can be made from it.

    Attributes:
        readings: the fingerprint of a network (`ExpressionModel.fingerprint`) -> what it reads: the
            log-odds of each of `RATED` against neutral, natural logarithms, the mean over frames.
        frames: how many frames it was read from.

    Raises:
        NeutralFaceError: numbers that no calibration gives.
    """

    readings: Mapping[str, tuple[float, ...]]
    frames: int = 1

    def __post_init__(self) -> None:
        for odds in self.readings.values():
            if len(odds) != len(RATED) or not all(-LARGEST <= value <= LARGEST for value in odds):
                raise NeutralFaceError("the neutral face has impossible numbers", "calibrate again")

    def require(self, model: ExpressionModel) -> Float64Array:
        """The log-odds that this network read, float64 [8].

        Raises:
            NeutralFaceError: it has not read this face.
        """
        if model.fingerprint not in self.readings:
            raise NeutralFaceError(
                "the neutral face was taken with another network", "calibrate again"
            )
        return np.array(self.readings[model.fingerprint])

    def save(self, path: Path | None = None) -> Path:
        """Keep it in place of an earlier one.

        Args:
            path: default: `neutral.json` in `MIEN_HOME` or in the platform's folder for user data.

        Returns:
            The file.

        Raises:
            OutputError: the file cannot be written.
        """
        path = neutral_file() if path is None else path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise OutputError(
                f"{path.parent} cannot be made ({e.strerror})", "check its permissions"
            ) from e
        content = {"frames": self.frames, "readings": dict(self.readings)}
        write_atomically(path, json.dumps(content, indent=1) + "\n")
        return path

    @classmethod
    def load(cls, path: Path | None = None) -> NeutralFace | None:
        """The one that is kept, or None.

        Args:
            path: as for `save`.

        Raises:
            NeutralFaceError: the file cannot be read.
        """
        path = neutral_file() if path is None else path
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            readings = {
                str(network): tuple(float(value) for value in odds)
                for network, odds in content["readings"].items()
            }
            return cls(readings, int(content["frames"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
            raise NeutralFaceError(
                f"{path} does not hold a neutral face", "calibrate again, or delete the file"
            ) from e

    @staticmethod
    def forget(path: Path | None = None) -> bool:
        """Delete the one that is kept.

        Args:
            path: as for `save`.

        Returns:
            Whether there was one.

        Raises:
            OutputError: the file cannot be deleted.
        """
        path = neutral_file() if path is None else path
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        except OSError as e:
            raise OutputError(
                f"{path} cannot be deleted ({e.strerror})", "check its permissions"
            ) from e
        return True


@dataclass(frozen=True)
class Calibration:
    """The constants of one network.

    Attributes:
        fingerprint: of the network that they were fitted for.
        typical: log-odds of `RATED` against neutral of most people at rest, float64 [8].
        share: of what the face shows at rest, how much is taken away, in [0, 1].
        fade: the rise at which half of that is given back, in nats.
        penalty, scale: of neutral, where a smile rises (see the module).
    """

    fingerprint: str
    typical: Float64Array
    share: float
    fade: float
    penalty: float
    scale: float


def neutral_file() -> Path:
    """Where the neutral face of this computer's user is kept."""
    return home() / "neutral.json"


def log_odds(expression: Expression) -> Float64Array:
    """The log-odds of each of `RATED` against neutral, float64 [8]; 0 for neutral.

    >>> log_odds(Expression.of(np.array([0, 0, 0, 0.5, 0, 0, 0.5])))[3].item()
    0.0
    """
    seven = np.array(expression.probabilities) * (1 - expression.contempt)
    logs = np.log(np.maximum([*seven, expression.contempt], _LEAST))
    return np.asarray(logs - logs[_NEUTRAL], np.float64)


def relative_to(neutral: NeutralFace, expression: Expression, model: ExpressionModel) -> Expression:
    """An expression relative to the person's neutral face.

    Args:
        neutral: the person's.
        expression: as `model` read it.
        model: the network.

    Raises:
        NeutralFaceError: the network has not read the neutral face.
    """
    odds = adjust(log_odds(expression), neutral.require(model), constants_of(model))
    return _expression(odds, model)


def expression_at_rest(neutral: NeutralFace, model: ExpressionModel) -> Expression:
    """What a network that does not know the person sees in their neutral face.

    Raises:
        NeutralFaceError: the network has not read the neutral face.
    """
    return _expression(neutral.require(model), model)


def adjust(odds: Float64Array, rest: Float64Array, constants: Calibration) -> Float64Array:
    """Log-odds relative to those at rest (see the module).

    Args:
        odds: of `RATED` against neutral, float64 [..., 8].
        rest: the same of the person's neutral face, float64 [..., 8].
        constants: of the network.

    Returns:
        float64 [..., 8]; that of neutral is at most 0.
    """
    rise = np.maximum(odds - rest, 0)
    taken = constants.share * (rest - constants.typical)
    taken = np.maximum(taken, np.where(_RIVALS_OF_NEUTRAL, rest + _CLEARLY, -np.inf))
    adjusted = odds - np.where(taken > 0, taken / (1 + (rise / constants.fade) ** 2), taken)
    rivals = adjusted[..., [i for i in range(len(EMOTIONS)) if i != _NEUTRAL]]
    smiling = np.exp(adjusted[..., _HAPPY] - np.logaddexp.reduce(rivals, axis=-1))
    smile = smiling * rise[..., _HAPPY]
    adjusted[..., _NEUTRAL] -= constants.penalty * np.log1p((smile / constants.scale) ** 2)
    return np.asarray(adjusted, np.float64)


def constants_of(model: ExpressionModel) -> Calibration:
    """The constants of a network: its own if it is in the package, else those of the default."""
    named = {ExpressionModel(name).path: name for name in NETWORKS}
    return load_constants()[named.get(model.path, NETWORKS[0])]


@cache
def load_constants() -> Mapping[str, Calibration]:
    """Network of the package -> its constants."""
    return {
        name: Calibration(**{**fitted, "typical": np.array(fitted["typical"])})
        for name, fitted in json.loads(CONSTANTS.read_text()).items()
    }


def mean_log_odds(expressions: Sequence[Expression]) -> tuple[tuple[float, ...], float]:
    """The mean log-odds of a face's expressions, and how much they vary.

    Returns:
        Eight numbers, and the root mean square over the seven emotions of the standard deviations,
        in nats: 0 for a single expression.
    """
    odds = np.stack([log_odds(expression) for expression in expressions])
    spread = odds[:, : len(EMOTIONS)].std(axis=0)
    mean = tuple(round(float(value), 4) for value in odds.mean(axis=0))
    return mean, math.sqrt(float((spread**2).mean()))


def _expression(odds: Float64Array, model: ExpressionModel) -> Expression:
    eight = np.exp(odds - odds.max())
    eight /= eight.sum()
    seven, contempt = eight[: len(EMOTIONS)], float(eight[-1])
    return Expression.of(seven / seven.sum(), model.unsure_below, contempt)
