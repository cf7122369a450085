"""The paper's claims, one by one, with what was measured and why the verdict is what it is.

Sentences are chosen by the verdict, and the verdict is computed from the numbers that are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mien.evaluation import paper
from mien.evaluation.ranking import Estimate
from mien.feedback import Opinion
from mien.ranking import PaperRanking
from mien.report import claims
from mien.report.evidence import ANY_MOOD, Evidence
from mien.report.parts import (
    PUBLISHED,
    Claim,
    Number,
    Sentence,
    Verdict,
    count,
    decimal,
    percent,
)
from mien.report.results import COMMANDS, Network, Scores

THIS = "mien paper"
"""What makes the numbers that are counted while the report is made."""

_NOT_MEASURED = "Nobody has measured it yet: `{}` does."
_FILED = "data_moods"
DATA_SETS = {_FILED: "Songs that listeners filed", "deezer test": "Songs with Deezer's tags"}
"""Name in the results of the rankings -> what readers know it by."""


def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """Every claim, in the order of the page."""
    return (
        _accuracy(evidence),
        _two_accuracies(evidence),
        _loss(evidence),
        *(_of_class(evidence, emotion, "f1") for emotion in ("happy", "surprise", "fear")),
        *(_of_class(evidence, emotion, "recall") for emotion in ("disgust", "neutral")),
        _beats_classical(evidence),
        _similarity(evidence),
        _meaning(evidence),
        _judgement(evidence),
        _threshold(evidence),
        _opinion(evidence),
        _real_time(evidence),
        _rows(evidence),
    )


def accuracy(network: Network, split: str) -> Number | None:
    """A network's accuracy on `public` or `private`; None where nobody measured it."""
    scores: Scores | None = getattr(network, split)
    if scores is None:
        return None
    return percent(f"{network.name}.{split}.accuracy", scores.accuracy, scores.command)


def published_accuracy() -> Number:
    """The paper's."""
    return percent("published.accuracy", paper.ACCURACY, PUBLISHED)


def interval(key: str, found: Estimate, command: str, *, places: int | None = None) -> Sentence:
    """`low to high`, in per cent, or with so many decimals."""

    def shown(end: str, value: float) -> Number:
        if places is None:
            return percent(f"{key}.{end}", value, command)
        return decimal(f"{key}.{end}", value, command, places)

    return (shown("low", found.low), " to ", shown("high", found.high))


def _with_interval(network: Network) -> Sentence:
    """What a network has on PrivateTest, and its interval."""
    number, scores = accuracy(network, "private"), network.private
    if number is None or scores is None:
        return (f"{network.title} was not measured",)
    ends = interval(f"{network.name}.private.accuracy", scores.estimate, scores.command)
    return (f"{network.title}: ", number, " (", *ends, ")")


def _accuracy(evidence: Evidence) -> Claim:
    again, ours = evidence.networks["paper"], evidence.networks["expression"]
    found = None if again.private is None else again.private.estimate
    verdict = claims.reaches(paper.ACCURACY, found, places=4)
    reasons: list[Sentence] = [
        _why(verdict, COMMANDS["paper-private"], measured=again.private is not None)
    ]
    if ours.private is not None:
        reached = claims.reaches(paper.ACCURACY, ours.private.estimate, 4)
        reasons.append((_WITHIN[reached], *_with_interval(ours)[1:], "."))
    if again.private is not None and again.private.without_near_copies is not None:
        n, alone = again.private.without_near_copies
        command = again.private.command
        share = percent("private.near_copies", 1 - n / again.private.n, command, 1)
        bare = percent("paper.private.without_near_copies", alone, command)
        reasons.append(
            (share, " of PrivateTest has an exact or near copy in Training; on the rest the paper's"
             " network has ", bare, ". What is published contains that gift.")
        )  # fmt: skip
    reasons.append((
        "The paper names the kinds of layers, not their number, and neither rates nor epochs; ours "
        "are the usual ones of Keras, and one seed. Another choice may do better.",
    ))  # fmt: skip
    public = accuracy(again, "public")
    on_public: Sentence = () if public is None else (", and ", public, " on PublicTest")
    return Claim(
        "accuracy",
        "Accuracy of the network",
        ("The network is right about ", published_accuracy(), " of the faces of FER2013."),
        ("On PrivateTest, ", *_with_interval(again), *on_public, "; ", *_with_interval(ours), "."),
        verdict,
        tuple(reasons),
    )


_WITHIN = {
    Verdict.HOLDS: "The figure itself can be reached. Our network, another one, has ",
    Verdict.OPEN: "The figure itself is no more than chance away. Our network, another one, has ",
    Verdict.FAILS: "Our network, another one, does not reach the figure either. It has ",
}


