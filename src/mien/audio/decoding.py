"""Sound files -> samples, by PyAV: excerpts of a bounded length, whatever the file claims."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from mien.errors import (
    DamagedSoundError,
    EmptySoundError,
    MissingExtraError,
    MissingSoundError,
    ProtectedSoundError,
    SoundError,
)
from mien.support.arrays import Float32Array

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 16_000
"""Samples a second after decoding: what codecs do to music is mostly above 8 kHz."""

EXCERPT = 30.0
"""Seconds of each excerpt."""

CENTRES = (0.2, 0.5, 0.8)
"""Where the excerpts of a longer sound lie, as shares of its length."""

SILENCE = 1e-4
"""A sound that never exceeds this amplitude is silent: -80 dB of full scale."""

# What a file may be; lists of other files and addresses of streams are no sound.
_FORMATS = ",".join(
    [
        *("mp3", "flac", "ogg", "mov", "aac", "loas", "wav", "w64", "aiff", "asf", "ape", "wv"),
        *("matroska", "webm", "mpc", "mpc8", "tta", "dsf", "caf", "amr", "mpegts"),
    ]
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}

_WARMUP = 0.5  # seconds
_PROTECTED = {b"drms", b"enca", b"aavd"}
_ASF_ENCRYPTION = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),  # content encryption object
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),  # extended content encryption object
)


@dataclass(frozen=True, eq=False)
class Excerpts:
    """What is heard of a sound.

    Attributes:
        duration: of the whole sound, seconds.
        parts: excerpts, or all of it where it is short; float32 [2, n] each, in [-1, 1], at `RATE`.
    """

    duration: float
    parts: tuple[Float32Array, ...]


@contextmanager
def open_sound(source: Path | BinaryIO) -> Iterator[tuple[InputContainer, AudioStream]]:
    """Open a file, and find the sound in it.

    Args:
        source: a file, or a stream of bytes that can be read; seeking in it helps.

    Yields:
        The container and its first stream of sound.

    Raises:
        MissingSoundError: there is no such file.
        ProtectedSoundError: only its seller's player may decode it.
        DamagedSoundError: it holds no sound that can be decoded.
        MissingExtraError: PyAV is not installed.
    """
    try:
        import av
        import av.logging
    except ImportError as e:
        raise MissingExtraError("av", "library") from e
    av.logging.set_level(None)
    name = _name(source)
    with _as_input(source) as target:
        try:
            with av.open(target, "r", options=_OPTIONS, metadata_errors="ignore") as container:
                if isinstance(source, Path):
                    _refuse_protected(source, container)
                if not container.streams.audio:
                    raise DamagedSoundError(f"{name} holds no sound", "give a file of sound")
                stream = container.streams.audio[0]
                if stream.codec_context is None:
                    raise DamagedSoundError(
                        f"the sound in {name} is of a kind that cannot be decoded here",
                        "convert it to another format",
                    )
                yield container, stream
        except SoundError:
            raise
        except (av.FFmpegError, ValueError, EOFError) as e:
            if isinstance(e, OSError) and not isinstance(e, av.FFmpegError):
                raise
            raise DamagedSoundError(
                f"{name} holds no sound that can be decoded", "get another copy"
            ) from e


def decode(source: Path | BinaryIO) -> Excerpts:
    """Decode a sound: all of it where it is no longer than three excerpts, else these.

    Args:
        source: a file, or a stream of bytes.

    Raises:
        EmptySoundError: it is silent, or has no length.
        SoundError: as `open_sound` raises it.
    """
    with open_sound(source) as (container, stream):
        length = _stated_length(container, stream)
        whole = EXCERPT * len(CENTRES)
        parts: list[Float32Array] = []
        if length is not None and length > whole:
            for centre in CENTRES:
                part = read_from(container, stream, length * centre - EXCERPT / 2, EXCERPT)
                if part.shape[1]:
                    parts.append(part)
            if len(parts) < len(CENTRES):  # it is shorter than it says, or cannot be sought in
                length, parts = None, []
        if not parts:
            if length is None:
                _rewind(container)
            parts = [read_from(container, stream, 0.0, whole)]
        if length is None:
            length = max(parts[0].shape[1] / RATE, _count(container, stream))
    if not sum(part.shape[1] for part in parts):
        raise EmptySoundError(f"{_name(source)} has no sound in it", "give another file")
    if max(float(np.abs(part).max(initial=0)) for part in parts) < SILENCE:
        raise EmptySoundError(f"{_name(source)} is silent", "give another file")
    return Excerpts(length, tuple(parts))


def length_of(container: InputContainer, stream: AudioStream) -> float:
    """Seconds, as the container says, else as its packets do."""
    length = _stated_length(container, stream)
    return _count(container, stream) if length is None else length


def read_from(
    container: InputContainer,
    stream: AudioStream,
    start: float,
    seconds: float,
    rate: int = RATE,
) -> Float32Array:
    """Decode from a time on.

    Args:
        container, stream: from `open_sound`.
        start: seconds after the first sample; what an encoder put before is no part of the sound.
        seconds: how much is decoded.
        rate: samples a second of the result.

    Returns:
        float32 [2, n], in [-1, 1]; fewer samples where the sound ends or is damaged.
    """
    import av

    # FFmpeg would make one channel 3 dB quieter on its way to two.
    layout = "mono" if stream.codec_context.channels == 1 else "stereo"
    resampler = av.AudioResampler("fltp", layout, rate)
    blocks: list[np.ndarray] = []
    wanted, have, skipped, first = round(seconds * rate), 0, 0, True
    begin = start + _first_time(stream)
    try:
        if start > 0:
            # Decoders need what came before the first sample.
            container.seek(round(max(0.0, begin - _WARMUP) * av.time_base), backward=True)
        for frame in _frames(container, stream):
            if first:
                skipped, first = round((begin - _time_of(frame, begin)) * rate), False
                if skipped < 0:  # it begins later
                    have = min(-skipped, wanted)
                    channels = 1 if layout == "mono" else 2
                    blocks, skipped = [np.zeros((channels, have), np.float32)], 0
            for part in resampler.resample(frame):
                blocks.append(part.to_ndarray())
                have += part.samples
            if have >= wanted + skipped:
                break
        else:
            if not first:
                blocks += [part.to_ndarray() for part in resampler.resample(None)]
    except (av.FFmpegError, ValueError):
        pass  # what came before the damage is heard
    if not blocks:
        return np.empty((2, 0), np.float32)
    samples = np.concatenate(blocks, axis=1)[:, skipped : skipped + wanted]
    if layout == "mono":
        samples = np.repeat(samples, 2, axis=0)
    result: Float32Array = np.clip(np.nan_to_num(samples, posinf=0, neginf=0), -1, 1).astype(
        np.float32
    )
    return result


def _first_time(stream: AudioStream) -> float:
    """When the stream's first sample is played, seconds."""
    if stream.start_time is None or stream.time_base is None:
        return 0.0
    return float(stream.start_time * stream.time_base)


