"""The first songs for every emotion, mood word and policy, on one page to look at."""

from __future__ import annotations

import html
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from mien.catalogue.importing import import_catalogue
from mien.catalogue.store import STARTER, Store
from mien.emotions import RATED
from mien.recommendation.query import DEFAULT_POLICY, Query
from mien.recommendation.recommender import Recommender
from mien.recommendation.target import GOALS, MIXTURES, WORDS
from mien.research.data.datasets import SPOTIFY_TRACKS, data_folder

SONGS = 12

BEFORE = Path(__file__).parent / "lists_before.json"
"""Catalogue -> emotion -> title, artists, genre and reason of the songs that mien 0.1 showed first,
when it ranked songs by distance in a linear model's plane."""

_STYLE = """
:root { --ink: #1c1b22; --quiet: #66636f; --line: #dddbe3; --back: #fdfcff; --card: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #f0eef6; --quiet: #a5a1b1; --line: #383542; --back: #15141a; --card: #1d1b24; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 90rem; padding: 1.5rem; background: var(--back);
  color: var(--ink); font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { margin: 2.5rem 0 .5rem; }
p { max-width: 46rem; }
.lists { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(21rem, 100%), 1fr));
  gap: 1rem; align-items: start; }
nav { display: flex; flex-wrap: wrap; gap: .2rem .9rem; margin: 0 0 1rem; }
a { color: inherit; }
section { border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem;
  background: var(--card); min-width: 0; }
h3 { margin: 0 0 .4rem; font-size: 1rem; }
ol { margin: 0; padding-left: 1.6rem; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
small { display: block; color: var(--quiet); }
details { margin-top: .6rem; } summary { cursor: pointer; color: var(--quiet); }
"""


@dataclass(frozen=True)
class Line:
    """A song of a list."""

    title: str
    artists: str
    genre: str
    why: str


@dataclass(frozen=True)
class SongList:
    """The first songs for one request.

    Attributes:
        name: the emotion or mood, and the policy where it is not the default.
        now: the songs.
        before: those of mien 0.1; none for what it did not offer.
    """

    name: str
    now: tuple[Line, ...]
    before: tuple[Line, ...] = ()


@contextmanager
def catalogues_to_show(folder: Path | None) -> Iterator[list[tuple[str, Recommender]]]:
    """The starter catalogue and, where it is in the folder of data sets, the Spotify Tracks
    Dataset: names and recommenders."""
    with tempfile.TemporaryDirectory(prefix="mien-") as home, ExitStack() as stack:
        store = Store(Path(home) / "songs.sqlite")
        names = [STARTER]
        folder = data_folder() if folder is None else folder
        if folder is not None and SPOTIFY_TRACKS.path(folder).is_file():
            import_catalogue(SPOTIFY_TRACKS.path(folder), "spotify-tracks", store)
            names.append("spotify-tracks")
        yield [(name, Recommender(stack.enter_context(store.open(name)))) for name in names]


def make_lists(recommender: Recommender, catalogue: str) -> Iterator[SongList]:
    """The lists of a catalogue: every emotion and mood word, and for some emotions every policy.

    Args:
        recommender: of the catalogue.
        catalogue: its name in `BEFORE`.
    """
    before = json.loads(BEFORE.read_text(encoding="utf-8")).get(catalogue, {})
    for subject in (*RATED, *WORDS):
        lines = tuple(Line(*line) for line in before.get(subject, ()))
        yield SongList(subject, _songs(recommender, subject, DEFAULT_POLICY), lines)
    for subject, mixture in MIXTURES["match"].items():
        if mixture != MIXTURES[DEFAULT_POLICY][subject]:
            yield SongList(f"{subject}, match", _songs(recommender, subject, "match"))
    for subject in ("sad", "angry"):
        for policy in GOALS:
            yield SongList(f"{subject}, {policy}", _songs(recommender, subject, policy))


def _songs(recommender: Recommender, subject: str, policy: str) -> tuple[Line, ...]:
    found = recommender.recommend(Query(subject, SONGS, policy=policy))
    return tuple(
        Line(r.song.title, ", ".join(r.song.artists), next(iter(r.song.genres), ""), r.why)
        for r in found
    )


def render(catalogues: Sequence[tuple[str, Sequence[SongList]]]) -> str:
    """One HTML page that loads nothing.

    Args:
        catalogues: names and lists.
    """
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>First songs</title><style>{_STYLE}</style><h1>The first {SONGS} songs</h1>",
        "<p>What mien recommends for every emotion, mood and policy, and what mien 0.1 recommended "
        "before, when songs were ranked by distance in a linear model's plane. Nothing is known of "
        "the listener: no languages, ratings, history or earlier lists.</p>",
    ]
    for name, lists in catalogues:
        ids = [html.escape(f"{name}-{one.name}".replace(", ", "-")) for one in lists]
        links = " ".join(
            f'<a href="#{id_}">{html.escape(one.name)}</a>'
            for id_, one in zip(ids, lists, strict=True)
        )
        parts.append(f'<h2>{html.escape(name)}</h2><nav>{links}</nav><div class="lists">')
        for id_, one in zip(ids, lists, strict=True):
            parts.append(f'<section id="{id_}"><h3>{html.escape(one.name)}</h3>{_list(one.now)}')
            if one.before:
                parts.append(f"<details><summary>before</summary>{_list(one.before)}</details>")
            parts.append("</section>")
        parts.append("</div>")
    return "".join([*parts, "</html>\n"])


def _list(lines: Sequence[Line]) -> str:
    items = (
        f"<li>{html.escape(line.title)} &ndash; {html.escape(line.artists)}"
        f"<small>{html.escape(line.genre)} · {_unbroken(line.why)}</small></li>"
        for line in lines
    )
    return f"<ol>{''.join(items)}</ol>"


def _unbroken(reason: str) -> str:
    """A reason whose percentages do not wrap."""
    return html.escape(reason).replace(" %", "&nbsp;%")