def _why(verdict: Verdict, command: str, *, measured: bool) -> Sentence:
    if not measured:
        return (_NOT_MEASURED.format(command),)
    return {
        Verdict.HOLDS: ("The paper's network, retrained, reaches the published figure.",),
        Verdict.FAILS: (
            "The whole 95 % interval of what the paper's network reaches here, in brackets, lies "
            "below the published figure.",
        ),
        Verdict.OPEN: (
            "The paper's network, retrained, reaches less, but the published figure lies within "
            "the 95 % interval, in brackets: chance explains the difference.",
        ),
    }[verdict]


def _two_accuracies(evidence: Evidence) -> Claim:
    other = paper.OTHER_ACCURACY
    verdict = claims.same_accuracy(paper.ACCURACY, other, places=4)
    says: Sentence = ("The paper gives two accuracies. One is ", published_accuracy())
    if other is None:
        says = (*says, "; the other is not in our notes.")
    else:
        says = (
            *says,
            "; the other is ",
            percent("published.accuracy.other", other, PUBLISHED),
            ".",
        )
    network = evidence.networks["paper"]
    pair = [accuracy(network, split) for split in ("public", "private")]
    found: Sentence = ("The paper's network was not retrained.",)
    if pair[0] is not None and pair[1] is not None:
        found = ("Its network, retrained, has ", pair[0], " on PublicTest and ", pair[1],
                 " on PrivateTest.")  # fmt: skip
    reasons: dict[Verdict, Sentence] = {
        Verdict.OPEN: (
            "Without the second figure there is nothing to compare. Once OTHER_ACCURACY in "
            "mien/evaluation/paper.py has it, it is judged here.",
        ),
        Verdict.FAILS: (
            "They differ, and it is said of neither on which of the two test splits it was "
            "measured; both cannot be the accuracy of one network on the same faces.",
        ),
        Verdict.HOLDS: ("They are the same.",),
    }
    return Claim("two-accuracies", "Two accuracies", says, found, verdict, (reasons[verdict],))


def _loss(evidence: Evidence) -> Claim:
    again, ours = evidence.networks["paper"], evidence.networks["expression"]
    scores = again.private
    verdict = claims.loss_reached(
        paper.LOSS, None if scores is None else scores.loss, 1 if scores is None else scores.n
    )
    losses = [loss(n) for n in (again, ours)]
    parts: list[Sentence] = [
        (f"{n.title}: ", number) for n, number in zip((again, ours), losses, strict=True) if number
    ]
    found: Sentence = ("not measured",)
    if parts:
        listed = [piece for part in parts for piece in ("; ", *part)][1:]
        found = ("On PrivateTest, ", *listed, ".")
    reasons: dict[Verdict, Sentence] = {
        Verdict.HOLDS: ("The loss of the paper's network, retrained, is no higher.",),
        Verdict.FAILS: (
            "The loss of the paper's network, retrained, lies more than three standard errors "
            "above what is published (the losses of single faces deviate by about one nat).",
        ),
        Verdict.OPEN: (
            "The loss of the paper's network, retrained, is higher, but less than three "
            "standard errors (the losses of single faces deviate by about one nat)."
            if parts
            else _NOT_MEASURED.format(COMMANDS["paper-private"]),
        ),
    }
    best = _lowest(again)
    extra: tuple[Sentence, ...] = (
        ("Measured with probabilities that were calibrated on PublicTest.",),
    )
    if best is not None:
        extra += (best,)
    return Claim(
        "loss",
        "Loss of the network",
        ("The loss is ", decimal("published.loss", paper.LOSS, PUBLISHED, 4), " (categorical "
         "cross-entropy)."),
        found,
        verdict,
        (reasons[verdict], *extra),
    )  # fmt: skip


def loss(network: Network) -> Number | None:
    """A network's mean cross-entropy on PrivateTest, in nats."""
    scores = network.private
    if scores is None or scores.loss is None:
        return None
    return decimal(f"{network.name}.private.loss", scores.loss, scores.command, 4)


def _lowest(network: Network) -> Sentence | None:
    if not network.history:
        return None
    low = min(network.history, key=lambda e: e["public_loss"])
    command = network.history_command
    return (
        "Uncalibrated, on PublicTest, it was lowest after epoch ",
        count(f"{network.name}.history.lowest_loss.epoch", low["number"], command),
        " of ",
        count(f"{network.name}.history.epochs", len(network.history), command),
        ": ",
        decimal(f"{network.name}.history.lowest_loss", low["public_loss"], command, 4),
        ".",
    )


