from .catalogue.filters import Filter
from .catalogue.importing import import_catalogue
from .catalogue.song import Song
from .catalogue.songs import Catalogue
from .catalogue.store import Store
from .emotions import EMOTIONS, RATED
from .errors import (
    CalibrationError,
    CatalogueError,
    DataError,
    FeedbackError,
    MienError,
    ModelError,
    MoodError,
    NeutralFaceError,
    NoFaceError,
    PhotoError,
)
from .face.calibrating import calibrate
from .face.detection import Face, find_faces
from .face.expression import Expression
from .face.network import ExpressionModel
from .face.neutral import NeutralFace
from .face.photo import Limits
from .face.reading import FaceReading, Reading, read
from .face.tracking import Moment, Steadiness, follow
from .face.watching import watch
from .listener.feedback import Feedback
from .mood import Mood
from .recommendation.recommender import Recommender, recommend
from .recommendation.results import Recommendation, Recommendations

__version__: str

__all__ = [
    "EMOTIONS",
    "RATED",
    "CalibrationError",
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
    "NeutralFace",
    "NeutralFaceError",
    "NoFaceError",
    "PhotoError",
    "Reading",
    "Recommendation",
    "Recommendations",
    "Recommender",
    "Song",
    "Steadiness",
    "Store",
    "calibrate",
    "find_faces",
    "follow",
    "import_catalogue",
    "read",
    "recommend",
    "watch",
]
