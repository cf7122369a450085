"""Clips of music with the quadrant of valence and arousal that AllMusic's editors' moods give them
(Panda, Malheiro, Paiva 2018), and copies of them in other encodings."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mien.research.data.datasets import CLIPS
from mien.support.arrays import Float32Array

QUADRANTS = {"Q1": "happy", "Q2": "angry", "Q3": "sad", "Q4": "calm"}
"""Quadrant -> mood."""


@dataclass(frozen=True)
class Clip:
    """A clip of 30 seconds.

    Attributes:
        path: of the file.
        artist, title: of the song.
        mood: the quadrant's, of `mien.mood.MOODS`.
        genres: AllMusic's.
    """

    path: Path
    artist: str
    title: str
    mood: str
    genres: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """Another encoding of a clip.

    Attributes:
        suffix: of the file.
        encoder: FFmpeg's name.
        rate: samples a second.
        bit_rate: bits a second; None for lossless encoders.
        gain: dB.
        is_delayed: whether an MP3 does not say what its encoder put before the sound, so that
            players play it, too: some 25 ms.
    """

    suffix: str
    encoder: str
    rate: int = 44_100
    bit_rate: int | None = None
    gain: float = 0.0
    is_delayed: bool = False


TRAINED = {
    "mp3": Copy(".mp3", "libmp3lame", bit_rate=128_000, is_delayed=True),
    "aac": Copy(".m4a", "aac", bit_rate=96_000),
    "opus": Copy(".opus", "libopus", 48_000, 64_000),
}
"""The copies from which the model learns, too."""

TESTED = {
    "MP3": Copy(".mp3", "libmp3lame", bit_rate=192_000),
    "AAC": Copy(".m4a", "aac", bit_rate=128_000),
    "Vorbis": Copy(".ogg", "vorbis", 48_000, 192_000),
    "Opus": Copy(".opus", "libopus", 48_000, 96_000),
    "FLAC": Copy(".flac", "flac"),
    "-20 dB": Copy(".flac", "flac", gain=-20.0),
    "22.05 kHz": Copy(".flac", "flac", 22_050),
    "48 kHz": Copy(".flac", "flac", 48_000),
}
"""Other copies, by which stability is measured."""


def load_clips(folder: Path | None = None) -> list[Clip]:
    """The clips that the folder holds.

    Args:
        folder: of the data sets; None: the folder that `MIEN_DATA` names.

    Raises:
        MissingDataError: the table of the clips is missing.
    """
    table = CLIPS.require(folder)
    with table.open(newline="", encoding="utf-8") as file:
        return [
            Clip(
                table.parent / "clips" / line["clip"],
                line["artist"],
                line["title"],
                QUADRANTS[line["quadrant"]],
                tuple(line["genres"].split("; ")),
            )
            for line in csv.DictReader(file)
        ]


def encode_copy(source: Path, copy: Copy, target: Path) -> None:
    """Decode a clip and encode it again.

    Args:
        source: a sound file.
        copy: how it is encoded.
        target: the file to write.
    """
    import av

    header = {"write_xing": "0"} if copy.is_delayed else {}
    with av.open(str(source)) as read, av.open(str(target), "w", options=header) as written:
        # FFmpeg's own Vorbis encoder, the one in PyAV's wheels, knows two channels alone.
        layout = "stereo" if copy.encoder == "vorbis" else "mono"
        options = {"strict": "experimental"}
        stream = written.add_stream(copy.encoder, rate=copy.rate, options=options)
        assert isinstance(stream, av.AudioStream)
        stream.layout = layout
        if copy.bit_rate is not None:
            stream.bit_rate = copy.bit_rate
        stream.codec_context.open()
        floats = av.AudioResampler("fltp", "mono", copy.rate)
        fitting = av.AudioResampler(
            stream.format.name, layout, copy.rate, stream.codec_context.frame_size or 4096
        )
        start = 0
        for frame in (*read.decode(audio=0), None):
            for part in floats.resample(frame):
                samples = part.to_ndarray() * np.float32(10 ** (copy.gain / 20))
                louder = av.AudioFrame.from_ndarray(samples, "fltp", "mono")
                louder.sample_rate, louder.pts = copy.rate, start
                louder.time_base = Fraction(1, copy.rate)
                start += louder.samples
                for packed in fitting.resample(louder):
                    written.mux(stream.encode(packed))
        for packed in fitting.resample(None):
            written.mux(stream.encode(packed))
        written.mux(stream.encode(None))


def hear_clips(clips: list[Clip], copy: Copy | None, workers: int = 1) -> Iterator[Float32Array]:
    """What is measured in each clip, as it lies or in another encoding, in the order of the clips.

    Args:
        clips: n clips.
        copy: how they are encoded first; None: they are not.
        workers: processes.

    Yields:
        The vector of `mien.audio.hearing.Heard`, then the loudness in LUFS; float32 [k + 1].
    """
    paths = [clip.path for clip in clips]
    if workers == 1:
        yield from map(partial(_hear, copy=copy), paths)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(partial(_hear, copy=copy), paths, chunksize=4)


def _hear(path: Path, copy: Copy | None) -> Float32Array:
    if copy is None:
        return hear_file(path)
    with TemporaryDirectory(prefix="mien-") as folder:
        target = Path(folder) / f"copy{copy.suffix}"
        encode_copy(path, copy, target)
        return hear_file(target)


def hear_file(path: Path) -> Float32Array:
    """The mean vector of a file's excerpts, then its loudness in LUFS, float32 [k + 1]."""
    from mien.audio.decoding import decode
    from mien.audio.hearing import hear
    from mien.audio.loudness import loudness

    heard = [hear(part) for part in decode(path).parts]
    vector = np.mean([each.vector for each in heard], axis=0)
    return np.append(vector, loudness([each.power for each in heard])).astype(np.float32)
