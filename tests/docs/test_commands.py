"""What the documentation tells people to type works, in a home of its own."""

from __future__ import annotations

import csv
import importlib.util
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import click
import exports
import numpy as np
import pytest
from click.testing import CliRunner
from documentation import PAGES, ROOT, Block, blocks, commands, name_of
from PIL import Image
from serving import serving

from mien.catalogue.store import Store
from mien.cli import main
from mien.face.network import ExpressionModel
from mien.support.arrays import UInt8Array

ADDRESS = "http://127.0.0.1:8000"

CAMERA = "needs a camera"
LISTENS = "listens to files of music"
PLAYS = "plays music"
SERVER = "needs a music server"
DOCKER = "needs Docker"
DOWNLOAD = "downloads 20 MB"
HOURS = "takes minutes to hours, on the research data sets"
INSTALLS = "installs packages"
ITSELF = "runs these tests, or is run beside them"

NOT_RUN = {
    "docker build -t mien .": DOCKER,
    "docker run --rm -p 127.0.0.1:8000:8000 -v mien:/data mien": DOCKER,
    "make bench": HOURS,
    "make docs": ITSELF,
    "make format": ITSELF,
    "make lint": ITSELF,
    "make run": INSTALLS,
    "make test": ITSELF,
    "mien calibrate": CAMERA,
    "mien catalogue import titles.csv --audio": LISTENS,
    "mien catalogue fetch spotify-tracks": DOWNLOAD,
    "mien catalogue fetch spotify-tracks --file dataset.csv": "needs that file",
    "mien evaluate classical": HOURS,
    "mien evaluate expression --split private": HOURS,
    "mien evaluate expression --split public "
    "--model runs/expression/expression.onnx --plots plots/": HOURS,
    "mien evaluate fairness": HOURS,
    "mien evaluate lists --html docs/_static/lists.html": HOURS,
    "mien evaluate ranking": HOURS,
    "mien evaluate robustness --split public": HOURS,
    "mien library add ~/Music": LISTENS,
    "mien library add ~/Music /mnt/nas/music": LISTENS,
    "mien library add navidrome:": SERVER,
    "mien library list": LISTENS,
    "mien library problems": LISTENS,
    "mien library remove /mnt/nas/music": LISTENS,
    "mien library scan": LISTENS,
    "mien paper --full": HOURS,
    "mien paper --out runs/report": HOURS,
    "mien play --emotion happy -n 20 --player vlc": PLAYS,
    "mien play me.jpg": PLAYS,
    "mien send --emotion calm -n 20 --to navidrome --playlist Evening": SERVER,
    "mien send me.jpg --to mpd": SERVER,
    "mien train --data fer2013.csv": HOURS,
    "mien train --data fer2013.csv --recipe live": HOURS,
    "mien train --data fer2013.csv --minutes 9 --recipe distilled --recipe distilled_live "
    "--out runs": HOURS,
    "mien train --data fer2013.csv --recipe distilled --out runs/distilled": HOURS,
    "mien train --data fer2013.csv --recipe paper": HOURS,
    "mien train --out trainings/expression": HOURS,
    "mien train --recipe live --out trainings/live": HOURS,
    "mien watch 0": CAMERA,
    "mien watch 0 --model live": CAMERA,
    "mien watch film.mp4 --songs --m3u soundtrack.m3u8": "needs files of music",
    "pip install '.[collaborative]'": INSTALLS,
    "pip install '.[train,evaluate]'": INSTALLS,
    "pip install 'mien[lan]'": INSTALLS,
    "pip install 'mien[library]'": INSTALLS,
    "pip install 'mien[players]'": INSTALLS,
    "pip install .": INSTALLS,
    "python -m mien.research.fit.listeners": HOURS,
    "python -m mien.research.fit.taste": HOURS,
    "python -m mien.research.fit.variety": HOURS,
}
"""Command -> why it is not run here."""

WITH_CODE = [page for page in PAGES if any(b.language in ("sh", "python") for b in blocks(page))]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory, astronaut: UInt8Array) -> Path:
    """A folder with the files that the documentation mentions."""
    folder = tmp_path_factory.mktemp("files")
    portrait = Image.fromarray(astronaut)
    portrait.save(folder / "me.jpg", quality=95)
    (folder / "photos").mkdir()
    portrait.save(folder / "photos" / "me.png")
    network = folder / "runs" / "expression" / "expression.onnx"
    network.parent.mkdir(parents=True)
    shutil.copy(ExpressionModel("live").path, network)
    make_film(folder / "film.mp4", astronaut)
    make_tables(folder)
    make_histories(folder)
    make_certificate(folder)
    return folder


def make_film(path: Path, portrait: UInt8Array) -> None:
    """Three seconds in which nothing moves."""
    import cv2

    film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 10.0, (512, 512))
    for _ in range(30):
        film.write(np.ascontiguousarray(portrait[..., ::-1]))
    film.release()


