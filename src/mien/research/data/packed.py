"""FER2013 in one small file, without loss: easier to take to another computer than the CSV.

Each pixel is predicted from its neighbours to the left and above, as JPEG-LS does (Weinberger et
al. 2000, "The LOCO-I lossless image compression algorithm"); the differences are compressed by
LZMA. `python -m mien.research.data.packed fer2013.csv.gz fer2013.packed` writes such a file, which
is read like the others. The raters' votes stay beside it.
"""

from __future__ import annotations

import io
import lzma
import sys
import zipfile
from pathlib import Path

import numpy as np

from mien.errors import DataError
from mien.support.arrays import UInt8Array
from mien.support.files import write_atomically

SUFFIX = ".packed"


def pack(crops: UInt8Array, labels: UInt8Array, usage: UInt8Array) -> bytes:
    """Arrays -> the content of a file.

    Args:
        crops: uint8 [n, height, width].
        labels, usage: uint8 [n].

    >>> arrays = np.zeros((1, 2, 3), np.uint8), np.array([6], np.uint8), np.array([0], np.uint8)
    >>> all(np.array_equal(a, b) for a, b in zip(unpack(pack(*arrays)), arrays, strict=True))
    True
    """
    pixels = np.ascontiguousarray(crops.transpose(1, 2, 0))
    differences = np.empty_like(pixels)
    for row, column in np.ndindex(*pixels.shape[:2]):
        differences[row, column] = pixels[row, column] - _predict(pixels, row, column)
    by_face = np.ascontiguousarray(differences.transpose(2, 0, 1))
    buffer = io.BytesIO()
    np.savez(buffer, differences=by_face, labels=labels, usage=usage)
    return lzma.compress(buffer.getvalue())


def unpack(content: bytes) -> tuple[UInt8Array, UInt8Array, UInt8Array]:
    """The content of a file -> crops, labels and usage.

    Raises:
        DataError: it is damaged.
    """
    try:
        with np.load(io.BytesIO(lzma.decompress(content)), allow_pickle=False) as stored:
            by_face, labels, usage = (stored[k] for k in ("differences", "labels", "usage"))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, lzma.LZMAError) as e:
        raise DataError("the packed FER2013 is damaged", "pack it again") from e
    pixels = np.ascontiguousarray(by_face.transpose(1, 2, 0))
    for row, column in np.ndindex(*pixels.shape[:2]):
        pixels[row, column] += _predict(pixels, row, column)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)), labels, usage


def _predict(pixels: UInt8Array, row: int, column: int) -> UInt8Array:
    """The median of left, above, and left + above - corner, from the pixels before this one.

    Args:
        pixels: uint8 [height, width, n].
        row, column: of the pixel.
    """
    predicted: UInt8Array = np.zeros(pixels.shape[2], np.uint8)
    if row and column:
        left, above = pixels[row, column - 1], pixels[row - 1, column]
        plane = left.astype(np.int16) + above - pixels[row - 1, column - 1]
        plane = plane.clip(np.minimum(left, above), np.maximum(left, above))
        predicted = plane.astype(np.uint8)
    elif row or column:
        predicted = pixels[row - 1, column] if row else pixels[row, column - 1]
    return predicted


def main(source: str, target: str) -> None:
    """Pack a FER2013 in any form that `fer2013.load` reads."""
    from mien.research.data import fer2013

    data = fer2013.load(Path(source))
    splits = (data.training, data.public, data.private)
    usage = np.repeat(np.arange(len(splits), dtype=np.uint8), [len(split) for split in splits])
    crops, labels = (
        np.concatenate([getattr(split, part) for split in splits]) for part in ("crops", "labels")
    )
    write_atomically(Path(target), pack(crops, labels, usage))


if __name__ == "__main__":
    main(*sys.argv[1:])
