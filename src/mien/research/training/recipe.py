"""Everything that determines a training besides the data, and the recipes by name."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any, Literal

from mien.errors import TrainingError
from mien.face.network import HEADS
from mien.research.training.augment import Augmentation
from mien.research.training.camera import Camera


@dataclass(frozen=True)
class Architecture:
    """The layers of a network.

    Attributes:
        kind: `residual` (mien's), `dlib` or `efficientnet` (`mien.research.training.dlib` and
            `.efficientnet`), or `paper` (plain convolutions and a dense layer).
        widths: channels of each stage; the image is halved between stages.
        residuals: number of residual pairs at the end of each stage (`residual`), or of blocks in
            each stage (`dlib`, `efficientnet`).
        side: side of the network's input in pixels, the middle of the 48x48 crop.
        standardised: whether each image is scaled to mean 0 and deviation 1, not to [0, 1].
        dropout: before the last layer, and half of it after each stage of `paper`.
        heads: of `HEADS`.
    """

    kind: Literal["residual", "dlib", "efficientnet", "paper"] = "residual"
    widths: tuple[int, ...] = (32, 64, 160, 320)
    residuals: tuple[int, ...] = (0, 0, 1, 1)
    side: int = 44
    standardised: bool = True
    dropout: float = 0.3
    heads: tuple[str, ...] = tuple(HEADS)


@dataclass(frozen=True)
class Recipe:
    """Everything that determines a training besides the data.

    Attributes:
        epochs: fewer if the time for the training is limited.
        epoch_share: how many faces an epoch draws at random, as a share of all: below 1 for more
            checkpoints, above 1 for fewer.
        optimiser: `sgd` (Nesterov momentum 0.9) or `adam`.
        schedule: `cosine` down to zero after the warm-up, or `constant`.
        label_smoothing: of FER2013's labels; the raters' votes are soft already.
        mixup: both parameters of the beta distribution (Zhang et al. 2018); 0 for none.
        merge_copies: whether copies of one image share the mean of their labels.
        keep: the network of the `best` epoch on PublicTest, or of the `last`. PublicTest has no
            faces as cameras take them, which are learned until the end.
        ema: decay of the averaged weights that are scored and exported; 0 for none.
        teachers: recipes of the networks that are trained first, and from whose predictions this
            one learns beside the labels (Hinton et al. 2015), as `name` or `name-seed`.
        teacher_input: `face`: teachers predict each face and its mirror image once, and the mean
            is the target. `view`: one random teacher predicts each varied and mixed face, or its
            mirror image, in every batch (Beyer et al. 2022), which takes a third longer.
        shipped_teacher: whether the network in the package is the teacher, instead of `teachers`.
            It predicts as for `face`; its predictions are stored beside the training.
        distilled_heads: the heads that learn from teachers which predict faces; those that predict
            views teach all heads.
        distillation: weight of the teachers against the labels and votes, in [0, 1].
        logit_adjustment: how far the raters' head is corrected for the frequencies of the emotions,
            as an exponent (`mien.research.training.balance`). 0: it predicts the votes. 1: it
            treats all emotions alike.
        rarity_weighting: how much more a face counts for the raters' head the rarer its emotions,
            as an exponent; 0: all faces count the same. Not with teachers that predict views.
        starts_from: recipe of the network that is trained first, and whose weights this one starts
            from, as `name` or `name-seed`; `dlib` or `efficientnet` for published weights, which
            lie with the data sets (`mien.research.training.published`); empty for random weights.
        start_share: how much of the weights that it starts from the finished network keeps, in
            [0, 1): their mean with the trained ones does what both can (Wortsman et al. 2022,
            "Robust fine-tuning of zero-shot models").
        members: recipes of the networks that are trained first, and that are exported together
            with this one as an ensemble, the mean of their logits; as `name` or `name-seed`.
        weight: of the network in an ensemble.
    """

    epochs: int = 80
    epoch_share: float = 1.0
    batch: int = 128
    optimiser: Literal["sgd", "adam"] = "sgd"
    learning_rate: float = 0.1
    schedule: Literal["cosine", "constant"] = "cosine"
    warm_up_epochs: float = 2.0
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    mixup: float = 0.2
    merge_copies: bool = True
    keep: Literal["best", "last"] = "best"
    ema: float = 0.999
    architecture: Architecture = field(default_factory=Architecture)
    augmentation: Augmentation = field(default_factory=Augmentation)
    teachers: tuple[str, ...] = ()
    teacher_input: Literal["face", "view"] = "face"
    shipped_teacher: bool = False
    distilled_heads: tuple[str, ...] = tuple(HEADS)
    distillation: float = 0.0
    logit_adjustment: float = 0.0
    rarity_weighting: float = 0.0
    starts_from: str = ""
    start_share: float = 0.0
    members: tuple[str, ...] = ()
    weight: float = 1.0
    seed: int = 0

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Recipe:
        """The recipe from the values that `dataclasses.asdict` gives, read back from JSON.

        Raises:
            TypeError, KeyError: these are not the values of a recipe.
        """
        architecture = dict(values["architecture"])
        for key in ("widths", "residuals", "heads"):
            architecture[key] = tuple(architecture[key])
        augmentation = dict(values["augmentation"])
        if augmentation.get("camera") is not None:
            augmentation["camera"] = Camera(**augmentation["camera"])
        parts = {
            "architecture": Architecture(**architecture),
            "augmentation": Augmentation(**augmentation),
        }
        lists = ("teachers", "members", "distilled_heads")
        names = {key: tuple(values[key]) for key in lists if key in values}
        return cls(**{**values, **parts, **names})


# As in the paper, with Keras's defaults where it is silent: it gives no number of layers, rates or
# epochs. As in all recipes, blank faces are left out, and arithmetic is in bfloat16
# where the processor has it.
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
    teacher_input="view",
    distillation=0.7,
    seed=1,  # not its teacher's
)

_QUICK = Recipe(  # a small network hardly overfits: little regularisation
    epochs=64,
    weight_decay=3e-4,
    mixup=0.0,
    architecture=Architecture(widths=(24, 48, 96, 192), dropout=0.0),
    augmentation=Augmentation(cutout=0.3, blur=0.1, noise=0.03),
    teachers=("first", "student"),
    distillation=0.8,
    seed=7,
)

_ROBUST = Recipe(  # fine-tunes a network that knows faces
    epochs=12,
    epoch_share=0.25,  # more checkpoints
    learning_rate=0.006,
    warm_up_epochs=0.5,
    keep="last",
    ema=0.995,
    architecture=Architecture(dropout=0.2),
    augmentation=Augmentation(cutout=0.25, camera=Camera()),
    shipped_teacher=True,
    distillation=0.8,
    logit_adjustment=0.5,
    starts_from="student",
    seed=41,
)

_DLIB = dataclasses.replace(
    _ROBUST,
    epochs=36,
    epoch_share=0.5,
    learning_rate=0.04,
    ema=0.998,
    architecture=Architecture(
        kind="dlib", widths=(32, 64, 128, 256), residuals=(3, 4, 3, 3), dropout=0.2
    ),
    augmentation=Augmentation(cutout=0.3, camera=Camera()),
    distilled_heads=("fer2013",),  # of rare emotions, the votes know more than the teacher
    distillation=0.5,
    rarity_weighting=0.5,
    starts_from="dlib",
    seed=21,
)

_TEACHER = Recipe(  # for a GPU: large batches, and few checkpoints
    epochs=20,
    epoch_share=4.0,
    batch=512,
    learning_rate=0.3,
    warm_up_epochs=1.0,
    keep="last",
    ema=0.996,
    augmentation=Augmentation(camera=Camera()),
    rarity_weighting=0.5,
)

_BODY = dataclasses.replace(  # of what teachers know, most is in soft targets
    _TEACHER,
    architecture=Architecture(dropout=0.2),
    teachers=("wide", "wide-1", "wide-2", "from_dlib", "from_efficientnet"),
    distillation=0.7,
    logit_adjustment=0.5,
)

RECIPES = {
    "expression": dataclasses.replace(_DLIB, members=("robust", "mixed"), weight=0.5),
    "live": dataclasses.replace(
        _ROBUST,
        epochs=24,
        learning_rate=0.02,
        architecture=Architecture(widths=(24, 48, 96, 192), dropout=0.0),
        distillation=0.6,
        starts_from="quick",
        seed=15,
    ),
    "robust": _ROBUST,
    "mixed": dataclasses.replace(
        _ROBUST,
        epochs=16,
        learning_rate=0.01,
        distillation=0.6,
        starts_from="third",
        start_share=0.5,
        seed=13,
    ),
    "first": Recipe(),
    "student": _STUDENT,
    "third": Recipe(epochs=70, seed=5),
    "quick": _QUICK,
    "paper": _PAPER,
    "wide": dataclasses.replace(
        _TEACHER, architecture=Architecture(widths=(40, 80, 200, 400), residuals=(0, 1, 1, 1))
    ),
    "from_dlib": dataclasses.replace(
        _TEACHER,
        learning_rate=0.1,
        architecture=Architecture(
            kind="dlib", widths=(32, 64, 128, 256), residuals=(3, 4, 3, 3), dropout=0.4
        ),
        starts_from="dlib",
    ),
    "from_efficientnet": dataclasses.replace(
        _TEACHER,
        learning_rate=0.1,
        architecture=Architecture(
            kind="efficientnet",
            widths=(16, 24, 40, 80, 112, 192, 320),
            residuals=(1, 2, 2, 3, 3, 4, 1),
            dropout=0.4,
        ),
        starts_from="efficientnet",
    ),
    "body": _BODY,
    "distilled": dataclasses.replace(_BODY, members=("body-1", "body-2")),
    "distilled_live": dataclasses.replace(
        _BODY,
        weight_decay=3e-4,
        mixup=0.0,
        architecture=Architecture(widths=(24, 48, 96, 192), dropout=0.0),
        distillation=0.8,
        seed=7,
    ),
}
"""Name -> recipe.

