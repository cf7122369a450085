"""The tables of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mien.emotions import EMOTIONS
from mien.listener.opinions import OpinionScore
from mien.research.paper import published as paper
from mien.research.paper.evidence import ANY_MOOD, Evidence
from mien.research.paper.facts import SPLITS, FaceFacts, SongFacts
from mien.research.paper.parts import PUBLISHED, Number, Sentence, Table, count, decimal, percent
from mien.research.paper.results import Network, Scores
from mien.research.paper.told import (
    DATA_SETS,
    FILED,
    THIS,
    accuracy,
    area,
    class_estimate,
    interval,
    key_of,
    learner_key,
    learner_title,
    loss,
    published_accuracy,
    similarity,
    stars,
)

RANKINGS = {
    "paper": "the paper's way",
    ANY_MOOD: "collaborative filtering",
    "collaborative": "collaborative filtering, seeded",
    "random": "chance",
    "popularity": "popularity",
    "listeners": "ours: listeners",
    "cosine": "ours: cosine about the mean",
    "nearness": "ours: nearness",
}
"""Name in the results -> what readers know it by; the paper and its rival first."""


def _cell(number: Number | None) -> Sentence:
    return () if number is None else (number,)


def measured(evidence: Evidence) -> list[Network]:
    """The networks that were measured on PrivateTest."""
    return [n for n in evidence.networks.values() if n.private is not None]


def networks(evidence: Evidence) -> Table:
    """Accuracy, loss and means over the classes, as published and as measured."""
    found = measured(evidence)

    def row(title: str, published: Sentence, of: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return ((title,), published, *of)

    def means(measure: str) -> list[Sentence]:
        return [(_mean(n, measure),) for n in found]

    rows = [
        row("accuracy, split not named", (published_accuracy(),), [()] * len(found)),
        row("accuracy, PublicTest", (), [_cell(accuracy(n, "public")) for n in found]),
        row("accuracy, PrivateTest", (), [_cell(accuracy(n, "private")) for n in found]),
        row("its 95 % interval", (), [_ends(n) for n in found]),
        row(
            "loss, nats (PrivateTest)",
            (decimal("published.loss", paper.LOSS, PUBLISHED, 4),),
            [_cell(loss(n)) for n in found],
        ),
        row("mean precision (PrivateTest)", (), means("precision")),
        row("mean recall (PrivateTest)", (), means("recall")),
        row("mean F1 (PrivateTest)", (), means("f1")),
        row("with the mirror image (PrivateTest)", (), [_mirrored(n) for n in found]),
        row("parameters", (), [_parameters(n, evidence) for n in found]),
    ]
    return Table(
        "networks",
        "The networks, against FER2013's labels",
        ("", "as published", *(n.title for n in found)),
        tuple(r for r in rows if any(r[1:])),
        ("An empty cell was not published, or not measured. Everything is without test-time "
         "augmentation where no mirror image is named.",),
    )  # fmt: skip


def _ends(network: Network) -> Sentence:
    assert network.private is not None
    key = f"{network.name}.private.accuracy"
    return interval(key, network.private.estimate, network.private.command)


def _mirrored(network: Network) -> Sentence:
    scores = network.private
    if scores is None or scores.mirrored is None:
        return ()
    return (percent(f"{network.name}.private.mirrored", scores.mirrored, scores.command),)


def _parameters(network: Network, evidence: Evidence) -> Sentence:
    if network.parameters is None:
        return ()
    command = evidence.results.command(f"{network.name}-private")
    return (count(f"{network.name}.parameters", network.parameters, command),)


def class_value(scores: Scores, measure: str, emotion: str) -> float:
    """Precision, recall or F1 of an emotion."""
    if measure == "precision":
        return scores.precision(emotion)
    return class_estimate(scores, measure, emotion).value


def _mean(network: Network, measure: str) -> Number:
    assert network.private is not None
    values = [class_value(network.private, measure, e) for e in EMOTIONS]
    mean = float(np.mean(values))
    return decimal(f"{network.name}.private.mean_{measure}", mean, network.private.command)


def classes(evidence: Evidence, measure: str) -> Table:
    """One measure of each emotion: as published, by the networks, by the best classical learner."""
    found: list[tuple[str, str, Scores]] = [
        (n.name, n.short, n.private) for n in measured(evidence) if n.private is not None
    ]
    best = best_classical(evidence)
    if best is not None and best.get("confusion"):
        confusion = np.array(best["confusion"], np.int64)
        command = evidence.results.command("classical")
        scores = Scores(command, int(confusion.sum()), best["private"], None, confusion)
        found.append((learner_key(best), best["learner"], scores))
    published = {e: getattr(p, measure, None) for e, p in paper.PER_CLASS.items()}
    has = any(value is not None for value in published.values())
    rows: list[tuple[Sentence, ...]] = []
    for emotion in EMOTIONS:
        said = published.get(emotion)
        row: list[Sentence] = [(emotion,)]
        if has:
            key = f"published.{emotion}.{measure}"
            row.append(() if said is None else (decimal(key, said, PUBLISHED, 2),))
        for name, _, scores in found:
            value = class_value(scores, measure, emotion)
            key = f"{name}.private.{emotion}.{measure}"
            row.append((decimal(key, value, scores.command),))
        rows.append(tuple(row))
    word = "F1" if measure == "f1" else measure.capitalize()
    return Table(
        f"classes-{measure}",
        f"{word}, PrivateTest",
        ("", *(["paper"] if has else []), *(title for _, title, _ in found)),
        tuple(rows),
        narrow=True,
        third=len(found) <= 3,
    )


def best_classical(evidence: Evidence) -> Mapping[str, Any] | None:
    """The classical learner that is best on PublicTest."""
    return max(evidence.classical or (), key=lambda s: s["public"], default=None)


def classical(evidence: Evidence) -> Table:
    """The classical learners, the best on PublicTest first."""
    command = evidence.results.command("classical")
    learners = sorted(evidence.classical or (), key=lambda s: -s["public"])
    rows = tuple(
        (
            (learner_title(s),),
            (", ".join(f"{name} {value:g}" for name, value in s["setting"].items()),),
            (percent(f"{learner_key(s)}.public.accuracy", s["public"], command),),
            (percent(f"{learner_key(s)}.private.accuracy", s["private"], command),),
            (decimal(f"{learner_key(s)}.private.mean_f1", s["macro_f1"], command),),
        )
        for s in learners
    )
    return Table(
        "classical",
        "Classical learners, against FER2013's labels",
        ("", "setting, chosen on PublicTest", "PublicTest", "PrivateTest", "mean F1"),
        rows,
        ("HOG: histograms of oriented gradients; PCA: principal components of the pixels. They "
         "give no probabilities that a loss could be computed from.",),
    )  # fmt: skip


def recommendations(evidence: Evidence) -> Table:
    """Similarity and listeners' judgement of every ranking."""
    command = evidence.results.command("ranking")
    assert evidence.ranking is not None
    published = {
        "paper": decimal("published.similarity", paper.SIMILARITY, PUBLISHED, 2),
        ANY_MOOD: decimal(
            "published.similarity.collaborative", paper.COLLABORATIVE_SIMILARITY, PUBLISHED, 2
        ),
    }
    rows: list[tuple[Sentence, ...]] = []
    for name, title in RANKINGS.items():
        if name not in evidence.ranking:
            continue
        value = evidence.similarity(name)
        assert value is not None
        areas = [area(evidence, name, data_set) for data_set in DATA_SETS]
        share = evidence.ranking[name]["appearing"]
        seen = percent(f"ranking.{key_of(name)}.appearing", share, command)
        rows.append((
            (title,), _cell(published.get(name)), (similarity(name, value, command),), *areas,
            (seen,),
        ))  # fmt: skip
    return Table(
        "rankings",
        "Recommendation: the paper's measure, and listeners' judgement",
        ("", "similarity, as published", "similarity", "area, songs filed by mood",
         "area, Deezer's tags", "songs that ever appear"),
        tuple(rows),
        ("Similarity: mean cosine of six songs to the paper's ideal vectors. Area under the ROC "
         "curve, mean over four moods with its 95 % interval: how often a song that listeners say "
         "has the mood stands before one of another; chance is 0.5. Collaborative filtering knows "
         "nothing of the mood: it starts from six songs drawn by chance; seeded, from six that our "
         "ranking gives for the mood. Songs that ever appear: share of "
         "the catalogue among the six for any of 1,000 expressions.",),
    )  # fmt: skip


