"""Every format is decoded, and every bad file is met by its own error."""

from __future__ import annotations

import io
import os
import shutil
import struct
from pathlib import Path

import av
import numpy as np
import pytest
from sounds import ENCODERS, RATE, tone, write_sound

from mien.audio import decoding
from mien.audio.decoding import CENTRES, EXCERPT, decode
from mien.errors import (
    DamagedSoundError,
    EmptySoundError,
    MissingSoundError,
    ProtectedSoundError,
)


def wav(
    samples: bytes, *, kind: int = 1, bits: int = 16, channels: int = 1, size: int = -1
) -> bytes:
    """A WAV file; size is what its header claims of the data."""
    claimed = len(samples) if size < 0 else size
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, RATE, RATE * block, block, bits)
    total = min(claimed + 36, 0xFFFFFFFF)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", total, b"WAVE", b"fmt ", 16)
        + head
        + struct.pack("<4sI", b"data", claimed)
        + samples
    )


@pytest.mark.parametrize("suffix", [*ENCODERS, ".alac.m4a"])
def test_decodes_every_format(suffix: str, tmp_path: Path) -> None:
    encoder = "alac" if "alac" in suffix else None
    found = decode(write_sound(tmp_path / f"a{suffix}", tone(2.0), encoder=encoder))
    (part,) = found.parts
    assert found.duration == pytest.approx(2.0, abs=0.15)
    assert part.shape[0] == 2
    assert part.shape[1] == pytest.approx(2 * decoding.RATE, abs=0.15 * decoding.RATE)
    assert np.sqrt(np.mean(part**2)) == pytest.approx(np.sqrt(np.mean(tone(2.0) ** 2)), rel=0.35)


@pytest.mark.parametrize("suffix", [suffix for suffix in ENCODERS if suffix != ".wma"])
def test_begins_with_the_first_sample_and_not_with_what_an_encoder_put_before(
    suffix: str, tmp_path: Path
) -> None:
    """WMA files do not say what was put before."""
    sound = tone(1.0) * (np.arange(RATE) // 2000 % 2).astype(np.float32)
    (exact,) = decode(write_sound(tmp_path / "exact.wav", sound)).parts
    (part,) = decode(write_sound(tmp_path / f"a{suffix}", sound)).parts
    level, heard = (np.abs(x[0])[: decoding.RATE] for x in (exact, part))
    similar = np.correlate(np.pad(heard, (600, decoding.RATE - len(heard) + 600)), level, "valid")
    assert abs(int(similar.argmax()) - 600) <= 16


@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000, 96_000, 192_000])
def test_every_rate_becomes_one(rate: int, tmp_path: Path) -> None:
    (part,) = decode(write_sound(tmp_path / "a.flac", tone(1.0, rate=rate), rate=rate)).parts
    assert part.shape[1] == pytest.approx(decoding.RATE, abs=200)


