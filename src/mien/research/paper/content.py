"""The report's parts in order, from the evidence; what cannot be shown says so."""

from __future__ import annotations

import numpy as np

from mien.emotions import EMOTIONS
from mien.recommendation.rankings.features import PaperRanking
from mien.research.figures import report as figures
from mien.research.figures.evaluation import rankings_figure
from mien.research.paper import tables, workflow
from mien.research.paper.claims import beats_chance
from mien.research.paper.evidence import ANY_MOOD, FACES, FACES_EACH, SONGS, YEARS, Evidence
from mien.research.paper.facts import FEATURES, SPLITS, TRENDS, FaceFacts, SongFacts, YearFacts
from mien.research.paper.judged import judge
from mien.research.paper.parts import (
    Figure,
    Missing,
    Number,
    Part,
    Report,
    Section,
    Verdict,
    decimal,
    percent,
)
from mien.research.paper.published import COLLABORATIVE_SIMILARITY, SIMILARITY
from mien.research.paper.results import COMMANDS, Network, best_epoch
from mien.research.paper.told import DATA_SETS, FILED, THIS


def compose(evidence: Evidence, *, people: bool = True) -> Report:
    """All of it.

    Args:
        evidence: what there is.
        people: whether pictures of people may be shown.
    """
    sections = (
        Section("faces", "The faces", _faces(evidence, people)),
        Section("songs", "The songs", _songs(evidence)),
        Section("way", "The workflow", (_workflow(),)),
        Section("networks-section", "Reading expressions", _networks(evidence, people)),
        Section("recommendation", "Recommending songs", _recommendation(evidence)),
        Section("opinions", "What people say", _opinions(evidence)),
        Section("audit", "The data, audited", _audit(evidence)),
    )
    return Report(judge(evidence), sections)


def _absent(what: str, path: object) -> Missing:
    return Missing(what, f"{path} is not in the folder of the data sets", f"{THIS} --data FOLDER")


def _unmeasured(what: str, *names: str) -> Missing:
    return Missing(what, "nobody has measured it yet", " && ".join(COMMANDS[n] for n in names))


_NO_PEOPLE = Missing(
    "Pictures of people",
    "left out, as was asked for with --without-faces, so that the report may be passed on",
    THIS,
)


def _faces(evidence: Evidence, people: bool) -> tuple[Part, ...]:
    if evidence.faces is None:
        return (_absent("Samples and class counts of FER2013", FACES),)
    parts: list[Part] = []
    if not people:
        parts.append(_NO_PEOPLE)
    elif evidence.pictures is not None:
        shown = evidence.pictures.samples
        parts.append(
            Figure(
                "samples",
                "Samples of FER2013",
                f"{FACES_EACH} grey faces of 48x48 pixels for each of {', '.join(EMOTIONS)}.",
                ("Faces of Training, drawn by chance; rows are FER2013's labels.",),
                (THIS,),
                lambda: figures.samples(shown),
                people=True,
            )
        )
    return (*parts, _class_counts(evidence.faces), tables.splits(evidence.faces))


def _class_counts(facts: FaceFacts) -> Figure:
    totals = np.sum([*facts.counts.values()], axis=0)
    listed = ", ".join(f"{e} {n:,}" for e, n in zip(EMOTIONS, totals, strict=True))
    most, least = EMOTIONS[int(totals.argmax())], EMOTIONS[int(totals.argmin())]
    return Figure(
        "class-counts",
        "How many faces of each emotion",
        f"Stacked bars of the three splits. In all: {listed}.",
        (f"There are {totals.max() / totals.min():.0f} faces of {most} for one of {least}.",),
        (THIS,),
        lambda: figures.class_counts(facts),
    )


def _songs(evidence: Evidence) -> tuple[Part, ...]:
    songs, years = evidence.songs, evidence.years
    parts: list[Part] = (
        [_absent("Correlation and genres of the songs", SONGS)]
        if songs is None
        else [_correlation(songs), _genres(songs)]
    )
    parts.append(_absent("Trends by year", YEARS) if years is None else _years(years))
    return tuple(parts)