def make_tables(folder: Path) -> None:
    """`songs.csv`, the starter's songs; `music.csv`, those with paths; `titles.csv`, names alone;
    `entries.csv` and `tracks.csv`, playlists of some."""
    catalogue = Store().open("starter")
    songs = catalogue.songs(range(len(catalogue)))
    names = ("id", "title", "artists", "genres", "valence", "energy", "tempo", "year")
    facts = ([getattr(song, name) for name in names] for song in songs)
    values = [[*((";".join(f) if isinstance(f, tuple) else f) for f in row)] for row in facts]
    write_csv(folder / "songs.csv", names, values)
    paths = (f"Music/{i}.mp3" for i in range(len(songs)))
    with_paths = ([path, *row] for path, row in zip(paths, values, strict=True))
    write_csv(folder / "music.csv", ("path", *names), with_paths)
    some = songs[:40]
    unknown = ("No Such Song", "Nobody", "Music/none.mp3")
    known = [(s.title, s.artists[0], "") for s in some]
    write_csv(folder / "titles.csv", ("title", "artist", "path"), [*known, unknown])
    write_csv(
        folder / "tracks.csv",
        ("track_id", "artist_name", "track_name"),
        ((s.id, s.artists[0], s.title) for s in some),
    )
    entries = ((i % 5, s.id) for i, s in enumerate(some))
    write_csv(folder / "entries.csv", ("pid", "track_id"), entries)


def make_histories(folder: Path) -> None:
    """What `mien taste import` reads: the same song from everywhere."""
    artist, title = "Rick Astley", "Never Gonna Give You Up"
    play = exports.account_play(artist, title, "2021-01-26 17:01")
    spotify = {"StreamingHistory_music_0.json": [play], "YourLibrary.json": exports.LIBRARY}
    exports.pack(folder / "my_spotify_data.zip", spotify)
    listens = exports.lines(exports.listen(artist, title, 1611680460))
    exports.pack(folder / "listenbrainz.zip", {"listens/2021/1.jsonl": listens})
    scrobble = (artist, "Juice", title, "26 Jan 2021 17:01")
    write_csv(folder / "scrobbles.csv", ("artist", "album", "track", "date"), [scrobble])
    (folder / "Music").mkdir()
    (folder / "Music" / f"{artist} - {title}.mp3").touch()


def write_csv(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([columns, *rows])


def make_certificate(folder: Path) -> None:
    import trustme

    certificate = trustme.CA().issue_cert("127.0.0.1")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")


class Reader:
    """Somebody who types what a page says, from top to bottom."""

    def __init__(self, page: Path, stack: ExitStack) -> None:
        self._page = page
        self._stack = stack
        self._names: dict[str, Any] = {}
        self._server: str | None = None

    def follow(self, block: Block) -> None:
        if block.language == "python":
            # Lines are numbered as in the page.
            source = "\n" * (block.line - 1) + block.text
            with redirect_stdout(StringIO()):
                exec(compile(source, self._page, "exec"), self._names)
        elif block.language == "sh":
            for command in commands(block):
                self._type(command)

    def _type(self, command: str) -> None:
        if command in NOT_RUN:
            return
        kind, *arguments = shlex.split(command)
        if kind == "curl":
            self._curl(command)
        elif (kind, arguments[:1]) == ("mien", ["serve"]):
            with serving(*arguments[1:]):
                pass
        elif kind == "mien":
            run_mien(arguments, command)
        else:
            pytest.fail(f"{command!r} is neither run nor listed in NOT_RUN")

    def _curl(self, command: str) -> None:
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed")
        if self._server is None:
            self._server = self._stack.enter_context(serving()).rstrip("/")
        line = command.replace("curl ", "curl --silent --show-error --fail ", 1)
        assert ADDRESS in line, command
        done = subprocess.run(
            ["sh", "-c", line.replace(ADDRESS, self._server)],
            capture_output=True,
            check=False,
            env={**os.environ, "MIEN_TOKEN": "of-no-consequence"},
        )
        assert done.returncode == 0, (command, done.stderr)
        assert done.stdout, command


def run_mien(arguments: list[str], command: str) -> None:
    stdin = b"y\n"  # yes, delete
    if "<" in arguments:
        at = arguments.index("<")
        stdin = Path(arguments[at + 1]).read_bytes()
        arguments = arguments[:at] + arguments[at + 2 :]
    result = CliRunner().invoke(main, arguments, input=stdin)
    assert result.exit_code == 0, (command, result.output)


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_what_a_page_says_works(page: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(os.environ["MIEN_HOME"]).parent / "here"
    shutil.copytree(files, folder)
    monkeypatch.chdir(folder)
    with ExitStack() as stack:
        reader = Reader(page, stack)
        for block in blocks(page):
            reader.follow(block)


def all_commands() -> set[str]:
    found = (b for page in PAGES for b in blocks(page) if b.language == "sh")
    return {command for block in found for command in commands(block)}


def test_commands_that_are_not_run_are_still_documented() -> None:
    assert set(NOT_RUN) <= all_commands()


@pytest.mark.parametrize("command", [c for c in NOT_RUN if c.startswith("mien ")])
def test_commands_that_are_not_run_have_the_options_of_their_command(command: str) -> None:
    found: click.Command = main
    arguments = shlex.split(command)[1:]
    while isinstance(found, click.Group):
        found, arguments = found.commands[arguments[0]], arguments[1:]
    found.make_context(command, arguments)


@pytest.mark.parametrize("command", [c for c in NOT_RUN if c.startswith("python -m ")])
def test_modules_that_are_not_run_exist(command: str) -> None:
    assert importlib.util.find_spec(command.split()[2]) is not None


@pytest.mark.parametrize("command", [c for c in NOT_RUN if c.startswith("make ")])
def test_targets_that_are_not_run_are_in_the_makefile(command: str) -> None:
    assert f"\n{command.split()[1]}:" in (ROOT / "Makefile").read_text()
