"""`mien PHOTO`, `recommend` and `compare`, as a person or a script uses them."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import own_music
import pytest
from click.testing import CliRunner
from PIL import Image
from row_counts import STARTER_SONGS
from running import answer, check_shape, mien

from mien import EMOTIONS, Feedback, recommend
from mien.cli import main


def test_six_songs_for_a_photo(astronaut_jpg: Path) -> None:
    result = mien(astronaut_jpg)
    assert result.exit_code == 0
    assert "happy" in result.stdout
    assert "█" in result.stdout
    body = answer(astronaut_jpg, "--impersonal")
    check_shape(body, faces=1)
    songs = body["songs"]
    assert isinstance(songs, list)
    assert len(songs) == 6
    for song in songs:
        assert song["title"].split()[0] in result.stdout


def test_recommend_may_be_left_out_and_options_may_come_first(astronaut_jpg: Path) -> None:
    options = ("--json", "-n", "3", "--impersonal")
    expected = mien("recommend", astronaut_jpg, *options).stdout
    assert mien(astronaut_jpg, *options).stdout == expected
    assert mien(*options, astronaut_jpg).stdout == expected
    assert mien("-", *options, stdin=astronaut_jpg.read_bytes()).stdout == expected


@pytest.mark.parametrize("emotion", EMOTIONS)
@pytest.mark.parametrize("ranking", ["listeners", "nearness", "paper"])
def test_songs_without_a_photo(emotion: str, ranking: str) -> None:
    body = answer("recommend", "--emotion", emotion, "--ranking", ranking)
    check_shape(body, faces=0)
    assert body["ranking"] == ranking
    assert isinstance(body["songs"], list)
    assert len(body["songs"]) == 6


def test_filters_policies_and_journeys() -> None:
    sad = answer("recommend", "--emotion", "sad")
    lifted = answer("recommend", "--emotion", "sad", "--policy", "lift")
    assert sad["mood"]["valence"] < lifted["mood"]["valence"]  # type: ignore[index]
    body = answer("recommend", "--emotion", "sad", "--to", "happy", "-n", "4")
    check_shape(body, faces=0)
    assert body["to"] == answer("recommend", "--emotion", "happy")["mood"]
    assert "Step 4 of 4" in body["songs"][3]["why"]  # type: ignore[index]
    there = answer("recommend", "--emotion", "sad", "--to", "0.9,0.8,130")
    assert there["to"] == {"valence": 0.9, "energy": 0.8, "tempo": 130.0}
    options = ("--without", "metal", "--without", "rock", "--clean", "--minutes", "2-3.5")
    filtered = answer("recommend", "--emotion", "angry", *options)
    assert len(filtered["songs"]) == 6  # type: ignore[arg-type]
    assert all(not {"metal", "rock"} & set(song["genres"]) for song in filtered["songs"])  # type: ignore[attr-defined]


def test_two_rankings_are_compared_blind() -> None:
    shown = mien("compare", "--emotion", "sad", "--seed", "3")
    assert shown.exit_code == 0, shown.output
    assert "paper" not in shown.stdout
    assert "listeners" not in shown.stdout
    for rank, stars in enumerate((5, 4, 3, 2, 1, 5), 1):
        assert mien("feedback", "rate", str(rank), str(stars)).exit_code == 0
    found = json.loads(mien("feedback", "opinions", "--blind", "--json").stdout)
    assert sorted(found) == ["listeners", "paper"]
    assert [found[name]["n"] for name in sorted(found)] == [3, 3]
    assert mien("compare", "--emotion", "sad", "--against", "listeners").exit_code == 2


def test_songs_for_a_mood() -> None:
    body = answer("recommend", "--mood", "0.2,0.3,80", "-n", "2", "--genre", "rock")
    assert body["mood"] == {"valence": 0.2, "energy": 0.3, "tempo": 80.0}
    assert isinstance(body["songs"], list)
    assert all("rock" in song["genres"] for song in body["songs"])


def test_a_seed_gives_other_songs_and_the_same_ones_again() -> None:
    drawn = [mien("recommend", "--emotion", "sad", "--seed", s, "--csv").stdout for s in "112"]
    assert drawn[0] == drawn[1] != drawn[2]


def test_every_song_as_csv() -> None:
    result = mien("recommend", "--emotion", "happy", "-n", "all", "--csv", "--ranking", "paper")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert len(rows) == STARTER_SONGS
    assert list(rows[0]) == [
        "rank",
        "id",
        "title",
        "artists",
        "valence",
        "energy",
        "tempo",
        "score",
    ]
    scores = [float(row["score"]) for row in rows]
    assert scores == sorted(scores, reverse=True)
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.fixture
def owned(tmp_path: Path) -> list[Path | None]:
    """A library of four songs, of which one has no file."""
    files = [tmp_path / "music" / name for name in ("a.mp3", "b & c.flac", "-d.ogg")]
    own_music.save_songs([*files, None])
    return [*files, None]


def test_writes_a_playlist(tmp_path: Path, owned: list[Path | None], astronaut_jpg: Path) -> None:
    target = tmp_path / "six.m3u8"
    result = mien(astronaut_jpg, "--m3u", target)
    assert result.exit_code == 0
    assert "1 of 4 songs have no file" in result.stderr
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert sorted(lines[2::2]) == sorted(str(file) for file in owned if file)
    missing = mien(astronaut_jpg, "--m3u", tmp_path / "none" / "six.m3u8")
    assert missing.exit_code == 1
    assert "cannot be written" in missing.stderr


def test_paths_may_be_relative(tmp_path: Path, owned: list[Path | None]) -> None:
    target = tmp_path / "six.m3u8"
    mien("recommend", "--emotion", "sad", "--m3u", target, "--relative-to", tmp_path)
    assert sorted(target.read_text().splitlines()[2::2]) == [
        "music/-d.ogg",
        "music/a.mp3",
        "music/b & c.flac",
    ]


def test_xspf_holds_addresses_of_files(tmp_path: Path, owned: list[Path | None]) -> None:
    target = tmp_path / "six.xspf"
    mien("recommend", "--emotion", "sad", "--m3u", target)
    assert (tmp_path / "music" / "b & c.flac").as_uri() in target.read_text()


def test_songs_without_files_make_no_playlist(tmp_path: Path) -> None:
    result = mien("recommend", "--emotion", "sad", "--m3u", tmp_path / "six.m3u8")
    assert result.exit_code == 1
    assert "none of the songs has a file" in result.stderr
    assert "mien library add" in result.stderr
    assert not (tmp_path / "six.m3u8").exists()


def test_json_says_where_files_are(owned: list[Path | None]) -> None:
    songs = answer("recommend", "--emotion", "sad")["songs"]
    assert isinstance(songs, list)
    assert {song["audio"] for song in songs} == {str(f) if f else None for f in owned}


def test_a_playlist_follows_links_and_spares_devices(
    tmp_path: Path, owned: list[Path | None]
) -> None:
    (tmp_path / "real.m3u").touch()
    (tmp_path / "link.m3u").symlink_to(tmp_path / "real.m3u")
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    for name in ("link.m3u", "pipe"):
        assert mien("recommend", "--emotion", "sad", "--m3u", tmp_path / name).exit_code == 0
    assert (tmp_path / "link.m3u").is_symlink()
    assert (tmp_path / "real.m3u").read_text().startswith("#EXTM3U")
    assert (tmp_path / "pipe").is_fifo()
    assert os.read(reader, 7) == b"#EXTM3U"
    os.close(reader)


def test_a_photo_without_a_face_offers_an_emotion(tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    Image.new("RGB", (200, 200), "grey").save(path)
    result = mien(path)
    assert result.exit_code == 1
    assert "no face was found" in result.stderr
    assert "--emotion" in result.stderr
    assert result.stdout == ""


def test_songs_like_one_of_the_last_list() -> None:
    """`--like` takes the number in the last list, as `mien feedback` does."""
    runner = CliRunner()
    arguments = ["recommend", "--emotion", "happy", "--json"]
    first = json.loads(runner.invoke(main, arguments).stdout)["songs"]
    expected = recommend("happy", like=[first[1]["id"]])
    by_rank = json.loads(runner.invoke(main, [*arguments, "--like", "2"]).stdout)["songs"]
    assert [s["id"] for s in by_rank] == [r.song.id for r in expected]
    assert first[1]["id"] not in {s["id"] for s in by_rank}
    refused = runner.invoke(main, [*arguments, "--like", "9"])
    assert refused.exit_code == 1
    assert "has no song number 9" in refused.stderr


def test_comparisons_vary_and_leave_out_disliked_songs() -> None:
    runner = CliRunner()
    lists = []
    for seed in ("1", "2"):
        runner.invoke(main, ["compare", "--emotion", "sad", "--seed", seed])
        lists.append({row["song"] for row in Feedback().export()["shown"]})
    assert len(lists[1]) > 8  # of both
    disliked = [row["song"] for row in Feedback().export()["shown"]][:6]
    for song in disliked:
        Feedback().react("dislike", song)
    runner.invoke(main, ["compare", "--emotion", "sad", "--seed", "1"])
    last = [row["song"] for row in Feedback().export()["shown"] if row["list"] == 3]
    assert len(last) == 6
    assert not set(last) & set(disliked)


def test_draws_a_chart(tmp_path: Path) -> None:
    path = tmp_path / "songs.pdf"
    arguments = ["recommend", "--emotion", "sad", "--json", "--chart", str(path)]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)["songs"]) == 6
    assert path.read_bytes().startswith(b"%PDF")