`expression` and `live` ship. `expression` is dlib's network with two others: `robust` and `mixed`
fine-tune `student` and `third` on faces as cameras take them, as `live` does `quick`. `student`
learned from `first`, `quick` from both. `paper` is the paper's. For a GPU there are three kinds of
teachers (`wide`, `from_dlib`, `from_efficientnet`), a `body` that learns from them, the ensemble
`distilled` of such bodies, and a small network, `distilled_live`.
"""


def find_recipe(name: str, *, epochs: int | None = None, seed: int | None = None) -> Recipe:
    """The recipe of this name.

    Args:
        name: of `RECIPES`.
        epochs, seed: replace the recipe's, unless None.

    Raises:
        TrainingError: there is no such recipe.

    >>> find_recipe("paper", epochs=2).epochs
    2
    """
    if name not in RECIPES:
        raise TrainingError(f"there is no recipe called {name!r}", f"use {', '.join(RECIPES)}")
    recipe = RECIPES[name]
    changes = {"epochs": epochs, "seed": seed}
    return dataclasses.replace(recipe, **{k: v for k, v in changes.items() if v is not None})  # type: ignore[arg-type]


def find_recipes(names: tuple[str, ...]) -> list[tuple[str, Recipe]]:
    """The names and recipes for entries such as `name` or `name-seed`.

    Raises:
        TrainingError: there is no such recipe.

    >>> [(name, recipe.seed) for name, recipe in find_recipes(("first", "paper-4"))]
    [('first', 0), ('paper', 4)]
    """
    found = []
    for each in names:
        name, _, seed = each.partition("-")
        found.append((name, find_recipe(name, seed=int(seed) if seed else None)))
    return found