def _correlation(songs: SongFacts) -> Figure:
    matrix, names = songs.correlation, FEATURES
    pairs = [(abs(matrix[i, j]), i, j) for i in range(len(names)) for j in range(i)]
    listed = [
        f"{names[i]} and {names[j]} {figures.signed(matrix[i, j])}"
        for _, i, j in sorted(pairs)[::-1][:4]
    ]
    valence = matrix[names.index("valence"), names.index("energy")]
    return Figure(
        "correlation",
        "Correlation of the music features",
        f"A triangle of correlations. The strongest: {'; '.join(listed)}.",
        (
            f"Pearson's r over {songs.songs:,} songs; hatched: negative. The strongest are "
            f"{'; '.join(listed)}. Of what the paper's vectors are made of, valence and energy "
            f"correlate by {figures.signed(valence)}.",
        ),
        (THIS,),
        lambda: figures.correlation(matrix),
        numbers=tuple(
            decimal(f"songs.correlation.{names[j]}.{names[i]}", float(matrix[i, j]), THIS)
            for i in range(len(names))
            for j in range(i)
        ),
    )


def _genres(songs: SongFacts) -> Figure:
    ordered = sorted(songs.by_genre, key=lambda g: (songs.by_genre[g][0], g))
    ends = f"{ordered[0]} has the lowest median of valence, {ordered[-1]} the highest"
    return Figure(
        "genres",
        "Trends by genre",
        f"Three panels, for valence, energy and tempo, of the genres with the lowest and the "
        f"highest medians; {ends}.",
        (
            f"The lowest and the highest of {songs.genres} genres, and how far they lie from the "
            "median of all songs (dashed).",
        ),
        (THIS,),
        lambda: figures.genre_trends(songs),
        numbers=tuple(
            _median(f"songs.genre.{genre}", name, value)
            for genre, values in songs.by_genre.items()
            for name, value in zip(TRENDS, values, strict=True)
        ),
    )


def _years(years: YearFacts) -> Figure:
    (first, *_), (_, last, _) = years.spans[0], years.spans[-1]
    counts = ", ".join(f"{a}-{b % 100:02d}: {n}" for a, b, n in years.spans)
    return Figure(
        "years",
        "Trends by year",
        f"Medians of valence, energy and tempo in spans of five years, {first} to {last}.",
        (
            f"The Spotify Tracks Dataset has no years; these are the {years.songs} songs of "
            f"data_moods.csv, in spans with 15 songs or more ({counts}). Listeners filed them by "
            "mood, so a trend may be one of their choice and not of music.",
        ),
        (THIS,),
        lambda: figures.year_trends(years),
        numbers=tuple(
            _median(f"songs.years.{first}", name, value)
            for (first, *_), values in zip(years.spans, years.medians, strict=True)
            for name, value in zip(TRENDS, values, strict=True)
        ),
    )


def _median(key: str, name: str, value: float) -> Number:
    return decimal(f"{key}.{name}", value, THIS, 0 if name == "tempo" else 2)


def _workflow() -> Figure:
    lanes = workflow.stages()
    told = "; ".join(f"{lane}: {', '.join(s.name for s in found)}" for lane, found in lanes.items())
    return Figure(
        "workflow",
        "From a photograph to six songs",
        f"Three rows of boxes joined by arrows. {told}.",
        (
            "Drawn from the code: the names, the first sentence of each, and what it gives are "
            "read from the source.",
        ),
        (THIS,),
        workflow.draw,
    )


def _networks(evidence: Evidence, people: bool) -> tuple[Part, ...]:
    networks = [*evidence.networks.values()]
    shown = tables.measured(evidence)
    parts: list[Part] = []
    if shown:
        parts.append(tables.networks(evidence))
    trained = [n for n in networks if n.history]
    if trained:
        parts.append(_curves(trained))
    for network in networks[:2]:
        if not network.history:
            parts.append(_unmeasured(f"Curves of {network.title}", f"{network.name}-history"))
        if network.private is None:
            parts.append(_unmeasured(f"Scores of {network.title}", f"{network.name}-private"))
    if shown:
        parts.append(_class_scores(shown))
        parts += [tables.classes(evidence, m) for m in ("precision", "recall", "f1")]
        parts += [_confusion(n) for n in shown]
    if evidence.networks["peer"].private is None:
        parts.append(_unmeasured("The network that anybody can install", "peer-private"))
    if evidence.classical is None:
        parts.append(_unmeasured("Classical learners", "classical"))
    else:
        parts.append(tables.classical(evidence))
    if not people:
        parts.append(_NO_PEOPLE)
    elif evidence.pictures is None:
        parts.append(_absent("Sample predictions", FACES))
    else:
        parts.append(_predictions(evidence))
    return tuple(parts)


