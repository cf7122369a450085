"""The folder of a training: its recipe, its checkpoint and its outcome.

`recipe.json` holds the recipe and a hash of the data. `history.json` holds the epochs. While the
training runs, `last.pt` is its checkpoint. A finished training has `best.pt` instead, with large
weights in half precision: small enough to keep or to publish. `predictions.npz` holds those of the
teacher, if that is the shipped network, or of teachers whose time was limited. Each file is
replaced as a whole.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from mien.errors import TrainingError
from mien.face.network import HEADS
from mien.research.data.fer2013 import Split
from mien.research.training.network import Network, build
from mien.research.training.recipe import Recipe
from mien.research.training.targets import Targets
from mien.support.files import write_atomically

Weights = Mapping[str, torch.Tensor]


@dataclass(frozen=True)
class Epoch:
    """Scores of one epoch, on the varied faces of Training and on PublicTest.

    Attributes:
        number: counted from 1.
        training_loss: mean of the minimised loss over the epoch.
        training_accuracy: against FER2013's labels (of two mixed faces, that of the stronger),
            during the epoch.
        public_loss: cross-entropy against FER2013's labels.
        public_accuracy: against FER2013's labels.
        raters_accuracy: against the raters' majority; None without that head.
        balanced_accuracy: mean recall of the seven emotions, against the raters' majority among
            them; None without that head, and in older trainings.
    """

    number: int
    training_loss: float
    training_accuracy: float
    public_loss: float
    public_accuracy: float
    raters_accuracy: float | None = None
    balanced_accuracy: float | None = None

    @property
    def selection_score(self) -> float:
        """The mean of the known accuracies on PublicTest."""
        all_three = (self.public_accuracy, self.raters_accuracy, self.balanced_accuracy)
        known = [accuracy for accuracy in all_three if accuracy is not None]
        return sum(known) / len(known)


def describe(epoch: Epoch) -> str:
    """An epoch in a line."""
    raters, balanced = epoch.raters_accuracy, epoch.balanced_accuracy
    return (
        f"epoch {epoch.number:3d}  loss {epoch.training_loss:.4f}  "
        f"PublicTest loss {epoch.public_loss:.4f}  accuracy {epoch.public_accuracy:.2%}"
        + ("" if raters is None else f"  raters {raters:.2%}")
        + ("" if balanced is None else f"  balanced {balanced:.2%}")
    )


@dataclass(frozen=True)
class Outcome:
    """A training's result: the averaged network of the kept epoch, all epochs, and the recipe."""

    network: Network
    history: tuple[Epoch, ...]
    recipe: Recipe

    @property
    def best(self) -> Epoch:
        """The epoch of the network."""
        return best_epoch(self.history, self.recipe.keep)


def best_epoch(history: Sequence[Epoch], keep: str = "best") -> Epoch:
    """The epoch to keep: that with the highest selection score, the last one of a tie; or the last.

    Args:
        history: at least one epoch.
        keep: as in `Recipe`.
    """
    if keep == "last":
        return history[-1]
    return max(history, key=lambda e: (e.selection_score, e.number))


def claim(folder: Path, recipe: Recipe, training: Split) -> None:
    """Create the folder for a training, or check that it holds the same one.

    Raises:
        TrainingError: the folder holds a training with another recipe or on other data, or cannot
            be created.
        MissingDataError: the recipe has a raters' head, and the votes are missing.
    """
    if "raters" in recipe.architecture.heads:
        training.require_votes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for orphan in folder.glob(".*.pt.*"):  # of a process that was killed while writing
            orphan.unlink()
    except OSError as e:
        raise TrainingError(
            f"{folder} cannot be a folder for checkpoints ({e.strerror})", "use another folder"
        ) from e
    data = _hash(training, recipe)
    path = folder / "recipe.json"
    if not path.exists():
        content = {"data": data, "recipe": dataclasses.asdict(recipe)}
        write_atomically(path, json.dumps(content, indent=1) + "\n")
    elif load_recipe(folder) != recipe or _read_json(path).get("data") != data:
        raise TrainingError(
            f"{folder} holds a training with another recipe or other data (see recipe.json)",
            "use another folder, or the same recipe and data to resume it",
        )


