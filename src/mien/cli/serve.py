"""`mien serve`: the page and the HTTP API."""

from __future__ import annotations

from pathlib import Path

import click

from mien.cli.options import FILE


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--token",
    envvar="MIEN_TOKEN",
    show_envvar=True,
    help="What clients must present.  [default: none on this machine, else a new one]",
)
@click.option("--tls-cert", type=FILE, help="For HTTPS: the certificate, a PEM file.")
@click.option("--tls-key", type=FILE, help="For HTTPS: its key, a PEM file.")
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
    """Serve the page and the HTTP API, to this machine only unless --host says otherwise."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together; give both.")
    from mien.server.run import Tls, run

    tls = Tls(tls_cert, tls_key) if tls_cert and tls_key else None
    run(host, port, token=token, tls=tls, origins=origins, announce=click.echo)
