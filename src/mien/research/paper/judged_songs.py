"""The paper's claims about the songs, their ranking and the whole way to them."""

from __future__ import annotations

import numpy as np

from mien.recommendation.rankings.features import PaperRanking
from mien.research.paper import claims
from mien.research.paper import published as paper
from mien.research.paper.evidence import ANY_MOOD, Evidence
from mien.research.paper.parts import (
    PUBLISHED,
    Claim,
    Number,
    Sentence,
    Verdict,
    count,
    decimal,
    percent,
)
from mien.research.paper.told import (
    DATA_SETS,
    FILED,
    NAMELESS,
    NOT_MEASURED,
    THIS,
    area,
    similarity,
    stars,
)


def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """Each claim, in the order of the page."""
    return (
        _similarity(evidence),
        _meaning(evidence),
        _judgement(evidence),
        _threshold(evidence),
        _opinion(evidence),
        _real_time(evidence),
        _rows(evidence),
    )


def _similarity(evidence: Evidence) -> Claim:
    command = evidence.results.command("ranking")
    own, other = evidence.similarity("paper"), evidence.similarity(ANY_MOOD)
    claimed, claimed_other = paper.SIMILARITY, paper.COLLABORATIVE_SIMILARITY
    verdict = claims.similarities(claimed, claimed_other, own, other)
    found: Sentence = ("not measured",)
    if own is not None and other is not None:
        found = (
            "Six songs by the paper's way: ", similarity("paper", own, command),
            "; six by collaborative filtering that knows nothing of the mood: ",
            similarity(ANY_MOOD, other, command), ".",
        )  # fmt: skip
    reasons: list[Sentence] = [(NOT_MEASURED.format(command),)]
    if own is not None and other is not None:
        reasons = [
            _of_own(claims.higher(own, claimed)),
            _of_other(claims.higher(other, claimed_other)),
            ("The claim is of both figures: of a lead of ",
             decimal("published.similarity.lead", claimed - claimed_other, PUBLISHED, 2),
             ". Found is one of ",
             decimal("ranking.paper.similarity.lead", own - other, command, 2), "."),
        ]  # fmt: skip
    note: Sentence = (
        "Computed as the paper does: min-max normalised valence, tempo and energy, cosine about "
        "zero, the mean over the seven emotions. Collaborative filtering is alternating least "
        "squares on real playlists.",
    )
    return Claim(
        "similarity",
        f"Similarity {claimed:.2f} against {claimed_other:.2f}",
        ("Its songs have a mean similarity of ", *published_similarities(), "."),
        found,
        verdict,
        (*reasons, note),
    )


def _of_own(higher: int) -> Sentence:
    return {
        1: (
            "The paper's way comes out higher than published: among so many songs the six most "
            "similar ones are as good as parallel to the ideal vector.",
        ),
        0: ("The paper's way comes out as published.",),
        -1: ("The paper's way comes out lower than published.",),
    }[higher]


def _of_other(higher: int) -> Sentence:
    return {
        1: (
            "Collaborative filtering comes out higher than published, so that what is left of the "
            "lead is small: where no feature is below 0, hardly any two songs are unlike.",
        ),
        0: ("Collaborative filtering comes out as published.",),
        -1: ("Collaborative filtering comes out lower than published.",),
    }[higher]


def published_similarities() -> Sentence:
    """Both, in words."""
    return (
        decimal("published.similarity", paper.SIMILARITY, PUBLISHED, 2),
        " to the ideal vector, those of collaborative filtering ",
        decimal("published.similarity.collaborative", paper.COLLABORATIVE_SIMILARITY, PUBLISHED, 2),
    )


def _meaning(evidence: Evidence) -> Claim:
    command = evidence.results.command("ranking")
    chance = evidence.similarity("random")
    verdict = claims.beats_chance(paper.SIMILARITY, chance)
    found: Sentence = ("not measured",)
    if chance is not None:
        found = ("Six songs drawn by chance: ", similarity("random", chance, command))
        if evidence.songs is not None:
            any_song = decimal("songs.similarity.random", evidence.songs.random, THIS, 2)
            found += ("; any song of all, on average: ", any_song)
        found += (".",)
    reasons: dict[Verdict, Sentence] = {
        Verdict.FAILS: (
            "Chance reaches the similarity that is reported as success, so that it says nothing of "
            "whether songs fit. The cosine about zero sees the proportion of three numbers that "
            "are all above 0, and those are nearly alike for all songs.",
        ),
        Verdict.HOLDS: ("Chance does not reach it.",),
        Verdict.OPEN: (NOT_MEASURED.format(command),),
    }
    says: Sentence = (
        "A mean similarity of ",
        decimal("published.similarity", paper.SIMILARITY, PUBLISHED, 2),
        " shows that the songs fit the emotion.",
    )
    return Claim("meaning", "What the similarity means", says, found, verdict, (reasons[verdict],))


