"""Sound files as browsers play them: which they play as they are, and the others as WAV, in pieces.

WAV needs no encoder, every browser plays it, and each byte of it belongs to a known moment, so that
any piece can be made alone: nothing is stored, and seeking costs what a second of playing costs.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from mien.audio.decoding import length_of, open_sound, read_from

WAV_RATE = 44_100
"""Samples a second, in two channels of 16 bits."""

_FRAME = 4  # bytes
_HEADER = 44
_LARGEST = 0xFFFFFFFF - 1024

_PLAYED = {
    ("mp3", "mp3"): "audio/mpeg",
    ("aac", "aac"): "audio/aac",
    ("flac", "flac"): "audio/flac",
    ("ogg", "vorbis"): "audio/ogg",
    ("ogg", "opus"): "audio/ogg",
    ("ogg", "flac"): "audio/ogg",
    ("mov", "aac"): "audio/mp4",
    ("mov", "mp3"): "audio/mp4",
    ("matroska", "opus"): "audio/webm",
    ("matroska", "vorbis"): "audio/webm",
    ("wav", "pcm_s16le"): "audio/wav",
    ("wav", "pcm_u8"): "audio/wav",
    ("wav", "pcm_s24le"): "audio/wav",
    ("wav", "pcm_f32le"): "audio/wav",
}
"""Container and codec, as FFmpeg calls them -> media type that browsers play."""


def media_type(source: Path | BinaryIO) -> str | None:
    """The media type of a file that browsers play as it is; None for others.

    Raises:
        SoundError: (a subclass) it holds no sound that can be decoded.
    """
    with open_sound(source) as (container, stream):
        names = container.format.name.split(",")
        codec = stream.codec_context.name.removesuffix("float")
        return next((_PLAYED[n, codec] for n in names if (n, codec) in _PLAYED), None)


def wav_size(source: Path | BinaryIO) -> int:
    """The bytes of the file as WAV.

    Raises:
        SoundError: (a subclass) it holds no sound that can be decoded.
    """
    with open_sound(source) as (container, stream):
        frames = round(length_of(container, stream) * WAV_RATE)
    return _HEADER + min(frames * _FRAME, _LARGEST)


def wav_piece(source: Path | BinaryIO, start: int, end: int, size: int) -> bytes:
    """Bytes of the file as WAV; silence where it ends before its length, or is damaged.

    Args:
        source: a file, or an open one.
        start, end: of the piece, 0 <= start < end <= size; memory grows with the difference.
        size: from `wav_size`.

    Raises:
        SoundError: (a subclass) it holds no sound that can be decoded.
    """
    head = _header(size - _HEADER)[start:end]
    first = max(0, start - _HEADER) // _FRAME
    last = -(-max(0, end - _HEADER) // _FRAME)
    if last <= first:
        return head
    with open_sound(source) as (container, stream):
        samples = read_from(
            container, stream, first / WAV_RATE, (last - first) / WAV_RATE, WAV_RATE
        )
    frames = np.zeros((last - first, 2), "<i2")
    heard = samples[:, : last - first].T
    frames[: len(heard)] = np.round(np.clip(heard, -1, 1) * 32767)
    skipped = max(0, start - _HEADER) - first * _FRAME
    return (head + frames.tobytes()[skipped:])[: end - start]


def _header(data: int) -> bytes:
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        data + _HEADER - 8,
        b"WAVE",
        b"fmt ",
        16,
        1,
        2,
        WAV_RATE,
        WAV_RATE * _FRAME,
        _FRAME,
        16,
        b"data",
        data,
    )
