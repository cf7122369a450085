"""Sizes of the data sets, as the real files have them."""

from __future__ import annotations

STARTER_SONGS = 5_000

SPOTIFY_ROWS, SPOTIFY_SONGS = 114_000, 81_050
"""Rows of the Spotify Tracks Dataset, and songs after cleaning."""

FER2013_SPLITS = (28_709, 3_589, 3_589)
FER2013_BLANKS = 11
FER2013_COPIES = (280, 288)
"""Faces of PublicTest and PrivateTest with an exact copy in Training."""
FER2013_NEAR_COPIES = (703, 729)
"""The same with an exact or near copy."""
FER2013_CLEAR = 3_376
"""Faces of PrivateTest whose raters have a majority for one emotion."""