def _hash(training: Split, recipe: Recipe) -> str:
    """SHA-256 of the data that the recipe uses."""
    found = hashlib.sha256(training.crops.tobytes() + training.labels.tobytes())
    if "raters" in recipe.architecture.heads:
        found.update(training.require_votes().tobytes())
    return found.hexdigest()


def load_recipe(folder: Path) -> Recipe:
    """The recipe of the training in `folder`.

    Raises:
        TrainingError: there is none, or its file is damaged.
    """
    path = folder / "recipe.json"
    if not path.exists():
        raise TrainingError(f"{folder} holds no training", "train a network there first")
    try:
        return Recipe.from_json(_read_json(path)["recipe"])
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise _damaged(path) from e


def save(folder: Path, states: Mapping[str, Any], best: Weights, history: Sequence[Epoch]) -> None:
    """Write a checkpoint, with the weights of the best epoch so far."""
    epochs = [dataclasses.asdict(e) for e in history]
    _save({**states, "best": dict(best), "history": epochs}, folder / "last.pt")
    _write_history(folder, epochs)


def resume(folder: Path, parts: Mapping[str, Any], device: torch.device) -> Outcome | None:
    """Restore the states of the parts from the checkpoint.

    Returns:
        The outcome so far; None without a checkpoint.

    Raises:
        TrainingError: the checkpoint is damaged.
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
    """Replace the checkpoint of a finished training by its outcome."""
    last = folder / "last.pt"
    if last.exists():
        state = _load(last, torch.device("cpu"))
        halves = {k: w.half() if w.ndim > 1 else w for k, w in state["best"].items()}
        _save(halves, folder / "best.pt")
        _write_history(folder, state["history"])
        last.unlink()
    return load_outcome(folder)


def is_finished(folder: Path) -> bool:
    """Whether the folder holds the outcome of a finished training."""
    return (folder / "best.pt").exists() and not (folder / "last.pt").exists()


def load_outcome(folder: Path) -> Outcome:
    """The outcome so far of a training, finished or not.

    Raises:
        TrainingError: there is none, or a file is damaged.
    """
    recipe = load_recipe(folder)
    last = folder / "last.pt"
    path = last if last.exists() else folder / "best.pt"
    if not path.exists():
        raise TrainingError(f"{folder} holds no finished epoch", "train a network there first")
    state = _load(path, torch.device("cpu"))
    network = build(recipe.architecture, recipe.seed)
    try:
        epochs = state["history"] if path == last else _read_json(folder / "history.json")
        network.load_state_dict(state["best"] if path == last else state)
        history = tuple(Epoch(**epoch) for epoch in epochs)
    except (KeyError, TypeError, ValueError, RuntimeError) as e:
        raise _damaged(path) from e
    return Outcome(network.eval(), history, recipe)


def save_predictions(folder: Path, predictions: Targets, teachers: Sequence[str] = ()) -> None:
    """Store the predictions of teachers, in half precision, with the teachers' names."""
    halves = {head: getattr(predictions, head).astype(np.float16) for head in HEADS}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **halves, teachers=np.array(teachers, str))
    write_atomically(folder / "predictions.npz", buffer.getvalue())


def has_predictions(folder: Path) -> bool:
    """Whether the folder holds predictions of teachers."""
    return (folder / "predictions.npz").exists()


def load_predictions(folder: Path) -> Targets | None:
    """The predictions that `save_predictions` stored; None without the file.

    Raises:
        TrainingError: the file is damaged.
    """
    path = folder / "predictions.npz"
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            return Targets(**{head: stored[head].astype(np.float32) for head in HEADS})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as e:
        raise _damaged(path) from e


def _write_history(folder: Path, epochs: Sequence[Mapping[str, Any]]) -> None:
    write_atomically(folder / "history.json", json.dumps(epochs, indent=1) + "\n")


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except (ValueError, OSError) as e:
        raise _damaged(path) from e


def _damaged(path: Path) -> TrainingError:
    return TrainingError(
        f"{path} is damaged or of another version", f"remove {path.parent} to start again"
    )


def _load(path: Path, device: torch.device) -> Any:
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except Exception as e:  # torch raises errors of many classes on damaged files
        raise _damaged(path) from e


def _save(state: object, path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    write_atomically(path, buffer.getvalue())
