"""The command line: it parses, calls and prints. Everything heavy is imported when it is used."""

from __future__ import annotations

import click

from mien import __version__
from mien.cli import (
    catalogue,
    faces,
    feedback,
    library,
    neutral,
    play,
    research,
    send,
    serve,
    songs,
    taste,
)
from mien.cli.group import MainGroup


@click.group(cls=MainGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mien")
def main() -> None:
    """Reads the expression on a face and finds music that fits.

    \b
    mien me.jpg                       six songs for the face in a photo
    mien recommend --emotion sad      without a photo
    mien serve                        the same in the browser

    Everything happens on this machine; no photo leaves it.
    """


for _command in (
    songs.recommend,
    play.play,
    send.send,
    songs.compare,
    faces.expression,
    faces.watch,
    neutral.calibrate,
    serve.serve,
    library.library,
    catalogue.catalogue,
    feedback.feedback,
    taste.taste,
    research.train,
    research.evaluate,
    research.paper,
):
    main.add_command(_command)
