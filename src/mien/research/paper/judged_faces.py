"""The paper's claims about reading faces."""

from __future__ import annotations

from mien.research.paper import claims
from mien.research.paper import published as paper
from mien.research.paper.evidence import Evidence
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
from mien.research.paper.results import COMMANDS, Network
from mien.research.paper.told import (
    NOT_MEASURED,
    THIS,
    accuracy,
    class_estimate,
    interval,
    learner_key,
    learner_title,
    loss,
    published_accuracy,
)


def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """Each claim, in the order of the page."""
    return (
        _accuracy(evidence),
        _two_accuracies(evidence),
        _loss(evidence),
        *(_of_class(evidence, emotion, "f1") for emotion in ("happy", "surprise", "fear")),
        *(_of_class(evidence, emotion, "recall") for emotion in ("disgust", "neutral")),
        _beats_classical(evidence),
    )


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
        return (NOT_MEASURED.format(command),)
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
        Verdict.OPEN: ("Without the second figure there is nothing to compare.",),
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
            "What is published lies below the 95 % interval of the loss of the paper's network, "
            "retrained (the losses of single faces deviate by about one nat).",
        ),
        Verdict.OPEN: (
            "The loss of the paper's network, retrained, is higher, but its 95 % interval holds "
            "what is published (the losses of single faces deviate by about one nat)."
            if parts
            else NOT_MEASURED.format(COMMANDS["paper-private"]),
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
            "What the label means: where ten raters chose one emotion more often than any other, "
            f"it is the label {emotion} for ",
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
        reasons: tuple[Sentence, ...] = ((NOT_MEASURED.format(wanted),),)
        return Claim("classical", "Better than SVM", says, found, Verdict.OPEN, reasons)
    best = max(machines, key=lambda s: s["public"])
    from mien.research.evaluation.ranking import share

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