def moods(evidence: Evidence) -> Table:
    """The area of each mood, on songs that listeners filed."""
    command = evidence.results.command("ranking")
    assert evidence.ranking is not None
    filed = {n: evidence.ranking[n]["listeners"][FILED] for n in RANKINGS
             if n in evidence.ranking}  # fmt: skip
    names = tuple(next(iter(filed.values())))
    rows = []
    for ranking, found in filed.items():
        row: list[Sentence] = [(RANKINGS[ranking],)]
        for mood in names:
            key = f"ranking.{key_of(ranking)}.{FILED}.{mood}.area"
            value = found[mood]["area"]
            half = (value["high"] - value["low"]) / 2
            row.append((
                decimal(key, value["value"], command, 2), " ± ",
                decimal(f"{key}.half", half, command, 2),
            ))  # fmt: skip
        rows.append(tuple(row))
    return Table(
        "moods",
        "The same, mood by mood, on songs that listeners filed",
        ("", *names),
        tuple(rows),
        ("Angry: what listeners filed as energetic. ±: half of the 95 % interval.",),
    )


def opinions(title: str, name: str, found: Mapping[str, OpinionScore], command: str) -> Table:
    """Mean opinion scores of the rankings."""
    rows = tuple(
        ((RANKINGS.get(r, r),), stars(f"opinions.{name}.{key_of(r)}", o, command))
        for r, o in found.items()
    )
    note = "Stars from 1 to 5; in brackets the 95 % interval (Student's t), from two ratings on."
    return Table(f"opinions-{name}", title, ("", "mean opinion score"), rows, (note,), narrow=True)


