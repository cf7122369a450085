"""The command line. Thin: it parses, calls, and prints; everything heavy is imported when used."""

from __future__ import annotations

from pathlib import Path

import click

from mien import __version__
from mien.cli import catalogue, research, songs
from mien.cli import feedback as listening
from mien.cli.group import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mien")
def main() -> None:
    """Reads the expression on a face and finds music that fits.

    \b
    mien me.jpg                       six songs for the face in a photo
    mien recommend --emotion sad      without a photo
    mien serve                        the same in the browser

    Everything happens on this machine; no picture leaves it.
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--token",
    envvar="MIEN_TOKEN",
    show_envvar=True,
    help="What everybody has to show.  [default: none here; one is made for other hosts]",
)
@click.option("--tls-cert", type=click.Path(path_type=Path), help="For HTTPS: a PEM file.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its key: a PEM file.")
@click.option(
    "--allow-origin",
    "origins",
    multiple=True,
    metavar="URL",
    help="Let pages of this site use the API; may be repeated.",
)
def serve(
    host: str,
    port: int,
    *,
    token: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    origins: tuple[str, ...],
) -> None:
    """The live page and an HTTP API. Only this machine can reach them unless --host says more."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together; give both.")
    from mien.server.run import Tls, run

    tls = Tls(tls_cert, tls_key) if tls_cert and tls_key else None
    run(host, port, token=token, tls=tls, origins=origins, announce=click.echo)


for _command in (
    songs.read,
    songs.recommend,
    songs.expression,
    songs.watch,
    catalogue.catalogue,
    listening.compare,
    listening.feedback,
    research.train,
    research.evaluate,
    research.paper,
):
    main.add_command(_command)