def _curves(trained: list[Network]) -> Figure:
    ends = "; ".join(
        f"{n.title}: {best_epoch(n.history)['public_accuracy'] * 100:.2f} % on PublicTest at its "
        f"best, epoch {best_epoch(n.history)['number']} of {len(n.history)}" for n in trained
    )  # fmt: skip
    return Figure(
        "curves",
        "Accuracy and loss, epoch by epoch",
        f"Two panels a network, accuracy and loss on Training and PublicTest. {ends}.",
        (
            f"Dot: the epoch that was kept. {_upper(ends)}. Where several networks are joined, "
            "as ours, it is the last one, alone. What is minimised differs from network to "
            "network, so losses on Training cannot be compared; those on PublicTest can.",
        ),
        tuple(n.history_command for n in trained),
        lambda: figures.curves(trained),
    )


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _class_scores(shown: list[Network]) -> Figure:
    f1 = {
        n.title: sorted(EMOTIONS, key=lambda e, n=n: -n.private.f1(e).value)  # type: ignore[misc]
        for n in shown
    }
    told = "; ".join(f"{title}: {o[0]} best, {o[-1]} worst" for title, o in f1.items())
    return Figure(
        "class-scores",
        "Precision, recall and F1 of each emotion",
        f"Dots for each network and emotion. By F1, {told}.",
        (f"PrivateTest, against FER2013's labels. By F1, {told}.",),
        tuple(n.private.command for n in shown if n.private is not None),
        lambda: figures.class_scores(shown),
    )


def _confusion(network: Network) -> Figure:
    scores = network.private
    assert scores is not None
    off = scores.confusion / scores.confusion.sum(axis=1, keepdims=True)
    np.fill_diagonal(off, 0)
    label, answer = np.unravel_index(int(off.argmax()), off.shape)
    most = f"{EMOTIONS[label]} is taken for {EMOTIONS[answer]} most often ({off.max() * 100:.0f} %)"
    return Figure(
        f"confusion-{network.name}",
        f"Confusion matrix: {network.title}",
        f"Seven rows of labels, seven columns of answers; {most}.",
        (f"PrivateTest. Shares of each label's faces, and their number; {most}.",),
        (scores.command,),
        lambda: figures.confusion(scores),
        wide=False,
    )


def _predictions(evidence: Evidence) -> Figure:
    pictures = evidence.pictures
    assert pictures is not None
    return Figure(
        "predictions",
        "Sample predictions",
        "Eight faces for each label with the network's answer: ticked where right, crossed where "
        "wrong.",
        (
            "Faces of PrivateTest, drawn by chance, none chosen; rows are FER2013's labels. Right: "
            "✓, green, a whole frame. Wrong: ✗, red, a dashed one.",
        ),
        (THIS,),
        lambda: figures.predictions(pictures.crops, pictures.answers, pictures.labels),
        people=True,
    )


def _recommendation(evidence: Evidence) -> tuple[Part, ...]:
    parts: list[Part] = []
    ranking = evidence.ranking
    if ranking is None:
        parts.append(_unmeasured("Rankings beside each other", "ranking"))
    else:
        parts += [tables.recommendations(evidence), _similarities(evidence)]
        names = {
            title: {"listeners": {t: ranking[n]["listeners"][d] for d, t in DATA_SETS.items()}}
            for n, title in tables.RANKINGS.items()
            if n in ranking
        }
        told = ", ".join(
            f"{title} {mean.value:.2f}"
            for n, title in tables.RANKINGS.items()
            if (mean := evidence.mean_area(n, FILED)) is not None
        )
        parts += [
            Figure(
                "areas",
                "How well the rankings tell moods apart",
                f"Dots with intervals for each ranking and mood, on two data sets. Means on songs "
                f"filed by mood: {told}.",
                (
                    "Dots with 95 % intervals: the area of each mood; dark bars: their mean; "
                    "dashed: chance. Left, songs that listeners filed; right, Deezer's tags.",
                ),
                (evidence.results.command("ranking"),),
                lambda: rankings_figure(names),
            ),
            tables.moods(evidence),
        ]
    if evidence.songs is None:
        parts.append(_absent("Similarity of all songs", SONGS))
    else:
        parts.append(_threshold(evidence.songs))
    return tuple(parts)