def _of_class(evidence: Evidence, emotion: str, measure: str) -> Claim:
    claimed = getattr(paper.PER_CLASS[emotion], measure)
    word = "F1" if measure == "f1" else "Recall"
    again = evidence.networks["paper"]
    found = None if again.private is None else class_estimate(again.private, measure, emotion)
    verdict = claims.reaches(claimed, found, places=2)
    parts: list[str | Number] = []
    for network in (again, evidence.networks["expression"]):
        if network.private is None:
            continue
        estimate = class_estimate(network.private, measure, emotion)
        key, command = f"{network.name}.private.{emotion}.{measure}", network.private.command
        parts += ["; " if parts else "On PrivateTest, ", f"{network.title}: "]
        parts += [decimal(key, estimate.value, command), " ("]
        parts += [*interval(key, estimate, command, places=3), ")"]
    reasons = [_why(verdict, COMMANDS["paper-private"], measured=again.private is not None)]
    agreed = None if evidence.faces is None else evidence.faces.agreement.get("private")
    if agreed:
        raters = agreed[emotion]
        reasons.append((
            "What the label means: where most of ten raters see one emotion, they agree with the "
            f"label {emotion} about ",
            percent(f"raters.private.{emotion}.agreement", raters.agreed / raters.n, THIS, 0),
            " of ",
            count(f"raters.private.{emotion}.faces", raters.n, THIS),
            " faces.",
        ))  # fmt: skip
    return Claim(
        f"{measure}-{emotion}",
        f"{word} of {emotion}",
        (f"{word} of {emotion} is ",
         decimal(f"published.{emotion}.{measure}", claimed, PUBLISHED, 2), "."),
        (*parts, ".") if parts else ("not measured",),
        verdict,
        tuple(reasons),
    )  # fmt: skip


def class_estimate(scores: Scores, measure: str, emotion: str) -> Estimate:
    """`recall` or `f1` of an emotion, with its interval."""
    return scores.recall(emotion) if measure == "recall" else scores.f1(emotion)


def learner_key(learner: Mapping[str, object]) -> str:
    """The first part of the keys of a classical learner's numbers."""
    return f"classical.{learner['features']}.{str(learner['learner']).replace(' ', '_')}"


def learner_title(learner: Mapping[str, object]) -> str:
    """A classical learner as readers know it."""
    return f"{learner['learner']} on {str(learner['features']).upper()}"


def _beats_classical(evidence: Evidence) -> Claim:
    again, ours = evidence.networks["paper"], evidence.networks["expression"]
    command = evidence.results.command("classical")
    says: Sentence = ("The network is better than classical learners such as support vector "
                      "machines.",)  # fmt: skip
    machines = [s for s in evidence.classical or () if "SVM" in s["learner"]]
    if not machines or again.private is None:
        wanted = command if not machines else COMMANDS["paper-private"]
        found = (
            ("The classical learners were not measured.",) if not machines else ("not measured",)
        )
        reasons: tuple[Sentence, ...] = ((_NOT_MEASURED.format(wanted),),)
        return Claim("classical", "Better than SVM", says, found, Verdict.OPEN, reasons)
    best = max(machines, key=lambda s: s["public"])
    from mien.evaluation.ranking import share

    estimate = share(round(best["private"] * again.private.n), again.private.n)
    verdict = claims.is_better(again.private.estimate, estimate)
    key = f"{learner_key(best)}.private.accuracy"
    number = percent(key, best["private"], command)
    also = claims.is_better(ours.private.estimate if ours.private else None, estimate)
    return Claim(
        "classical",
        "Better than SVM",
        says,
        ("On PrivateTest, ", *_with_interval(again), "; ", *_with_interval(ours),
         f"; the best support vector machine ({learner_title(best)}, chosen on PublicTest): ",
         number, " (", *interval(key, estimate, command), ")."),
        verdict,
        ((_COMPARED[verdict].format("the paper's network, retrained,", "the best of them"),),
         ("For ours, the claim " + also.value + ".",)),
    )  # fmt: skip


_COMPARED = {
    Verdict.HOLDS: "By the 95 % interval of the difference, {} is better than {}.",
    Verdict.FAILS: "By the 95 % interval of the difference, {} is worse than {}.",
    Verdict.OPEN: "The difference between {} and {} is one that chance explains.",
}


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
    reasons: list[Sentence] = [(_NOT_MEASURED.format(command),)]
    if own is not None and other is not None:
        reasons = [
            _of_own(claims.higher(own, claimed)),
            _of_other(claims.higher(other, claimed_other)),
        ]
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


def similarity(ranking: str, value: float, command: str) -> Number:
    """A ranking's mean similarity as a number."""
    return decimal(f"ranking.{key_of(ranking)}.similarity", value, command, 2)


