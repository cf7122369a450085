"""What tells the sound of one file from another's, whatever its name and tags."""

from __future__ import annotations

import hashlib
from itertools import islice
from pathlib import Path

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
    import av

    with av.open(str(path), metadata_errors="ignore") as container:
        stream = container.streams.audio[0]
        seconds = (
            float(stream.duration * stream.time_base)
            if stream.duration and stream.time_base
            else (container.duration or 0) / 1e6
        )
        digest.update(f"{seconds:.0f}".encode())
        for packet in islice(container.demux(stream), _PACKETS):
            digest.update(bytes(packet))
    return digest.hexdigest()
