"""Results that were measured before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien import MienError
from mien.emotions import EMOTIONS
from mien.research.figures.networks import find_best_epoch
from mien.research.paper.evidence import Evidence
from mien.research.paper.results import COMMANDS, PACKAGED, Results, estimate_f1, read_networks


def test_f1_and_its_interval() -> None:
    confusion = np.full((7, 7), 2) + 40 * np.eye(7, dtype=np.int64)
    found = estimate_f1(confusion)
    for estimate in found.values():
        assert estimate.value == pytest.approx(42 / 54)
        assert estimate.low < estimate.value < estimate.high
    assert estimate_f1(confusion) == found
    assert estimate_f1(100 * confusion)["sad"].low > found["sad"].low


def test_scores_are_those_of_the_results(bare: Evidence) -> None:
    for name in ("paper", "expression"):
        for split, scores in bare.networks[name].splits.items():
            facts = json.loads((PACKAGED / f"{name}-{split}.json").read_text())["fer2013"]
            assert scores.accuracy == facts["accuracy"]
            assert scores.n == facts["n"]
            for emotion in EMOTIONS:
                for measure, value in facts["per_class"][emotion].items():
                    found = scores.estimate_class(measure, emotion).value
                    assert found == pytest.approx(value, abs=1e-5)


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
    for network in read_networks(Results()).values():
        if network.history and "public" in network.splits:
            best = find_best_epoch(network.history)["public_accuracy"]
            joined = network.name == "expression"  # with others, so that they are better together
            better = network.splits["public"].accuracy - best
            assert 0 <= better + 0.002 < (0.08 if joined else 0.004)


def test_the_peer_is_read(tmp_path: Path) -> None:
    confusion = np.zeros((7, 7), int)
    confusion[0, 0], confusion[6, 0] = 3, 1
    facts = {"accuracy": 0.75, "confusion": confusion.tolist()}
    (tmp_path / "peer-private.json").write_text(json.dumps({"name": "fer", "fer2013": facts}))
    peer = read_networks(Results((tmp_path,)))["peer"]
    private = peer.splits["private"]
    assert peer.title == "the package fer"
    assert private.estimate_class("f1", "angry").value == pytest.approx(6 / 7)
    assert private.estimate_class("precision", "sad").value == 0
    assert "loss" not in private.facts