def _judgement(evidence: Evidence) -> Claim:
    command = evidence.results.command("ranking")
    rivals = [
        (evidence.mean_area("paper", name), evidence.mean_area(rival, name))
        for name in DATA_SETS
        for rival in (ANY_MOOD, "collaborative")
    ]
    verdict = claims.agreed([claims.is_better(own, other) for own, other in rivals])
    title = "Songs that suit the mood"
    says: Sentence = ("Its songs suit the mood better than those of collaborative filtering.",)
    if any(one is None for pair in rivals for one in pair):
        unknown: Sentence = (NOT_MEASURED.format(command),)
        return Claim("judgement", title, says, ("not measured",), verdict, (unknown,))
    found: list[str | Number] = []
    for name, called in DATA_SETS.items():
        found += [
            f"{called}: the paper's way ", *area(evidence, "paper", name),
            ", collaborative filtering that knows nothing of the mood ",
            *area(evidence, ANY_MOOD, name),
            ", one that begins with six songs for it ", *area(evidence, "collaborative", name),
            ", ours ", *area(evidence, "listeners", name), ". ",
        ]  # fmt: skip
    found[-1] = "."
    reasons: list[Sentence] = [
        (
            "Listeners are the judges. The figures are areas under the ROC curve, the mean over "
            "four moods: how often a song that listeners say has the mood stands before one of "
            "another. Chance is 0.5, and so is whatever heeds no mood.",
        ),
        (_BOTH[verdict],),
    ]
    low = _below_chance(evidence, "paper")
    if low:
        reasons.append((
            f"But for {' and '.join(low)} the paper's way stands below chance on the songs that "
            "listeners filed: there it puts the others first.",
        ))  # fmt: skip
    ours = evidence.mean_area("listeners", FILED)
    better = claims.is_better(ours, evidence.mean_area("paper", FILED))
    reasons.append((_OURS[better],))
    return Claim("judgement", title, says, (*found,), verdict, tuple(reasons))


_BOTH = {
    Verdict.HOLDS: "On both data sets the paper's way is better than either, by the 95 % interval "
    "of the difference (moods taken as independent).",
    Verdict.FAILS: "On both data sets the paper's way is worse than either, by the 95 % interval "
    "of the difference (moods taken as independent).",
    Verdict.OPEN: "It is not said what the paper's collaborative filtering knows of the mood. By "
    "the 95 % intervals of the differences (moods taken as independent), the data sets and the two "
    "kinds do not all say the same.",
}
_OURS = {
    Verdict.HOLDS: "Our ranking is better than the paper's way, on the songs that listeners filed.",
    Verdict.FAILS: "Our ranking is worse than the paper's way, on the songs that listeners filed.",
    Verdict.OPEN: "Our ranking and the paper's way cannot be told apart.",
}


def _below_chance(evidence: Evidence, ranking: str) -> list[str]:
    """The moods for which even the upper end of a ranking's interval lies below one half."""
    if evidence.ranking is None:
        return []
    found = evidence.ranking[ranking]["listeners"][FILED]
    return [mood for mood, scores in found.items() if scores["area"]["high"] < 0.5]


def _threshold(evidence: Evidence) -> Claim:
    songs, least = evidence.songs, PaperRanking.threshold
    passing = None if songs is None else float(np.mean([*songs.passing.values()]))
    verdict = claims.selects(passing)
    found: Sentence = ("not counted",)
    if songs is not None and passing is not None:
        alike = sum(value >= least for value in songs.pairs.values())
        found = (
            "Of ", count("songs.kept", songs.songs, THIS), " songs, ",
            percent("songs.passing", passing, THIS, 0), " pass for an emotion on average; ",
            count("songs.pairs.alike", alike, THIS), " of the ",
            count("songs.pairs", len(songs.pairs), THIS),
            " pairs of ideal vectors are as similar to each other.",
        )  # fmt: skip
    reasons: dict[Verdict, Sentence] = {
        Verdict.FAILS: (
            "A threshold that more than half of all songs pass selects nothing; it takes songs for "
            "one emotion that pass for most others as well.",
        ),
        Verdict.HOLDS: ("No more than half of all songs pass.",),
        Verdict.OPEN: ("The songs are not at hand.",),
    }
    return Claim(
        "threshold",
        f"Threshold {least:.2f}",
        ("Songs with a similarity of at least ",
         decimal("published.threshold", least, PUBLISHED, 2), " are those that fit."),
        found,
        verdict,
        (reasons[verdict],),
    )  # fmt: skip


