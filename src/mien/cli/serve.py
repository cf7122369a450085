"""`mien serve`: the page and the HTTP API."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mien.cli.options import FILE

_WARNING = (
    "Photograph the code with the phone. Its browser warns once, because this machine made the "
    "certificate itself: choose 'Advanced', then go on."
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--token",
    envvar="MIEN_TOKEN",
    show_envvar=True,
    help="What clients must present.  [default: none on this machine, else a new one]",
)
@click.option(
    "--lan",
    is_flag=True,
    help="Let a phone in the same network in: over HTTPS, with a code to photograph.",
)
@click.option("--open", "open_", is_flag=True, help="Open the page in the browser.")
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
    lan: bool,
    open_: bool,
    tls_cert: Path | None,
    tls_key: Path | None,
    origins: tuple[str, ...],
) -> None:
    """Serve the page and the HTTP API, to this machine only unless --host says otherwise."""
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together; give both.")
    from mien.server.run import Tls, run

    tls = Tls(tls_cert, tls_key) if tls_cert and tls_key else None
    name = None
    if lan:
        from mien.server.lan import lan_address, own_certificate

        if host != "127.0.0.1":
            raise click.UsageError("--lan chooses the address itself; leave --host out.")
        host, name = "0.0.0.0", lan_address()  # noqa: S104 - the network is what was asked for
        tls = tls or own_certificate(name)

    def announce(text: str) -> None:
        click.echo(text)
        address = re.search(r"https?://\S+", text)
        if address is None:
            return
        if lan:
            from mien.server.lan import qr_code

            click.echo(qr_code(address[0]))
            if tls_cert is None:
                click.echo(_WARNING)
        if open_:
            click.launch(address[0])

    run(host, port, token=token, tls=tls, origins=origins, name=name, announce=announce)
