"""Short sound files for tests: tones and clicks, encoded by PyAV."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

RATE = 44_100

ENCODERS = {
    ".mp3": "libmp3lame",
    ".flac": "flac",
    ".ogg": "vorbis",
    ".opus": "libopus",
    ".m4a": "aac",
    ".wav": "pcm_s16le",
    ".aiff": "pcm_s16be",
    ".wma": "wmav2",
}
"""Ending of a file's name -> FFmpeg's name of the encoder."""

_FORMATS = {".m4a": "ipod", ".wma": "asf"}


def tone(seconds: float = 3.0, hertz: float = 440.0, rate: int = RATE) -> npt.NDArray[np.float32]:
    """A chord that swells twice a second, float32 [n], in [-1, 1]."""
    t = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in (1, 1.25, 1.5))
    return (0.2 * chord * (1 + 0.5 * np.sin(4 * np.pi * t))).astype(np.float32)


def write_sound(
    path: Path,
    samples: npt.NDArray[np.float32] | None = None,
    tags: Mapping[str, str] | None = None,
    *,
    rate: int = RATE,
    encoder: str | None = None,
    bit_rate: int | None = 128_000,
) -> Path:
    """Encode samples, float32 [n] or [channels, n], by the ending of the file's name.

    Args:
        path: of the file; its folders are made.
        samples: default: `tone()`.
        tags: FFmpeg's names (`title`, `artist`, `album`, `genre`, `date`, `track`) -> texts.
        rate: samples a second.
        encoder: default: that of `ENCODERS`.
        bit_rate: bits a second, where the encoder has one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = np.atleast_2d(tone(rate=rate) if samples is None else samples)
    name = encoder or ENCODERS[path.suffix]
    if name == "vorbis" and len(samples) == 1:  # FFmpeg's own encoder knows stereo alone
        samples = np.repeat(samples, 2, axis=0)
    options = {"write_id3v2": "1"} if path.suffix == ".aiff" else {}
    layout = "mono" if len(samples) == 1 else "stereo"
    with av.open(str(path), "w", format=_FORMATS.get(path.suffix), options=options) as container:
        container.metadata.update(tags or {})
        out_rate = 48_000 if name == "libopus" else rate
        stream = container.add_stream(name, rate=out_rate, options={"strict": "experimental"})
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        if bit_rate is not None and "pcm" not in name:
            stream.bit_rate = bit_rate
        stream.codec_context.open()
        resampler = av.AudioResampler(
            stream.format.name, layout, out_rate, stream.codec_context.frame_size or 4096
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), "fltp", layout)
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path
