"""Songs that share playlists get similar factors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mien import Catalogue, DataError, Store
from mien.catalogue.names import normalise_name
from mien.catalogue.playlists import TrackFactors, TrackNames, fit_playlists, import_playlists
from mien.catalogue.summary import ImportSummary
from mien.errors import NoSuchCatalogueError, ReadOnlyCatalogueError

NAME = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def tracks(playlists: tuple[Path, Path]) -> TrackFactors:
    return fit_playlists(*playlists, factors=4)


def test_songs_of_the_same_playlists_are_similar(tracks: TrackFactors, starter: Catalogue) -> None:
    factors = tracks.align(starter).songs
    known = np.asarray(factors.any(axis=1))
    assert known[:24].all()
    assert known.sum() <= 30  # a few other songs have the name of one of these
    similarity = factors[:24] @ factors[3]
    assert similarity[3] == pytest.approx(1, abs=1e-5)
    others = np.delete(similarity[:12], 3)
    assert others.mean() > similarity[12:].mean() + 0.5


def test_the_same_seed_gives_the_same_factors(
    tracks: TrackFactors, playlists: tuple[Path, Path]
) -> None:
    assert np.allclose(fit_playlists(*playlists, factors=4).factors, tracks.factors, atol=1e-4)


def test_names_the_columns_that_files_need(playlists: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="with the columns pid, track_id"):
        fit_playlists(tmp_path / "none.csv", playlists[1])
    with pytest.raises(DataError, match="with the columns track_id, artist_name"):
        fit_playlists(playlists[0], playlists[0])


def test_files_without_a_common_track_are_rejected(
    playlists: tuple[Path, Path], tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("track_id,artist_name,track_name\n")
    with pytest.raises(DataError, match="give files with the same track_ids"):
        fit_playlists(playlists[0], nothing)


def test_tracks_may_be_listed_twice(playlists: tuple[Path, Path], tmp_path: Path) -> None:
    entries, tracks = playlists
    twice = tmp_path / "twice.csv"
    lines = tracks.read_text().splitlines()
    twice.write_text("\n".join([*lines, *lines[1:]]))
    once, again = (fit_playlists(entries, path, factors=4) for path in (tracks, twice))
    assert once.names.by_id == again.names.by_id
    assert once.names.by_name == again.names.by_name
    assert np.allclose(once.factors, again.factors, atol=1e-4)


class TestMatching:
    """Songs of a catalogue are found among tracks with other ids."""

    OTHERS = (
        "花束を君に",
        "カワキヲアメク",
        "Группа крови",
        "Μαύρα",
        "حبيبي",
        "שלום",
        "밤편지",
        "รักแท้",
    )
    SYMBOLS = ("!!!", "???", "🙂", "🙃", "...", "△")

    @staticmethod
    def tracks_of(*names: tuple[str, str]) -> TrackFactors:
        return TestMatching.with_ids({f"track {i}": name for i, name in enumerate(names)})

    @staticmethod
    def with_ids(tracks: dict[str, tuple[str, str]]) -> TrackFactors:
        names = TrackNames.of((track, *name) for track, name in tracks.items())
        n, artists = len(names.artists), len(names.by_artist)
        factors, artist_factors = (np.eye(size, dtype=np.float32) for size in (n, artists))
        return TrackFactors(names, factors, artist_factors, np.ones(n, np.int64))

    @staticmethod
    def catalogue_of(*names: tuple[str, str]) -> Catalogue:
        table = pl.DataFrame(
            {
                "id": [f"song {i}" for i in range(len(names))],
                "artists": [[artist] for artist, _ in names],
                "title": [title for _, title in names],
            }
        ).with_columns(genres=pl.lit(["pop"]), valence=0.5, energy=0.5, tempo=100.0)
        Store().save("names", table, ImportSummary(len(names), len(names)), "test")
        return Store().open("names")

    @pytest.mark.parametrize("name", OTHERS)
    def test_in_any_script(self, name: str) -> None:
        names = [(artist, title) for artist in self.OTHERS for title in self.OTHERS]
        expected = names.index((name, name))
        with self.catalogue_of((name, name), (name.upper(), f"{name} (Live)")) as catalogue:
            assert self.tracks_of(*names).match(catalogue).tolist() == [expected] * 2

    def test_not_by_names_without_letters_and_digits(self) -> None:
        symbols = [(artist, title) for artist in self.SYMBOLS for title in self.SYMBOLS]
        half = [*((s, "One") for s in self.SYMBOLS), *(("Ann", s) for s in self.SYMBOLS)]
        with self.catalogue_of(*symbols, *half) as catalogue:
            tracks = self.tracks_of(*symbols, *half)
            assert (tracks.match(catalogue) == -1).all()
            assert not tracks.align(catalogue).songs.any()

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(NAME, NAME), min_size=1, max_size=8))
    def test_only_by_the_same_name(self, names: list[tuple[str, str]]) -> None:
        keys = [normalise_name(*name) for name in names]
        with self.catalogue_of(*names) as catalogue:
            tracks = self.tracks_of(*names)
            found = tracks.match(catalogue).tolist()
        first = [-1 if key is None else keys.index(key) for key in keys]
        assert found == [-1 if at == -1 else tracks.names.by_id[f"track {at}"] for at in first]

    def test_by_id_before_name(self) -> None:
        tracks = self.tracks_of(("Ann", "One"), ("Bob", "Two"))
        by_id = self.with_ids({"other": ("Ann", "One"), "song 0": ("Bob", "Two")})
        with self.catalogue_of(("Ann", "One")) as catalogue:
            assert tracks.match(catalogue).tolist() == [0]
            assert by_id.match(catalogue).tolist() == [1]


class TestImporting:
    def test_songs_in_playlists_get_factors(
        self, own: Catalogue, playlists: tuple[Path, Path], connections: set[int]
    ) -> None:
        before = own.ref
        known, songs = import_playlists(*playlists, factors=4)
        assert not connections
        assert own.factors is not None
        assert (known, songs) == (int(own.factors.any(axis=1).sum()), len(own))
        assert own.factors[:24].any(axis=1).all()
        assert Store().find() != before  # so that caches open it again

    def test_rejects_what_cannot_be_fitted(
        self,
        own: Catalogue,
        playlists: tuple[Path, Path],
        tmp_path: Path,
        connections: set[int],
    ) -> None:
        with pytest.raises(ReadOnlyCatalogueError, match="import one of your own"):
            import_playlists(*playlists, "starter")
        with pytest.raises(NoSuchCatalogueError, match="nothing"):
            import_playlists(*playlists, "nothing")
        entries, tracks = tmp_path / "e.csv", tmp_path / "t.csv"
        entries.write_text("pid,track_id\n1,x\n1,y\n")
        tracks.write_text("track_id,artist_name,track_name\nx,Nobody,Nothing\ny,Nobody,Ever\n")
        with pytest.raises(DataError, match="no song of 'own' is in these playlists"):
            import_playlists(entries, tracks)
        assert own.factors is None
        assert not connections