@pytest.mark.parametrize(("kind", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64)])
def test_every_depth_of_bits_is_as_loud(kind: int, bits: int, tmp_path: Path) -> None:
    x = tone(1.0).astype(np.float64)
    if kind == 3:
        data = x.astype(f"<f{bits // 8}").tobytes()
    elif bits == 8:
        data = (x * 127 + 128).astype(np.uint8).tobytes()
    elif bits == 24:
        whole = (x * (2**23 - 1)).astype("<i4")
        data = whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    else:
        data = (x * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes()
    path = tmp_path / "a.wav"
    path.write_bytes(wav(data, kind=kind, bits=bits))
    (part,) = decode(path).parts
    assert np.abs(part).max() == pytest.approx(np.abs(x).max(), abs=0.03)


def test_not_a_number_and_infinity_are_silence(tmp_path: Path) -> None:
    x = tone(1.0)
    x[100:200], x[300:400] = np.nan, np.inf
    path = tmp_path / "a.wav"
    path.write_bytes(wav(x.astype("<f4").tobytes(), kind=3, bits=32))
    (part,) = decode(path).parts
    assert np.isfinite(part).all()
    assert np.abs(part).max() <= 1


def test_one_channel_is_as_loud_as_the_same_in_two(tmp_path: Path) -> None:
    one = decode(write_sound(tmp_path / "1.wav", tone(1.0))).parts[0]
    two = decode(write_sound(tmp_path / "2.wav", np.stack([tone(1.0)] * 2))).parts[0]
    assert np.allclose(one, two, atol=1e-3)


def test_a_long_sound_is_heard_in_three_excerpts(tmp_path: Path) -> None:
    """Each excerpt lies where it should: the tone rises with time."""
    seconds = 200
    t = np.arange(seconds * 16_000) / 16_000
    x = (0.5 * np.sin(2 * np.pi * (200 * t + 5 * t**2))).astype(np.float32)
    found = decode(write_sound(tmp_path / "a.flac", x, rate=16_000))
    assert found.duration == pytest.approx(seconds, abs=0.1)
    assert len(found.parts) == len(CENTRES)
    for centre, part in zip(CENTRES, found.parts, strict=True):
        assert part.shape[1] == round(EXCERPT * decoding.RATE)
        crossings = np.count_nonzero(np.diff(np.signbit(part[0]))) / EXCERPT / 2
        assert crossings == pytest.approx(200 + 10 * seconds * centre, rel=0.02)


def test_an_endless_header_ends_with_the_file(tmp_path: Path) -> None:
    data = (tone(2.0) * 32767).astype("<i2").tobytes()
    path = tmp_path / "a.wav"
    path.write_bytes(wav(data, size=0xFFFFFFFF))
    found = decode(path)
    assert found.duration == pytest.approx(2.0, abs=0.2)
    assert sum(part.shape[1] for part in found.parts) <= 2.1 * decoding.RATE


class Endless(io.RawIOBase):
    """A stream that never ends and cannot be sought in, and counts what was read."""

    def __init__(self, block: bytes) -> None:
        super().__init__()
        self.block, self.total = block, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        n = min(len(buffer), len(self.block))
        start = self.total % len(self.block)
        data = (self.block[start:] + self.block[:start])[:n]
        buffer[:n] = data
        self.total += n
        return n


def test_damaged_packets_are_skipped(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mp3", tone(5.0))
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = os.urandom(3000)
    path.write_bytes(data)
    (part,) = decode(path).parts
    assert part.shape[1] > 4 * decoding.RATE


def test_what_is_left_of_a_cut_file_is_heard(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.flac", tone(6.0))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    (part,) = decode(path).parts
    assert 2 * decoding.RATE < part.shape[1] < 5 * decoding.RATE


def test_covers_are_no_sound(tmp_path: Path) -> None:
    path = tmp_path / "cover.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=1)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 32
        for _ in range(2):
            frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(DamagedSoundError, match="no sound"):
        decode(path)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 5000, b"A shopping list.\n" * 300, b"ID3\x04\0\0\0\0\0\0", b"RIFF"]
)
def test_what_is_no_sound_is_damaged(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    path.write_bytes(content)
    with pytest.raises(DamagedSoundError):
        decode(path)


@pytest.mark.parametrize("suffix", [".flac", ".m4a", ".ogg", ".wav"])
def test_a_cut_header_is_damaged(suffix: str, tmp_path: Path) -> None:
    path = write_sound(tmp_path / f"a{suffix}")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(DamagedSoundError):
        decode(path)


def test_a_playlist_opens_no_other_file(tmp_path: Path) -> None:
    secret = write_sound(tmp_path / "secret.mp3")
    path = tmp_path / "song.mp3"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(DamagedSoundError):
        decode(path)


def test_protected_songs_are_recognised(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.m4a")
    path.write_bytes(path.read_bytes().replace(b"mp4a", b"drms", 1))
    with pytest.raises(ProtectedSoundError):
        decode(path)


def test_silence_and_nothing_are_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptySoundError, match="silent"):
        decode(write_sound(tmp_path / "a.flac", np.zeros(RATE, np.float32)))
    path = tmp_path / "b.wav"
    path.write_bytes(wav(b""))
    with pytest.raises((EmptySoundError, DamagedSoundError)):
        decode(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_missing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp3")
    for path in (tmp_path / "none.mp3", tmp_path, tmp_path / "pipe.mp3", Path("/dev/zero")):
        with pytest.raises(MissingSoundError):
            decode(path)


def test_names_that_are_no_text_are_opened(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.flac")
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.flac"))
    shutil.copy(source, path)
    assert decode(path).duration == decode(source).duration


def test_streams_are_decoded(tmp_path: Path) -> None:
    data = write_sound(tmp_path / "a.mp3").read_bytes()
    assert decode(io.BytesIO(data)).duration == pytest.approx(3.0, abs=0.2)


def test_an_endless_stream_is_read_no_further_than_needed(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.mp3", tone(4.0)).read_bytes()
    stream = Endless(source)
    found = decode(stream)  # type: ignore[arg-type]
    assert sum(part.shape[1] for part in found.parts) <= 90 * decoding.RATE


def test_nothing_is_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_sound(tmp_path / "a.mp3")
    data = bytearray(path.read_bytes())
    data[2000:4000] = os.urandom(2000)
    path.write_bytes(data)
    decode(path)
    assert capfd.readouterr() == ("", "")
