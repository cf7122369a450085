"""What playlists tell of songs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from mien import Catalogue, CatalogueError, DataError, Store
from mien.catalogue.cleaning import Report
from mien.catalogue.names import is_version, name_of
from mien.catalogue.playlists import TrackFactors, fit_playlists, learn
from mien.cli import main


@pytest.fixture(scope="module")
def starter() -> Catalogue:
    return Store().open("starter")


@pytest.fixture(scope="module")
def playlists(tmp_path_factory: pytest.TempPathFactory, starter: Catalogue) -> tuple[Path, Path]:
    """Forty people who play the first twelve songs of the starter, and forty who play the next
    twelve; half of the songs have other ids there."""
    folder = tmp_path_factory.mktemp("playlists")
    songs = starter.songs(range(24))
    ids = [s.id if i % 2 else f"other-{i}" for i, s in enumerate(songs)]
    random = np.random.default_rng(0)
    entries = ["pid,pos,track_id"]
    for pid in range(80):
        group = random.permutation(12)[:6] + 12 * (pid % 2)
        entries += [f"{pid},{pos},{ids[i]}" for pos, i in enumerate(group)]
    entries.append("80,0,nobody-knows-this")
    facts = ["track_id,artist_name,track_name,n_playlists"]
    for i, song in zip(ids, songs, strict=True):
        artist, title = (t.replace('"', '""').upper() for t in (song.artists[0], song.title))
        facts.append(f'{i},"{artist}","{title}",20')
    (folder / "entries.csv").write_text("\n".join(entries))
    (folder / "tracks.csv").write_text("\n".join(facts))
    return folder / "entries.csv", folder / "tracks.csv"


@pytest.fixture(scope="module")
def tracks(playlists: tuple[Path, Path]) -> TrackFactors:
    return fit_playlists(*playlists, factors=4)


def test_songs_of_the_same_playlists_are_alike(tracks: TrackFactors, starter: Catalogue) -> None:
    factors = tracks.of(starter)
    known = np.asarray(factors.any(axis=1))
    assert known[:24].all()
    assert known.sum() <= 30  # a few have the name of one of these
    likeness = factors[:24] @ factors[3]
    assert likeness[3] == pytest.approx(1, abs=1e-5)
    others = np.delete(likeness[:12], 3)
    assert others.mean() > likeness[12:].mean() + 0.5


def test_the_same_again(tracks: TrackFactors, playlists: tuple[Path, Path]) -> None:
    assert np.allclose(fit_playlists(*playlists, factors=4).factors, tracks.factors, atol=1e-4)


def test_says_what_is_missing(playlists: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="with the columns pid, track_id"):
        fit_playlists(tmp_path / "none.csv", playlists[1])
    with pytest.raises(DataError, match="with the columns track_id, artist_name"):
        fit_playlists(playlists[0], playlists[0])


class TestLearning:
    """A catalogue learns from playlists, and taste with it."""

    @pytest.fixture
    def own(self, starter: Catalogue, tmp_path: Path) -> Catalogue:
        """The first 100 songs of the starter, as somebody's own catalogue."""
        songs = starter.songs(range(100))
        table = pl.DataFrame(
            {
                "id": [s.id for s in songs],
                "title": [s.title for s in songs],
                "artists": [list(s.artists) for s in songs],
                "genres": [list(s.genres) for s in songs],
                "valence": [s.valence for s in songs],
                "energy": [s.energy for s in songs],
                "tempo": [s.tempo for s in songs],
            }
        )
        Store().save("own", table, Report(100, 100), "test")
        return Store().open()

    def test_says_what_cannot_be(
        self, own: Catalogue, playlists: tuple[Path, Path], tmp_path: Path
    ) -> None:
        with pytest.raises(CatalogueError, match="import one of your own"):
            learn(*playlists, "starter")
        entries, tracks = tmp_path / "e.csv", tmp_path / "t.csv"
        entries.write_text("pid,track_id\n1,x\n1,y\n")
        tracks.write_text("track_id,artist_name,track_name\nx,Nobody,Nothing\ny,Nobody,Ever\n")
        with pytest.raises(DataError, match="no song of 'own' is in these playlists"):
            learn(entries, tracks)
        assert own.factors is None

    def test_from_the_command_line(self, own: Catalogue, playlists: tuple[Path, Path]) -> None:
        result = CliRunner().invoke(main, ["catalogue", "playlists", *map(str, playlists)])
        assert result.exit_code == 0, result.stderr
        assert "of 100 songs are in some playlist" in result.stdout


@pytest.mark.parametrize(
    ("artist", "title", "expected"),
    [
        ("The Beatles", "Hey Jude - Remastered 2015", ("beatles", "hey jude")),
        ("Beyoncé", "Déjà Vu (feat. Jay-Z)", ("beyonce", "deja vu")),
        ("Simon & Garfunkel", "The Boxer", ("simon and garfunkel", "boxer")),
        ("", "...", ("", "")),
    ],
)
def test_names_as_they_are_compared(artist: str, title: str, expected: tuple[str, str]) -> None:
    assert name_of(artist, title) == expected


def test_other_versions_say_so() -> None:
    assert is_version("Creep - Live at Wembley")
    assert is_version("One (Jay Remix)")
    assert not is_version("Live and Let Die"[5:])
    assert not is_version("Alive")


def test_playlists_of_other_tracks_and_tracks_that_come_twice(
    playlists: tuple[Path, Path], tmp_path: Path
) -> None:
    entries, tracks = playlists
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("track_id,artist_name,track_name\n")
    with pytest.raises(DataError, match="give files with the same track_ids"):
        fit_playlists(entries, nothing)
    twice = tmp_path / "twice.csv"
    lines = tracks.read_text().splitlines()
    twice.write_text("\n".join([*lines, *lines[1:]]))
    once, again = (fit_playlists(entries, path, factors=4) for path in (tracks, twice))
    assert once.ids.tolist() == again.ids.tolist()
    assert once.names == again.names
    assert np.allclose(once.factors, again.factors, atol=1e-4)