def _opinion(evidence: Evidence) -> Claim:
    command = "mien feedback opinions --blind --json"
    own, other = evidence.blind.get("paper"), evidence.blind.get("collaborative")
    verdict = claims.is_liked_better(own, other)
    found: Sentence = ("none yet",)
    if own is not None or other is not None:
        found = ("Rated blind: the paper's way ",)
        found += stars("opinions.blind.paper", own, command) if own else ("none yet",)
        found += ("; collaborative filtering ",)
        found += stars("opinions.blind.collaborative", other, command) if other else ("none yet",)
        found += (".",)
    elif evidence.opinions or evidence.blind:
        found = ("none yet of these two, rated blind; other ratings are listed below",)
    reasons: dict[Verdict, Sentence] = {
        Verdict.OPEN: (
            "It takes people: songs of the two, mixed and rated blind (`mien compare --emotion sad "
            f"--ranking paper --against collaborative`), {claims.RATINGS} of each at least and not "
            "all alike. Collaborative filtering begins with six songs for the mood there. Nothing "
            "is made up in people's place.",
        ),
        Verdict.HOLDS: ("By the 95 % interval of the difference, people liked it better.",),
        Verdict.FAILS: ("By the 95 % interval of the difference, people liked it less.",),
    }
    return Claim(
        "opinion",
        f"Mean opinion score {paper.OPINION:.1f} against {paper.COLLABORATIVE_OPINION:.1f}",
        ("People give it ", decimal("published.opinion", paper.OPINION, PUBLISHED, 1),
         " of 5 stars, and collaborative filtering ",
         decimal("published.opinion.collaborative", paper.COLLABORATIVE_OPINION, PUBLISHED, 1),
         "."),
        found,
        verdict,
        (reasons[verdict],),
    )  # fmt: skip


def _real_time(evidence: Evidence) -> Claim:
    speed, command = evidence.speed, evidence.results.command("speed")
    verdict = claims.is_real_time(None if speed is None else speed["frame"])
    found: Sentence = ("not measured",)
    if speed is not None:
        found = (
            "A frame of 640x480 takes ", decimal("speed.frame", speed["frame"], command, 1),
            " ms (95th percentile ", decimal("speed.frame_95", speed["frame_95"], command, 1),
            "): faces ", decimal("speed.faces", speed["faces"], command, 1), ", expression ",
            decimal("speed.expression", speed["expression"], command, 1), ", six of ",
            count("speed.catalogue", speed["catalogue"], command), " songs ",
            decimal("speed.songs", speed["songs"], command, 1), ".",
        )  # fmt: skip
    frames = f"{claims.REAL_TIME:.0f} frames a second"
    machine = "" if speed is None else f", on one thread of {speed['machine']}"
    reasons: dict[Verdict, Sentence] = {
        Verdict.HOLDS: (f"That is faster than a camera's {frames}{machine}.",),
        Verdict.FAILS: (f"That is slower than a camera's {frames}{machine}.",),
        Verdict.OPEN: (NOT_MEASURED.format(command),),
    }
    note: Sentence = (
        "Measured on mien's own way through a frame, with its own detector and network; what was "
        "written with Keras, OpenCV and Flask was not at hand.",
    )
    return Claim(
        "real-time",
        "Real time",
        ("It works in real time.",),
        found,
        verdict,
        (reasons[verdict], note),
    )


def _rows(evidence: Evidence) -> Claim:
    songs = evidence.songs
    named = None if songs is None else songs.report.rows - songs.report.dropped.get(NAMELESS, 0)
    verdict = claims.same_count(paper.ROWS, named)
    found: Sentence = ("not counted",)
    if songs is not None and named is not None:
        found = (
            count("songs.rows", songs.report.rows, THIS), " rows, of which ",
            count("songs.rows.named", named, THIS), " have a title and artists; after "
            "cleaning, ", count("songs.kept", songs.songs, THIS), " songs.",
        )  # fmt: skip
    reasons: dict[Verdict, Sentence] = {
        Verdict.HOLDS: ("All rows but those without names.",),
        Verdict.FAILS: ("The file has another number of rows with names.",),
        Verdict.OPEN: ("The songs are not at hand.",),
    }
    return Claim(
        "rows",
        "Rows of songs",
        ("There are ", count("published.rows", paper.ROWS, PUBLISHED), " songs."),
        found,
        verdict,
        (
            reasons[verdict],
            (
                "Many rows are one recording under several ids and genres; whoever does not merge "
                "them recommends it several times.",
            ),
        ),
    )
