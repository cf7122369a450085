"""Train the network that tells faces from what resembles them: `models/verifier.onnx`.

    python -m mien.research.fit.verifier [--pictures 2000] [--photos 1800] [--epochs 12]

Needs FER2013 and the London set in `MIEN_DATA`; takes about ten minutes on one core, most of it to
look for faces in made-up pictures. Faces are FER2013's of Training, degraded as cameras degrade
them, and those that the detectors find in `mien.research.fit.examples`; the second half of the
London set's people stays unseen. A logistic model, fitted on the last fifth of the examples, which
the network has not seen, weighs its output with the detectors' logits.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mien.research.data.datasets import require_folder
from mien.research.data.fer2013 import load, without_blanks
from mien.research.fit.examples import Examples, collect
from mien.research.training.camera import Camera
from mien.support.arrays import UInt8Array

EVIDENCE = ("proposed", "seen", "turned")
CLIP = 4.0  # logits of the detectors count up to here
CAMERA = Camera(darkest=0.04, smallest=12)


class Verifier(nn.Module):
    """Crops [n, 48, 48] in [0, 255] and evidence [n, 3] -> logits [n] of there being a face."""

    def __init__(self) -> None:
        super().__init__()
        widths = (1, 16, 24, 32, 48, 64)
        layers: list[nn.Module] = []
        for i, (before, after) in enumerate(pairwise(widths)):
            stride = 1 if i == 2 else 2
            layers += [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after)]
            layers += [nn.ReLU()]
        self.body = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * 9, 1))
        self.weigh = nn.Linear(1 + len(EVIDENCE), 1)

    def look(self, crops: Tensor) -> Tensor:
        """What the pixels say alone."""
        spread, mean = torch.std_mean(crops, dim=(1, 2), keepdim=True)
        logits: Tensor = self.body(((crops - mean) / (spread + 3))[:, None])
        return logits[:, 0]

    def forward(self, crops: Tensor, evidence: Tensor) -> Tensor:
        seen = self.look(crops.float()).clamp(-8, 8)
        known = evidence.clamp(-CLIP, CLIP)
        weighed: Tensor = self.weigh(torch.cat([seen[:, None], known], dim=1))
        return weighed[:, 0]


def augment(crops: Tensor, random: torch.Generator) -> Tensor:
    """Shift, scale, rotate, flip and degrade: float [n, 48, 48] in [0, 255], the same shape."""
    n = len(crops)
    uniform = torch.rand(4, n, generator=random) * 2 - 1
    angle, scale = uniform[0] * 0.3, 0.9 + uniform[1] * 0.16  # detectors frame faces tightly, too
    flip = torch.where(torch.rand(n, generator=random) < 0.5, -1.0, 1.0)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = torch.stack([cos * flip, -sin, uniform[2] * 0.12, sin * flip, cos, uniform[3] * 0.12])
    grid = F.affine_grid(rows.T.reshape(n, 2, 3), [n, 1, 48, 48], align_corners=False)
    faces = F.grid_sample(crops[:, None], grid, padding_mode="border", align_corners=False)
    return (CAMERA(faces / 255, random) * 255).round().clamp(0, 255)[:, 0]


def train(faces: UInt8Array, examples: Examples, epochs: int, seed: int = 0) -> Verifier:
    """Train the network, then the weights of the evidence.

    Args:
        faces: uint8 [n, 48, 48], more faces than the examples hold.
        examples: the last fifth, in their order, is for the weights alone.
    """
    torch.manual_seed(seed)
    random = torch.Generator().manual_seed(seed)
    order = np.random.default_rng(seed).permutation(len(examples.labels))
    first = order[: len(order) * 4 // 5]
    rest = order[len(order) * 4 // 5 :]
    crops = torch.from_numpy(np.concatenate([faces, examples.crops[first]]))
    labels = torch.from_numpy(
        np.concatenate([np.ones(len(faces), np.float32), examples.labels[first]])
    )
    model = Verifier()
    rate, size = 3e-3, 256
    steps = epochs * (len(crops) // size)
    optimizer = torch.optim.AdamW(model.body.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    for epoch in range(epochs):
        model.train()
        total = 0.0
        shuffled = torch.randperm(len(crops), generator=random)
        for i in range(steps // epochs):
            rows = shuffled[i * size : (i + 1) * size]
            logits = model.look(augment(crops[rows].float(), random))
            loss = F.binary_cross_entropy_with_logits(logits, labels[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}: loss {total * epochs / steps:.4f}", flush=True)
    model.eval()
    weigh(model, examples, rest)
    return model


def weigh(model: Verifier, examples: Examples, rows: np.ndarray) -> None:
    """Fit the weights of the evidence on these rows."""
    crops = torch.from_numpy(examples.crops[rows])
    labels = torch.from_numpy(examples.labels[rows])
    known = torch.from_numpy(evidence(examples)[rows])
    with torch.no_grad():
        seen = model.look(crops.float()).clamp(-8, 8)
    inputs = torch.cat([seen[:, None], known.clamp(-CLIP, CLIP)], dim=1)
    optimizer = torch.optim.LBFGS(model.weigh.parameters(), max_iter=300)

    def loss() -> float:
        optimizer.zero_grad()
        value = F.binary_cross_entropy_with_logits(model.weigh(inputs)[:, 0], labels)
        value = value + 1e-3 * model.weigh.weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return float(value)

    optimizer.step(loss)  # type: ignore[no-untyped-call]


def evidence(examples: Examples) -> np.ndarray:
    """float32 [n, 3]: the logits of the detectors, and whether the face is turned."""
    turned = (examples.features[:, 2:] != 0).astype(np.float32)
    return np.concatenate([examples.features[:, :2], turned], axis=1)


def export(model: Verifier, path: Path) -> None:
    """Write the network as ONNX, with `crops` and `evidence` in and `logits` out."""
    crops, known = torch.zeros(2, 48, 48, dtype=torch.uint8), torch.zeros(2, len(EVIDENCE))
    batch = {0: torch.export.Dim("n", min=1, max=4096)}
    program = torch.onnx.export(
        model.eval(),
        (crops, known),
        input_names=["crops", "evidence"],
        output_names=["logits"],
        dynamic_shapes={"crops": batch, "evidence": batch},
        dynamo=True,
        external_data=False,
        verbose=False,
    )
    assert program is not None
    proto = program.model_proto
    del proto.metadata_props[:]
    for node in (*proto.graph.node, *proto.graph.value_info, *proto.graph.input):
        del node.metadata_props[:]  # source lines of the exporting machine
        node.doc_string = ""
    onnx.save(proto, path)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faces", type=int, default=14_000, help="of Training, as they are")
    parser.add_argument("--pictures", type=int, default=2000, help="without people")
    parser.add_argument("--photos", type=int, default=1800, help="with a face")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--out", type=Path, default=Path("src/mien/models/verifier.onnx"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    training = without_blanks(load().training)
    examples = collect(
        training.crops, require_folder() / "london-faces", options.pictures, options.photos
    )
    rows = np.random.default_rng(0).choice(len(training), options.faces, replace=False)
    export(train(training.crops[rows], examples, options.epochs), options.out)
    print(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
