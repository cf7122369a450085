"""Mel bands -> what musicnn hears in them: 50 tags, and more that moods are told from.

musicnn (Pons and Serra, "musicnn: pre-trained convolutional neural networks for music audio
tagging", 2019) was trained twice: on the tags that listeners gave to songs of the Million Song
Dataset, which are shown, and on those of MagnaTagATune. `scripts/port_musicnn.py` made the file of
both networks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mien.audio.spectrum import BANDS
from mien.support.arrays import Float32Array
from mien.support.inference import shared_session

NETWORK = Path(__file__).parent.parent / "models" / "musicnn.onnx"

TAGS = (
    *("rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s"),
    *("alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists"),
    *("classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill"),
    *("instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic"),
    *("experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country"),
    *("easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock"),
    *("60s", "rnb", "indie pop", "sad", "House", "happy"),
)
"""The network's outputs, in the spelling of its training data."""

LAYERS = 450
"""The layer before the tags (200), and the other training's tags (50) and layer (200)."""

PATCH = 187
"""Frames that the network sees at once: three seconds."""

PATCHES = 5
"""Patches of an excerpt, evenly spread."""

_LEVEL = 1.44  # to a root mean square of 0.12, about that of the recordings it was trained on

GENRES = {
    "rock": "rock",
    "pop": "pop",
    "alternative": "alternative",
    "indie": "indie",
    "electronic": "electronic",
    "dance": "dance",
    "alternative rock": "alt-rock",
    "jazz": "jazz",
    "metal": "metal",
    "classic rock": "rock",
    "soul": "soul",
    "indie rock": "indie",
    "electronica": "electronic",
    "folk": "folk",
    "punk": "punk",
    "blues": "blues",
    "hard rock": "hard-rock",
    "ambient": "ambient",
    "Hip-Hop": "hip-hop",
    "country": "country",
    "funk": "funk",
    "electro": "electro",
    "heavy metal": "heavy-metal",
    "Progressive rock": "rock",
    "rnb": "r-n-b",
    "indie pop": "indie-pop",
    "House": "house",
}
"""Tag -> genre, as the Spotify Tracks Dataset calls it. Other tags are moods, decades, voices."""

MOST_GENRES = 3


@dataclass(frozen=True, eq=False)
class Tagged:
    """What the network hears in an excerpt.

    Attributes:
        tags: mean logits of `TAGS`, float32 [50].
        layers: means of `LAYERS`, float32 [450].
    """

    tags: Float32Array
    layers: Float32Array


def tag(bands: Float32Array) -> Tagged:
    """Run the network.

    Args:
        bands: power in mel bands, float32 [n, BANDS], of a sound at a root mean square of 0.1. A
            sound shorter than a patch is repeated.

    Raises:
        ModelError: the file of the network is missing.
    """
    if not len(bands):
        bands = np.zeros((1, BANDS), np.float32)
    if len(bands) < PATCH:
        bands = np.tile(bands, (-(-PATCH // len(bands)), 1))
    starts = np.unique(np.linspace(0, len(bands) - PATCH, PATCHES).astype(int))
    logs = np.log10(1e4 * _LEVEL * bands + 1)
    patches = np.stack([logs[start : start + PATCH] for start in starts]).astype(np.float32)
    session = shared_session(NETWORK)
    # One at a time: together they take 260 MB more, and as long.
    found = [session.run(None, {"patches": patch[None]}) for patch in patches]
    tags, layers = (np.mean([each[i][0] for each in found], axis=0) for i in (0, 1))
    return Tagged(np.asarray(tags, np.float32), np.asarray(layers, np.float32))


def genres_of(tags: Float32Array, least: float) -> tuple[str, ...]:
    """The likeliest genres, at most `MOST_GENRES`, likeliest first.

    Args:
        tags: logits of `TAGS`, float32 [50].
        least: the probability from which on a genre is named.

    >>> tags = np.full(50, -9.0, np.float32)
    >>> tags[[TAGS.index("jazz"), TAGS.index("sad"), TAGS.index("soul")]] = 3, 5, 2
    >>> genres_of(tags, 0.5)
    ('jazz', 'soul')
    """
    chances = 1 / (1 + np.exp(-tags.astype(np.float64)))
    found: dict[str, None] = {}
    for number in np.argsort(-chances):
        if chances[number] < least or len(found) == MOST_GENRES:
            break
        if TAGS[number] in GENRES:
            found[GENRES[TAGS[number]]] = None
    return tuple(found)