def splits(facts: FaceFacts) -> Table:
    """What FER2013 holds, split by split."""

    def row(title: str, key: str, values: Mapping[str, int]) -> tuple[Sentence, ...]:
        cells = [
            (count(f"faces.{split}.{key}", values[split], THIS),) if split in values else ()
            for split in SPLITS
        ]
        return ((title,), *cells)

    by_class = {
        e: {split: counts[i] for split, counts in facts.counts.items()}
        for i, e in enumerate(EMOTIONS)
    }
    rows = [row(e, e, counts) for e, counts in by_class.items()]
    rows.append(row("all", "all", {s: sum(counts) for s, counts in facts.counts.items()}))
    return Table("splits", "Faces of each emotion", ("", *SPLITS.values()), tuple(rows))


def copies(facts: FaceFacts, evidence: Evidence) -> Table:
    """Damaged, repeated and contradicting images."""
    near: dict[str, tuple[int, str]] = {}
    for network in evidence.networks.values():
        for split in ("public", "private"):
            scores: Scores | None = getattr(network, split)
            if scores is not None and scores.without_near_copies is not None:
                near[split] = (scores.n - scores.without_near_copies[0], scores.command)

    def one(title: str, key: str, value: int, command: str = THIS) -> tuple[Sentence, ...]:
        return ((title,), (count(f"audit.{key}", value, command),))

    rows = [
        one("exact copies of another image", "copies", facts.copies),
        one("groups of copies in more than one split", "groups_across", facts.groups_across),
        *(one(f"images of {SPLITS[s]} with an exact copy in Training", f"{s}.in_training", n)
          for s, n in facts.in_training.items()),
        *(one(f"images of {SPLITS[s]} with an exact or near copy there", f"{s}.near", n, command)
          for s, (n, command) in near.items()),
        one("groups of copies with different labels", "contradicting", facts.groups_contradicting),
        one("images in these", "contradicting.faces", facts.faces_contradicting),
        *(one(f"blank images of {SPLITS[s]}", f"{s}.blank", n) for s, n in facts.blank.items()),
    ]  # fmt: skip
    return Table(
        "copies",
        "FER2013: copies and contradictions",
        ("", "images"),
        tuple(rows),
        ("Near: another cut, exposure, compression, or the mirror image of the same photograph.",),
        narrow=True,
    )