def _similarities(evidence: Evidence) -> Figure:
    published = {"paper": SIMILARITY, ANY_MOOD: COLLABORATIVE_SIMILARITY}
    found = {
        tables.RANKINGS[name]: (published.get(name), value)
        for name in ("paper", ANY_MOOD, "random", "listeners")
        if (value := evidence.similarity(name)) is not None
    }
    told = ", ".join(f"{name} {value:.2f}" for name, (_, value) in found.items())
    chance = beats_chance(SIMILARITY, evidence.similarity("random"))
    passed = (
        f" Chance reaches the published {SIMILARITY:.2f}; a measure that chance reaches cannot "
        "tell a good list from a bad one."
        if chance is Verdict.FAILS
        else ""
    )
    return Figure(
        "similarity-of-six",
        "The paper's measure of success",
        f"Bars of the mean similarity of six songs: {told}.",
        (f"Mean cosine similarity of six songs: {told}.{passed}",),
        (evidence.results.command("ranking"),),
        lambda: figures.similarities(found),
    )  # fmt: skip


def _threshold(songs: SongFacts) -> Figure:
    told = ", ".join(f"{e} {share * 100:.0f} %" for e, share in songs.passing.items())
    least = PaperRanking.threshold
    return Figure(
        "threshold",
        f"What a threshold of {least:g} lets through",
        f"Boxes of the similarity of all songs to each ideal vector. Passing: {told}.",
        (f"All {songs.songs:,} songs against the ideal vector of each emotion. At least {least:g} "
         f"have: {told}.",),
        (THIS,),
        lambda: figures.threshold(songs, least),
        numbers=tuple(
            percent(f"songs.passing.{emotion}", share, THIS, 0)
            for emotion, share in songs.passing.items()
        ),
    )  # fmt: skip


def _opinions(evidence: Evidence) -> tuple[Part, ...]:
    command = "mien feedback opinions"
    parts: list[Part] = []
    for title, name, found, asked in (
        ("Rated blind", "blind", evidence.blind, f"{command} --blind --json"),
        ("All ratings", "all", evidence.opinions, f"{command} --json"),
    ):
        if found:
            parts.append(tables.opinions(title, name, found, asked))
        else:
            parts.append(
                Missing(
                    f"Mean opinion scores: {title.lower()}",
                    "none yet; they take people, and none is made up",
                    "mien compare --emotion sad --against collaborative && mien feedback rate 1 5",
                )
            )
    return tuple(parts)


def _audit(evidence: Evidence) -> tuple[Part, ...]:
    parts: list[Part] = []
    facts = evidence.faces
    effect = tables.effect(evidence)
    if effect.rows:
        parts += [effect, _effect(evidence)]
    if facts is None:
        parts.append(_absent("Copies and labels of FER2013", FACES))
    else:
        parts.append(tables.copies(facts, evidence))
        if facts.agreement:
            parts += [tables.agreement(facts), _agreement(facts)]
        else:
            missing = FACES.with_name("fer2013new.csv")
            parts.append(_absent("Agreement with the raters of FER+", missing))
    if evidence.songs is None:
        parts.append(_absent("Rows of the songs", SONGS))
    else:
        parts.append(tables.rows_of_songs(evidence.songs))
    return tuple(parts)


def _effect(evidence: Evidence) -> Figure:
    kinds = ("all faces", "without exact copies", "without near copies")
    steps = {}
    for network in evidence.networks.values():
        scores = network.private
        if scores is None or scores.without_copies is None or scores.without_near_copies is None:
            continue
        values = (scores.accuracy, scores.without_copies[1], scores.without_near_copies[1])
        steps[network.title] = list(zip(kinds, values, strict=True))
    told = "; ".join(
        f"{name}: {', '.join(f'{v * 100:.1f} % {kind}' for kind, v in found)}"
        for name, found in steps.items()
    )
    return Figure(
        "without-copies-figure",
        "What the copies give",
        f"A line for each network, on PrivateTest. {told}.",
        ("PrivateTest, against FER2013's labels: who has seen the same photograph in training "
         "recognises it.",),
        tuple(n.private.command for n in evidence.networks.values()
              if n.private is not None and n.private.without_copies is not None),
        lambda: figures.without_copies(steps),
    )  # fmt: skip


def _agreement(facts: FaceFacts) -> Figure:
    split = "private" if "private" in facts.agreement else next(iter(facts.agreement))
    found = facts.agreement[split]
    shares = {e: (found[e].agreed / max(found[e].n, 1), found[e].n) for e in EMOTIONS}
    told = ", ".join(f"{e} {share * 100:.0f} %" for e, (share, _) in shares.items())
    return Figure(
        "agreement-figure",
        "Do people see what the label says?",
        f"Bars for each label: {told}.",
        (f"{SPLITS[split]}: of each label's faces, the share that ten raters called so more often "
         "than anything else.",),
        (THIS,),
        lambda: figures.agreement(shares),
    )  # fmt: skip
