"""Targets from labels, votes and teachers."""

from __future__ import annotations

import numpy as np
import pytest
from small_fer2013 import small
from small_trainings import TINY

from mien.errors import MissingDataError
from mien.research.data.fer2013 import Split
from mien.research.training.network import build
from mien.research.training.predictions import predict_logits, predict_mean
from mien.research.training.recipe import find_recipe
from mien.research.training.targets import distil, make_targets


def test_copies_share_labels_and_votes() -> None:
    split = small().training
    crops = split.crops.copy()
    crops[8] = crops[0]
    assert split.votes is not None
    twice = Split(crops, split.labels, split.votes)
    targets = make_targets(twice, ("fer2013", "raters"))
    assert targets.fer2013[0].tolist() == targets.fer2013[8].tolist()
    assert targets.fer2013[0, [0, 1]].tolist() == [0.5, 0.5]
    assert targets.raters[0, [0, 1]].tolist() == [0.5, 0.5]
    assert np.allclose(targets.fer2013.sum(axis=1), 1)
    assert (targets.fer2013[9:].argmax(axis=1) == split.labels[9:]).all()


def test_only_the_raters_head_needs_votes() -> None:
    bare = small(votes=False).training
    with pytest.raises(MissingDataError, match="FERPlus"):
        make_targets(bare, ("fer2013", "raters"))
    assert make_targets(bare, ("fer2013",)).fer2013.shape == (len(bare), 7)


def test_merging_copies_is_optional() -> None:
    split = small().training
    twice = Split(np.repeat(split.crops[:1], 2, axis=0), split.labels[:2])
    alone = make_targets(twice, ("fer2013",), merge_copies=False)
    assert alone.fer2013.argmax(axis=1).tolist() == [0, 1]
    assert alone.fer2013.max() == 1
    assert find_recipe("paper").merge_copies is False


def test_smoothing_leaves_votes_unchanged() -> None:
    split = small().training
    smooth = make_targets(split, ("fer2013", "raters"), smoothing=0.21)
    plain = make_targets(split, ("fer2013", "raters"))
    assert np.allclose(smooth.fer2013.sum(axis=1), 1)
    assert np.allclose(smooth.fer2013.max(axis=1), 0.82)
    assert np.allclose(smooth.fer2013.min(axis=1), 0.03)
    assert np.array_equal(smooth.raters, plain.raters)


def test_distillation_interpolates_towards_the_teachers() -> None:
    """Their mean prediction for the face and its mirror image, weighted against the labels."""
    data = small()
    both = [build(TINY, seed).eval() for seed in (1, 2)]
    own = make_targets(data.training, ("fer2013", "raters"))
    taught = predict_mean(both, data.training)
    crops = np.ascontiguousarray(data.training.crops[:, :, ::-1])
    mirrored = Split(crops, data.training.labels)
    each = [
        predict_logits(network, faces)["raters"].softmax(1).numpy()
        for network in both
        for faces in (data.training, mirrored)
    ]
    assert np.allclose(taught.raters, np.mean(each, axis=0), atol=1e-6)
    assert np.allclose(taught.fer2013.sum(axis=1), 1, atol=1e-5)
    assert np.allclose(distil(own, taught, 1.0).fer2013, taught.fer2013, atol=1e-6)
    assert np.array_equal(distil(own, taught, 0.0).raters, own.raters)
    labels_only = distil(own, taught, 1.0, ("fer2013",))
    assert np.allclose(labels_only.fer2013, taught.fer2013, atol=1e-6)
    assert np.array_equal(labels_only.raters, own.raters)
    between = distil(own, taught, 0.25)
    assert np.allclose(between.raters, 0.75 * own.raters + 0.25 * taught.raters, atol=1e-6)
