"""What the networks read in two portraits, for the tests: crops as PNG, numbers as JSON.

python scripts/golden.py    # after a change that is meant to change what is read
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data
from PIL import Image
from skimage.data import astronaut

from mien import ExpressionModel, find_faces
from mien.face.network import NETWORKS, OUTPUTS
from mien.face.photo import load_photo

FOLDER = Path(__file__).parent.parent / "tests" / "golden"


def main() -> None:
    portraits = {
        "grace_hopper": load_photo(get_sample_data("grace_hopper.jpg", asfileobj=False)),
        "astronaut": load_photo(np.asarray(astronaut())),  # type: ignore[no-untyped-call]
    }
    golden = {}
    for portrait, image in portraits.items():
        (face,) = find_faces(image)
        Image.fromarray(face.crop).save(FOLDER / f"{portrait}.png")
        probabilities = {}
        for network in NETWORKS:
            heads = ExpressionModel(network).predict_heads(face.crop[None])
            probabilities[network] = {
                head: {
                    name: round(float(p), 6) for name, p in zip(OUTPUTS[head], rows[0], strict=True)
                }
                for head, rows in heads.items()
            }
        golden[portrait] = {
            "box": [round(v, 4) for v in face.box],
            "eyes": [[round(v, 4) for v in eye] for eye in face.eyes],
            "score": round(face.score, 6),
            "probabilities": probabilities,
        }
    (FOLDER / "expressions.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
