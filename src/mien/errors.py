"""The one family of errors that a user can cause.

Every message is one line that says what is wrong and what to do about it. The command line prints
it as it is; the HTTP API sends it with the class's `code`.
"""

from __future__ import annotations

from typing import ClassVar


class MienError(Exception):
    """Something that the user can put right. `str(error)` is one line."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class PhotoError(MienError):
    """A photograph that cannot be read: missing, empty, damaged, too large, not an image."""

    code = "photo"


class PhotoTooLargeError(PhotoError):
    """A photograph with more bytes or pixels than the limits allow."""

    code = "too_large"


class NoFaceError(MienError):
    """A photograph in which no face was found."""

    code = "no_face"


class CatalogueError(MienError):
    """A song catalogue that cannot be imported, found or used."""

    code = "catalogue"


class NotThereError(CatalogueError):
    """A catalogue, a genre or a song that does not exist."""

    code = "not_there"


class MoodError(MienError):
    """An emotion, a mood or a ranking that does not exist or is out of range."""

    code = "mood"


class FeedbackError(MienError):
    """Feedback that makes no sense, or that cannot be kept."""

    code = "feedback"


class FeedbackFileError(FeedbackError):
    """The file of feedback cannot be read or written."""

    code = "feedback_file"


class DataError(MienError):
    """A data set that is missing or is not in the form that was expected."""

    code = "data"


class ModelError(MienError):
    """A network's weights that are missing or unusable, or input that does not fit them."""

    code = "model"
