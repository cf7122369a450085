"""The folder of a training: what is trained on what, how far it is, and what came of it.

`recipe.json` says what is trained, and on which data. While the training runs, `last.pt` holds all
that it takes to go on, and `history.json` its epochs. Of a finished training `best.pt` is left,
with large weights in half precision, and `history.json`: small enough to keep or to hand on. Each
file is replaced whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from mien.errors import DataError
from mien.research.data.fer2013 import Split
from mien.research.training.network import Network, build
from mien.research.training.recipe import Recipe
from mien.research.training.targets import require_votes
from mien.support.files import write_atomically

Weights = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Epoch:
    """What one epoch came to, on the augmented Training faces and on PublicTest.

    Attributes:
        training_loss: what was minimised, its mean over the epoch.
        training_accuracy: FER2013's labels (of two mixed faces, that of the stronger), as the
            faces went by.
        public_loss: cross-entropy against FER2013's labels.
        public_accuracy: FER2013's labels.
        raters_accuracy: the raters' majority, where the network has that head; else None.
    """

    number: int
    training_loss: float
    training_accuracy: float
    public_loss: float
    public_accuracy: float
    raters_accuracy: float | None = None

    @property
    def selection_score(self) -> float:
        """By which the best epoch is chosen: the mean of the accuracies there are."""
        if self.raters_accuracy is None:
            return self.public_accuracy
        return (self.public_accuracy + self.raters_accuracy) / 2


@dataclass(frozen=True)
class Outcome:
    """The averaged network of the best epoch on PublicTest, and how it came there."""

    network: Network
    history: tuple[Epoch, ...]

    @property
    def best(self) -> Epoch:
        """The epoch whose network it is."""
        return best_of(self.history)


def best_of(history: Sequence[Epoch]) -> Epoch:
    """The epoch with the highest selection score; the later one of equals."""
    return max(history, key=lambda e: (e.selection_score, e.number))


def claim(folder: Path, recipe: Recipe, training: Split) -> None:
    """Make the folder and remember what is trained on what; refuse to mix two trainings in one.

    Raises:
        DataError: it holds a training with another recipe or on other data, or is no folder; or
            the raters' votes are missing.
    """
    require_votes(training, recipe.architecture.heads)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for orphan in folder.glob(".*.pt.*"):  # of a kill while writing
            orphan.unlink()
    except OSError as e:
        raise DataError(f"{folder} cannot be a folder for checkpoints ({e.strerror})") from e
    seen = hashlib.sha256(training.crops.tobytes() + training.labels.tobytes())
    if "raters" in recipe.architecture.heads and training.votes is not None:
        seen.update(training.votes.tobytes())
    facts = {"data": seen.hexdigest(), "recipe": dataclasses.asdict(recipe)}
    path = folder / "recipe.json"
    if not path.exists():
        write_atomically(path, json.dumps(facts, indent=1) + "\n")
    elif load_recipe(folder) != recipe or _read_json(path).get("data") != facts["data"]:
        raise DataError(
            f"{folder} holds a training with another recipe or other data (see recipe.json)",
            "move it away, give another folder with --out, or the same options to go on",
        )


def load_recipe(folder: Path) -> Recipe:
    """The recipe of the training in `folder`.

    Raises:
        DataError: there is none.
    """
    path = folder / "recipe.json"
    if not path.exists():
        raise DataError(f"{folder} holds no training", "start one with `mien train`")
    try:
        return Recipe.from_json(_read_json(path)["recipe"])
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise _damaged(path) from e


def save(folder: Path, states: Mapping[str, Any], best: Weights, history: Sequence[Epoch]) -> None:
    """Keep what it takes to go on."""
    epochs = [dataclasses.asdict(e) for e in history]
    _save({**states, "best": dict(best), "history": epochs}, folder / "last.pt")
    _write_history(folder, epochs)


def resume(folder: Path, parts: Mapping[str, Any], device: torch.device) -> Outcome | None:
    """Give the parts their states back; the best network so far and the history, if there is any.

    Raises:
        DataError: damage.
    """
    path = folder / "last.pt"
    if not path.exists():
        return None
    try:
        state = _load(path, device)
        for name, part in parts.items():
            part.load_state_dict(state[name])
    except (KeyError, TypeError, ValueError, RuntimeError) as e:
        raise _damaged(path) from e
    return load_outcome(folder)


def finish(folder: Path) -> Outcome:
    """Leave of a training that is done what is worth keeping."""
    last = folder / "last.pt"
    if last.exists():
        state = _load(last, torch.device("cpu"))
        halves = {k: w.half() if w.ndim > 1 else w for k, w in state["best"].items()}
        _save(halves, folder / "best.pt")
        _write_history(folder, state["history"])
        last.unlink()
    return load_outcome(folder)


def is_finished(folder: Path, recipe: Recipe) -> bool:
    """Whether `finish` has left the training's outcome in `folder`."""
    if (folder / "last.pt").exists() or not (folder / "best.pt").exists():
        return False
    return len(load_outcome(folder).history) == recipe.epochs


def load_outcome(folder: Path) -> Outcome:
    """The best network so far of the training in `folder`, finished or not.

    Raises:
        DataError: there is none, or damage.
    """
    recipe = load_recipe(folder)
    last = folder / "last.pt"
    path = last if last.exists() else folder / "best.pt"
    if not path.exists():
        raise DataError(f"{folder} holds no finished epoch", "start one with `mien train`")
    state = _load(path, torch.device("cpu"))
    network = build(recipe.architecture, recipe.seed)
    try:
        epochs = state["history"] if path == last else _read_json(folder / "history.json")
        network.load_state_dict(state["best"] if path == last else state)
        history = tuple(Epoch(**epoch) for epoch in epochs)
    except (KeyError, TypeError, ValueError, RuntimeError) as e:
        raise _damaged(path) from e
    return Outcome(network.eval(), history)


def _write_history(folder: Path, epochs: Sequence[Mapping[str, Any]]) -> None:
    write_atomically(folder / "history.json", json.dumps(epochs, indent=1) + "\n")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (ValueError, OSError) as e:
        raise _damaged(path) from e


def _damaged(path: Path) -> DataError:
    return DataError(
        f"{path} is damaged or of another version", f"remove {path.parent} to start again"
    )


def _load(path: Path, device: torch.device) -> Any:
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except Exception as e:  # torch's reader raises many things on damaged files
        raise _damaged(path) from e


def _save(state: object, path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_atomically(path, buffer.getvalue())
