"""Every choice that decides the outcome of a training, and the named recipes."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from mien.errors import DataError
from mien.face.network import HEADS
from mien.research.training.augment import Augmentation


@dataclass(frozen=True)
class Architecture:
    """What the network looks like.

    Attributes:
        kind: `residual` (ours) or `paper` (plain convolutions and a dense layer).
        widths: channels of each stage; between stages the picture is halved.
        residuals: how many residual pairs end each stage (`residual` only).
        side: pixels of the square that the network sees, cut from the 48x48 crop.
        standardised: each image to mean 0 and deviation 1; otherwise pixels in [0, 1].
        dropout: before the last layer (`paper`: half of it after each stage, too).
        heads: what it answers, of `HEADS`.
    """

    kind: Literal["residual", "paper"] = "residual"
    widths: tuple[int, ...] = (32, 64, 160, 320)
    residuals: tuple[int, ...] = (0, 0, 1, 1)
    side: int = 44
    standardised: bool = True
    dropout: float = 0.3
    heads: tuple[str, ...] = tuple(HEADS)


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the outcome of a training, besides the data.

    Attributes:
        optimiser: `sgd` (Nesterov momentum 0.9) or `adam`.
        schedule: `cosine` down to zero after the warm-up, or `constant`.
        label_smoothing: of FER2013's labels; the raters' votes are soft as they are.
        mixup: both parameters of the beta distribution (Zhang et al. 2018); 0 for none.
        merge_copies: whether copies of one image share the mean of their labels.
        ema: decay of the averaged weights that are scored and exported; 0 for none.
        teachers: the networks that are trained first and that this one learns from beside the
            labels (Hinton et al. 2015), as `name` or `name-seed`.
        taught_by: `face`: their mean answer for each face and its mirror image, asked for once;
            `view`: for each varied and mixed face or, by chance, its mirror image, what one of
            them, by chance, answers there and then (Beyer et al. 2022), at a third more work.
        distillation: weight of the teachers against the labels and votes, in [0, 1].
        joined: the networks that are trained first and that ship together with this one as one, the
            mean of their logits; as teachers are called.
    """

    epochs: int = 80
    batch: int = 128
    optimiser: Literal["sgd", "adam"] = "sgd"
    learning_rate: float = 0.1
    schedule: Literal["cosine", "constant"] = "cosine"
    warm_up_epochs: float = 2.0
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    mixup: float = 0.2
    merge_copies: bool = True
    ema: float = 0.999
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
    teachers: tuple[str, ...] = ()
    taught_by: Literal["face", "view"] = "face"
    distillation: float = 0.0
    joined: tuple[str, ...] = ()
    seed: int = 0

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Recipe:
        """The recipe that `dataclasses.asdict` wrote.

        Raises:
            TypeError, KeyError: it is not one.
        """
        architecture = dict(values["architecture"])
        for key in ("widths", "residuals", "heads"):
            architecture[key] = tuple(architecture[key])
        parts = {
            "architecture": Architecture(**architecture),
            "augmentation": Augmentation(**values["augmentation"]),
        }
        names = {key: tuple(values[key]) for key in ("teachers", "joined")}
        return cls(**{**values, **parts, **names})


# As the paper says, and as Keras does where it says nothing. It names no number of layers, rates or
# epochs. Ours besides: the ten blank faces are left out, and the arithmetic is bfloat16.
_PAPER = Recipe(
    epochs=50,
    batch=64,
    optimiser="adam",
    learning_rate=1e-3,
    schedule="constant",
    warm_up_epochs=0.0,
    weight_decay=0.0,
    label_smoothing=0.0,
    mixup=0.0,
    merge_copies=False,
    ema=0.0,
    architecture=Architecture(
        kind="paper",
        widths=(32, 64, 128, 256),
        residuals=(),
        side=48,
        standardised=False,
        dropout=0.5,
        heads=("fer2013",),
    ),
    augmentation=Augmentation(
        rotation=15, scale=0, stretch=0, shift=0, gamma=0, cutout=0, brightness=0.2
    ),
)

_STUDENT = Recipe(
    architecture=Architecture(dropout=0.2),
    augmentation=Augmentation(blur=0.2, noise=0.06),
    teachers=("first",),
    taught_by="view",
    distillation=0.7,
    seed=1,  # to begin elsewhere than its teacher
)

_LIVE = Recipe(  # a small network does not learn Training by heart: little is held back
    epochs=64,
    weight_decay=3e-4,
    mixup=0.0,
    architecture=Architecture(widths=(24, 48, 96, 192), dropout=0.0),
    augmentation=Augmentation(cutout=0.3, blur=0.1, noise=0.03),
    teachers=("first", "student"),
    distillation=0.8,
    seed=7,
)

RECIPES = {
    "expression": Recipe(epochs=70, seed=5, joined=("first", "student")),
    "live": _LIVE,
    "first": Recipe(),
    "student": _STUDENT,
    "paper": _PAPER,
}
"""Name -> recipe: the network that ships, joined with two others; a small one for every frame of a
camera; the two others, of which one learns from the other; the paper's."""


def named(name: str, *, epochs: int | None = None, seed: int | None = None) -> Recipe:
    """The recipe called `name`, with another number of epochs or seed if wanted.

    Raises:
        DataError: none is called so.
    """
    if name not in RECIPES:
        raise DataError(f"no recipe is called {name!r}", f"use {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    wanted = {"epochs": epochs, "seed": seed}
    return dataclasses.replace(recipe, **{k: v for k, v in wanted.items() if v is not None})  # type: ignore[arg-type]


def called(names: tuple[str, ...]) -> list[tuple[str, Recipe]]:
    """The names and recipes of networks that are trained first, from `name` or `name-seed`.

    Raises:
        DataError: a recipe does not exist.
    """
    found = []
    for each in names:
        name, _, seed = each.partition("-")
        found.append((name, named(name, seed=int(seed) if seed else None)))
    return found