def _time_of(frame: AudioFrame, default: float) -> float:
    """When a frame begins, seconds. Where the container counts in milliseconds, the nearest
    multiple of the frame's length is exact."""
    if frame.time is None or frame.time_base is None:
        return default
    length = frame.samples / frame.sample_rate
    multiple = round(frame.time / length) * length
    return multiple if abs(multiple - frame.time) <= frame.time_base else float(frame.time)


def _rewind(container: InputContainer) -> None:
    import av

    with contextlib.suppress(av.FFmpegError, ValueError):
        container.seek(0)


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Decoded frames; damaged packets are skipped, up to a hundred in a row."""
    import av

    damaged = 0
    for packet in container.demux(stream):
        try:
            yield from packet.decode()
            damaged = 0
        except av.FFmpegError:
            damaged += 1
            if damaged > 100:
                return


def _stated_length(container: InputContainer, stream: AudioStream) -> float | None:
    """Seconds, as the container says, or None where it does not."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _count(container: InputContainer, stream: AudioStream) -> float:
    """Seconds up to the last packet, without decoding; at most a day."""
    import av

    end = 0.0
    try:
        container.seek(0)
        for packet in container.demux(stream):
            if packet.pts is not None and packet.time_base is not None:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            if end > 86_400:
                break
    except av.FFmpegError:
        pass
    return max(0.0, end - _first_time(stream))


@contextmanager
def _as_input(source: Path | BinaryIO) -> Iterator[str | BinaryIO]:
    """What PyAV opens: a path that it can pass on, else an open file."""
    if not isinstance(source, Path):
        if source.seekable():
            source.seek(0)
        yield source
        return
    path = os.path.abspath(source)  # noqa: PTH100 - a relative name may look like an address
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise MissingSoundError(f"{source.name} is not a file", "give a file of sound")
            try:
                path.encode()
            except UnicodeEncodeError:
                yield file
            else:
                yield path
    except IsADirectoryError as e:
        raise MissingSoundError(f"{source.name} is a folder", "give a file of sound") from e
    except OSError as e:
        raise MissingSoundError(
            f"{source.name} cannot be opened ({e.strerror or e})", "check that it is there"
        ) from e


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for its writer


def _refuse_protected(path: Path, container: InputContainer) -> None:
    tags = set()
    for stream in container.streams:
        tag = getattr(stream.codec_context, "codec_tag", None)
        tags.add(tag.encode("latin-1", "replace") if isinstance(tag, str) else tag)
    is_protected = bool(tags & _PROTECTED)
    if container.format.name == "asf":
        with path.open("rb") as file:
            head = file.read(1 << 16)
        is_protected = is_protected or any(mark in head for mark in _ASF_ENCRYPTION)
    if is_protected:
        raise ProtectedSoundError(
            f"{path.name} is protected: only its seller's player may play it",
            "get a copy without protection",
        )


def _name(source: Path | BinaryIO) -> str:
    return source.name if isinstance(source, Path) else "the stream"
