"""`mien calibrate`, and how other commands use the neutral face that it keeps."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mien.cli.options import FILE, IMAGE_SUFFIXES
from mien.errors import NoNeutralFaceError
from mien.support.terminal import print_lines

if TYPE_CHECKING:
    from mien.face.network import ExpressionModel
    from mien.face.neutral import NeutralFace
    from mien.face.photo import Photo

NEUTRAL = click.option(
    "--neutral/--no-neutral",
    "use_neutral",
    default=None,
    help="Read relative to your neutral face, or not.  [default: where `mien calibrate` kept it]",
)


@click.command()
@click.argument("source", nargs=-1)
@click.option(
    "--seconds",
    type=click.FloatRange(0.5, 30),
    default=3,
    show_default=True,
    help="How long to look at the face.",
)
@click.option("--anyway", is_flag=True, help="Accept a face that moves or shows an emotion.")
@click.option("--model", type=FILE, help="Also measure with this network (`mien train`).")
@click.option("--forget", is_flag=True, help="Delete your neutral face.")
def calibrate(
    source: Sequence[str], *, seconds: float, anyway: bool, model: Path | None, forget: bool
) -> None:
    """Take your neutral face, so that later readings are relative to it.

    SOURCE is a camera's number (0 if left out), a video, or photos. Look straight ahead and relax
    your face. Sixteen numbers are kept in your user folder, no picture. They are used for photos
    that show one face and for the largest face before a camera.
    """
    from mien.face.calibrating import calibrate as take
    from mien.face.network import NETWORKS, ExpressionModel
    from mien.face.neutral import NeutralFace

    if forget:
        if source:
            raise click.UsageError("--forget takes no photos.")
        print_lines(
            ["Your neutral face is forgotten." if NeutralFace.forget() else "There was none."]
        )
        return
    models = [ExpressionModel(name) for name in NETWORKS]
    if model is not None:
        models.append(ExpressionModel(model))
    neutral = take(_frames(source, seconds), models=models, anyway=anyway)
    path = neutral.save()
    print_lines(
        [
            f"Kept your neutral face ({_describe(neutral, models[0])}) in {path}.",
            "Photos of one face, and the camera, are now read relative to it.",
            "`mien calibrate --forget` deletes it.",
        ]
    )


def neutral_face(use: bool | None, model: ExpressionModel | None = None) -> NeutralFace | None:
    """The neutral face that a reading should be relative to.

    Args:
        use: True: it must be there. False: ignore it. None: use it if it is there.
        model: the network; default: the one in the package.

    Raises:
        NoNeutralFaceError, NeutralFaceError: it is needed and missing, or its file cannot be read.
    """
    from mien.face.network import default_model
    from mien.face.neutral import NeutralFace

    if use is False:
        return None
    neutral = NeutralFace.load()
    if neutral is None:
        if use:
            raise NoNeutralFaceError("your neutral face has not been taken", "take it first")
        return None
    model = model or default_model()
    if not use and model.fingerprint not in neutral.readings:
        click.echo(
            "mien: your neutral face was taken with another network and is not used; take it again "
            "with `mien calibrate`.",
            err=True,
        )
        return None
    neutral.require(model)
    return neutral


def _frames(source: Sequence[str], seconds: float) -> Iterable[Photo]:
    from mien.face.calibrating import camera_frames

    if not source:
        source = ("0",)
    if len(source) > 1 or source[0].lower().endswith(IMAGE_SUFFIXES):
        return list(source)
    if source[0].isdecimal():
        click.echo(f"Look straight ahead and relax your face for {seconds:g} seconds.", err=True)
        sys.stderr.flush()
    return camera_frames(source[0], seconds=seconds)


def _describe(neutral: NeutralFace, model: ExpressionModel) -> str:
    from mien.face.neutral import expression_at_rest

    label = expression_at_rest(neutral, model).label
    looks = "hard to tell" if label is None else f"by itself it reads {label}"
    return f"{neutral.frames} frame{'s' * (neutral.frames > 1)}, {looks}"
