"""What tells the sound of one file from another's, whatever its name and tags."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

from mien.audio.decoding import length_of, open_sound

_PACKETS = 400
"""About ten seconds of MP3 or AAC."""


def fingerprint(path: Path) -> str:
    """A hash of the first encoded seconds of a file's sound and of its length.

    Tags, covers and the name are no part of it, so that a file that was renamed or tagged again
    keeps its fingerprint. Nothing is decoded.

    Args:
        path: a sound file.

    Raises:
        SoundError: (a subclass) it holds no sound that can be read.
    """
    digest = hashlib.blake2b(digest_size=16)
    with open_sound(path) as (container, stream):
        packets = [bytes(packet) for packet in islice(container.demux(stream), _PACKETS)]
        digest.update(f"{length_of(container, stream):.0f}".encode())
    for packet in packets:
        digest.update(packet)
    return digest.hexdigest()