def effect(evidence: Evidence) -> Table:
    """What removing the copies does to accuracy."""
    rows: list[tuple[Sentence, ...]] = []
    for network in evidence.networks.values():
        for split in ("public", "private"):
            scores: Scores | None = getattr(network, split)
            if scores is None or scores.without_copies is None:
                continue
            key = f"{network.name}.{split}"
            cells: list[Sentence] = [_cell(accuracy(network, split))]
            for name in ("without_copies", "without_near_copies"):
                part = getattr(scores, name)
                cells.append(
                    ()
                    if part is None
                    else (percent(f"{key}.{name}", part[1], scores.command), " of ",
                          count(f"{key}.{name}.faces", part[0], scores.command))
                )  # fmt: skip
            rows.append(((f"{network.title}, {SPLITS[split]}",), *cells))
    return Table(
        "without-copies",
        "Accuracy without the faces that Training has as well",
        ("", "all faces", "without exact copies", "without near copies"),
        tuple(rows),
    )


def agreement(facts: FaceFacts) -> Table:
    """How often FER2013's labels are what ten raters chose most often."""
    rows = []
    for name in ("all", *EMOTIONS):
        row: list[Sentence] = [(name,)]
        for split in facts.agreement:
            found = facts.agreement[split][name]
            key = f"raters.{split}.{name}"
            row.append((
                percent(f"{key}.agreement", found.agreed / max(found.n, 1), THIS, 0), " of ",
                count(f"{key}.faces", found.n, THIS),
            ))  # fmt: skip
        rows.append(tuple(row))
    return Table(
        "agreement",
        "Labels that ten raters chose most often, too",
        ("label", *(SPLITS[split] for split in facts.agreement)),
        tuple(rows),
        ("FER+, faces to which one of eight emotions was given more often than anything else; that "
         "need not be by most of the ten.",),
        narrow=True,
    )  # fmt: skip


def rows_of_songs(facts: SongFacts) -> Table:
    """Damaged and repeated rows of the file of songs."""
    report = facts.report
    rows: list[tuple[Sentence, ...]] = [
        (("rows in the file",), (count("songs.rows", report.rows, THIS),)),
        (("tempo of 0",), (count("songs.rows.zero_tempo", facts.zero_tempo, THIS),)),
        (("valence of 0",), (count("songs.rows.zero_valence", facts.zero_valence, THIS),)),
        (("ids under several genres",), (count("songs.ids.several_genres", facts.genres_of_ids,
                                               THIS),)),
    ]  # fmt: skip
    for what in ("dropped", "repaired", "merged"):
        for why, n in getattr(report, what).items():
            if n:
                key = f"songs.{what}.{'_'.join(why.replace(',', '').split()[:6])}"
                rows.append(((f"{what}: {why}",), (count(key, n, THIS),)))
    rows.append((("songs that are left",), (count("songs.kept", facts.songs, THIS),)))
    return Table(
        "rows",
        "Spotify Tracks: damaged and repeated rows",
        ("", "rows"),
        tuple(rows),
        narrow=True,
    )
