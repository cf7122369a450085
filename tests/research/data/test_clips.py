"""Clips of music, and copies of them in other encodings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import av
import numpy as np
import pytest
from sounds import tone, write_sound

from mien.audio.model import sound_model
from mien.errors import MissingDataError
from mien.mood import MOODS
from mien.research.data.clips import TESTED, TRAINED, encode_copy, hear_file, load_clips


def test_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"clips\.csv"):
        load_clips(tmp_path)


@pytest.mark.data
def test_each_mood_has_as_many_clips() -> None:
    clips = load_clips()
    assert Counter(clip.mood for clip in clips) == dict.fromkeys(MOODS, 150)
    assert all(clip.path.is_file() for clip in clips)


@pytest.mark.parametrize("name", [*TRAINED, *TESTED])
def test_copies_sound_as_the_clip(name: str, tmp_path: Path) -> None:
    copy = {**TRAINED, **TESTED}[name]
    source = write_sound(tmp_path / "clip.opus", tone(4.0))
    target = tmp_path / f"copy{copy.suffix}"
    encode_copy(source, copy, target)
    with av.open(str(target)) as container:
        stream = container.streams.audio[0]
        assert stream.rate == copy.rate
        assert container.duration == pytest.approx(4e6, abs=2e5)
    original, again = hear_file(source), hear_file(target)
    assert len(original) == len(sound_model().mean) + 1
    expected = original[-1] + copy.gain - (3.0 if copy.encoder == "vorbis" else 0)
    assert again[-1] == pytest.approx(expected, abs=0.5)
    one, other = (sound_model().quadrants(v[None, :-1]) for v in (original, again))
    assert np.abs(one - other).max() < 1
