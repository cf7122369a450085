"""What a song sounds like, from files of every kind."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
import pytest
from sounds import ENCODERS, RATE, tone, write_sound

from mien.audio.analysis import Sound, analyse
from mien.errors import DamagedSoundError, EmptySoundError, MissingSoundError
from mien.support.arrays import Float32Array


def beat(tempo: float, seconds: float = 20.0) -> Float32Array:
    """Kicks, snares and hi-hats over a bass note, float32 [n]."""
    noise = np.random.default_rng(round(tempo))
    found = 0.05 * np.sin(2 * np.pi * 55 * np.arange(round(seconds * RATE)) / RATE)
    t = np.arange(round(0.15 * RATE)) / RATE
    kick = np.sin(2 * np.pi * 60 * t) * np.exp(-20 * t)
    snare = noise.standard_normal(len(t)) * np.exp(-30 * t)
    hat = 0.4 * noise.standard_normal(len(t)) * np.exp(-120 * t)
    for number in range(int(2 * seconds * tempo / 60)):
        sounds = [hat] if number % 2 else [hat, kick if number % 4 == 0 else snare]
        start = round(number * 30 / tempo * RATE)
        for sound in sounds:
            end = min(len(found), start + len(sound))
            found[start:end] += sound[: max(0, end - start)]
    result: Float32Array = (0.25 * found / np.abs(found).max()).astype(np.float32)
    return result


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sound(tmp_path_factory.mktemp("songs") / "song.flac", beat(120))


@pytest.mark.parametrize("suffix", ENCODERS)
def test_hears_the_same_in_every_format(suffix: str, song: Path, tmp_path: Path) -> None:
    expected = analyse(song)
    found = analyse(write_sound(tmp_path / f"song{suffix}", beat(120)))
    assert found.duration == pytest.approx(20.0, abs=0.2)
    assert found.tempo == pytest.approx(expected.tempo, rel=0.02)
    assert found.loudness == pytest.approx(expected.loudness, abs=0.5)
    assert found.energy == pytest.approx(expected.energy, abs=0.1)
    assert np.exp(found.moods) == pytest.approx(np.exp(expected.moods), abs=0.06)


def test_every_value_is_in_its_range(song: Path) -> None:
    check_ranges(analyse(song))


def check_ranges(sound: Sound) -> None:
    assert 50 <= sound.tempo <= 210
    assert -60 <= sound.loudness <= 0
    for value in (sound.energy, sound.valence):
        assert 0 <= value <= 1
    for estimate in (sound.danceability, sound.acousticness, sound.instrumentalness):
        assert estimate is not None
        assert 0 <= estimate <= 1
    assert sum(math.exp(mood) for mood in sound.moods) == pytest.approx(1)
    assert len(sound.genres) <= 3


@pytest.mark.parametrize("tempo", [66, 90, 128, 174])
def test_hears_the_tempo_up_to_octaves(tempo: int, tmp_path: Path) -> None:
    found = analyse(write_sound(tmp_path / "beat.flac", beat(tempo))).tempo
    assert any(found == pytest.approx(tempo * k, rel=0.04) for k in (0.5, 1, 2))


def test_volume_changes_the_loudness_alone(song: Path, tmp_path: Path) -> None:
    loud, quiet = (
        analyse(song),
        analyse(write_sound(tmp_path / "quiet.flac", beat(120) / np.float32(10))),
    )
    assert quiet.loudness == pytest.approx(loud.loudness - 20, abs=0.5)
    assert quiet.tempo == pytest.approx(loud.tempo, rel=0.01)
    assert quiet.energy == pytest.approx(loud.energy, abs=0.05)
    assert quiet.moods == pytest.approx(loud.moods, abs=0.1)


def test_hears_a_stream_as_it_hears_the_file(song: Path) -> None:
    assert analyse(io.BytesIO(song.read_bytes())) == analyse(song)


def test_hears_the_same_twice(song: Path) -> None:
    assert analyse(song) == analyse(song)


@pytest.mark.parametrize("seconds", [0.02, 0.3, 2.9, 3.1])
def test_hears_short_sounds(seconds: float, tmp_path: Path) -> None:
    check_ranges(analyse(write_sound(tmp_path / "short.wav", tone(seconds))))


def test_silence_at_the_end_changes_no_mood(tmp_path: Path) -> None:
    """A hidden track after minutes of silence is common on albums."""
    music = beat(120, 40)
    silent = np.concatenate([music, np.zeros(100 * RATE, np.float32)])
    found = analyse(write_sound(tmp_path / "silent.flac", silent))
    alone = analyse(write_sound(tmp_path / "alone.flac", music))
    assert found.loudness == pytest.approx(alone.loudness, abs=1)
    assert np.exp(found.moods) == pytest.approx(np.exp(alone.moods), abs=0.1)


def test_channels_that_cancel_each_other_are_heard(tmp_path: Path) -> None:
    left = beat(120)
    check_ranges(analyse(write_sound(tmp_path / "wide.flac", np.stack([left, -left]))))


def test_refuses_what_is_no_sound(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp3"
    text.write_text("This is a list of songs, not a song. " * 50)
    with pytest.raises(DamagedSoundError):
        analyse(text)
    with pytest.raises(MissingSoundError):
        analyse(tmp_path / "none.mp3")
    with pytest.raises(EmptySoundError):
        analyse(write_sound(tmp_path / "silence.flac", np.zeros(RATE, np.float32)))
