"""mien: reads the expression on a face and finds music that fits.

>>> import mien
>>> reading = mien.read("me.jpg")               # doctest: +SKIP
>>> for song in mien.recommend(reading, n=6):   # doctest: +SKIP
...     print(song.song.title, song.why)

Everything is loaded when it is first used, so that importing mien costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mien.catalogue.importing import import_file as import_catalogue
    from mien.catalogue.songs import Catalogue, Song
    from mien.catalogue.store import Store
    from mien.errors import (
        CatalogueError,
        DataError,
        FeedbackError,
        MienError,
        ModelError,
        MoodError,
        NoFaceError,
        PhotoError,
    )
    from mien.expression import EMOTIONS, RATED, Expression, ExpressionModel
    from mien.faces import Face, find_faces
    from mien.feedback import Feedback
    from mien.mood import Mood
    from mien.photo import Limits
    from mien.reading import FaceReading, Reading, read
    from mien.recommender import Recommendation, Recommendations, Recommender, recommend
    from mien.selection import Filter
    from mien.stream import Moment, Steadiness, follow
    from mien.timeline import watch

__version__ = "0.1.0"

__all__ = [
    "EMOTIONS",
    "RATED",
    "Catalogue",
    "CatalogueError",
    "DataError",
    "Expression",
    "ExpressionModel",
    "Face",
    "FaceReading",
    "Feedback",
    "FeedbackError",
    "Filter",
    "Limits",
    "MienError",
    "ModelError",
    "Moment",
    "Mood",
    "MoodError",
    "NoFaceError",
    "PhotoError",
    "Reading",
    "Recommendation",
    "Recommendations",
    "Recommender",
    "Song",
    "Steadiness",
    "Store",
    "find_faces",
    "follow",
    "import_catalogue",
    "read",
    "recommend",
    "watch",
]

_HOMES = {
    "mien.errors": (
        "CatalogueError",
        "DataError",
        "FeedbackError",
        "MienError",
        "ModelError",
        "MoodError",
        "NoFaceError",
        "PhotoError",
    ),
    "mien.expression": ("EMOTIONS", "RATED", "Expression", "ExpressionModel"),
    "mien.faces": ("Face", "find_faces"),
    "mien.feedback": ("Feedback",),
    "mien.mood": ("Mood",),
    "mien.photo": ("Limits",),
    "mien.reading": ("FaceReading", "Reading", "read"),
    "mien.recommender": ("Recommendation", "Recommendations", "Recommender", "recommend"),
    "mien.selection": ("Filter",),
    "mien.stream": ("Moment", "Steadiness", "follow"),
    "mien.timeline": ("watch",),
    "mien.catalogue.songs": ("Catalogue", "Song"),
    "mien.catalogue.store": ("Store",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_RENAMED = {"import_catalogue": ("mien.catalogue.importing", "import_file")}


def __getattr__(name: str) -> Any:
    module, attribute = _RENAMED.get(name, (_HOME_OF.get(name), name))
    if module is None:
        raise AttributeError(f"module 'mien' has no attribute {name!r}")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *(n for n in __all__ if n not in globals())]