def key_of(ranking: str) -> str:
    """A ranking in the key of a number."""
    return ranking.replace(", ", "_").replace(" ", "_")


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
        Verdict.OPEN: (_NOT_MEASURED.format(command),),
    }
    says: Sentence = (
        "A mean similarity of ",
        decimal("published.similarity", paper.SIMILARITY, PUBLISHED, 2),
        " shows that the songs fit the emotion.",
    )
    return Claim("meaning", "What the similarity means", says, found, verdict, (reasons[verdict],))


def area(evidence: Evidence, ranking: str, data_set: str = _FILED) -> Sentence:
    """A ranking's mean area, and its interval in brackets; nothing where nobody measured it."""
    found = evidence.mean_area(ranking, data_set)
    if found is None:
        return ()
    command = evidence.results.command("ranking")
    key = f"ranking.{key_of(ranking)}.{data_set.replace(' ', '_')}.area"
    ends = interval(key, found, command, places=2)
    return (decimal(key, found.value, command, 2), " (", *ends, ")")


def _judgement(evidence: Evidence) -> Claim:
    command = evidence.results.command("ranking")
    rivals = [
        (evidence.mean_area("paper", name), evidence.mean_area(ANY_MOOD, name))
        for name in DATA_SETS
    ]
    verdict = claims.agreed([claims.is_better(own, other) for own, other in rivals])
    title = "Songs that suit the mood"
    says: Sentence = ("Its songs suit the mood better than those of collaborative filtering.",)
    if any(one is None for pair in rivals for one in pair):
        unknown: Sentence = (_NOT_MEASURED.format(command),)
        return Claim("judgement", title, says, ("not measured",), verdict, (unknown,))
    found: list[str | Number] = []
    for name, called in DATA_SETS.items():
        found += [
            f"{called}: the paper's way ", *area(evidence, "paper", name),
            ", collaborative filtering ", *area(evidence, ANY_MOOD, name),
            ", chance ", *area(evidence, "random", name)[:1],
            ", ours ", *area(evidence, "listeners", name), ". ",
        ]  # fmt: skip
    found[-1] = "."
    reasons: list[Sentence] = [
        (
            "Listeners are the judges. The figures are areas under the ROC curve, the mean over "
            "four moods: how often a song that listeners say has the mood stands before one of "
            "another. Chance is 0.5.",
        ),
        (_BOTH[verdict],),
    ]
    low = _below_chance(evidence, "paper")
    if low:
        reasons.append((
            f"But for {' and '.join(low)} the paper's way stands below chance on the songs that "
            "listeners filed: there it puts the others first.",
        ))  # fmt: skip
    seeded = area(evidence, "collaborative")
    if seeded:
        reasons.append(
            ("Collaborative filtering that begins with six songs for the mood has ", *seeded, ".")
        )
    ours = evidence.mean_area("listeners", _FILED)
    better = claims.is_better(ours, evidence.mean_area("paper", _FILED))
    reasons.append((_OURS[better],))
    return Claim("judgement", title, says, (*found,), verdict, tuple(reasons))


_BOTH = {
    Verdict.HOLDS: "On both data sets the paper's way is better than mood-blind collaborative "
    "filtering, by the 95 % interval of the difference (moods taken as independent).",
    Verdict.FAILS: "On both data sets the paper's way is worse than mood-blind collaborative "
    "filtering, by the 95 % interval of the difference (moods taken as independent).",
    Verdict.OPEN: "The two data sets do not both tell the two apart.",
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
    found = evidence.ranking[ranking]["listeners"][_FILED]
    return [mood for mood, scores in found.items() if scores["area"]["high"] < 0.5]


def _threshold(evidence: Evidence) -> Claim:
    songs, least = evidence.songs, PaperRanking.least
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


def stars(key: str, opinion: Opinion, command: str) -> Sentence:
    """A mean opinion score, its interval where it has one, and how many ratings there are."""
    shown: Sentence = (decimal(f"{key}.mean", opinion.mean, command, 2),)
    if opinion.low is not None and opinion.high is not None:
        ends = Estimate(opinion.mean, opinion.low, opinion.high)
        shown += (" (", *interval(key, ends, command, places=2), ")")
    return (*shown, " of ", count(f"{key}.ratings", opinion.n, command), " ratings")


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
            "It takes people: songs of two rankings, mixed and rated blind (`mien compare "
            "--emotion sad --against collaborative`). Nothing is made up in their place.",
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
        Verdict.OPEN: (_NOT_MEASURED.format(command),),
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


NAMELESS = "no title or artist"
"""Why `mien.catalogue.clean` drops a row without names."""
