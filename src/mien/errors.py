"""Errors that a user can put right: one family, one class a cause.

`message` says what is wrong, `hint` what to do about it. Neither knows how mien is being used: the
command line and the HTTP API add hints of their own (`mien.cli.group`, `mien.server.errors`).
"""

from __future__ import annotations

from typing import ClassVar


class MienError(Exception):
    """Something that the user can put right.

    Args:
        message: what is wrong; one clause without a full stop.
        hint: what to do about it; one clause without a full stop, or nothing.

    Attributes:
        code: the cause as programs read it; the same for ever.
        exit_code: what a command line returns: 2 where the request itself is wrong, else 1.

    >>> error = MienError("the sky is empty", "wait for night")
    >>> error.message, error.hint
    ('the sky is empty', 'wait for night')
    >>> print(error)
    the sky is empty; wait for night.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = _one_line(message)
        self.hint = _one_line(hint)

    def __str__(self) -> str:
        return sentence(self.message, self.hint)


def sentence(message: str, hint: str) -> str:
    """A message and its hint as one line."""
    text = f"{message}; {hint}" if hint else message
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _one_line(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines()).removesuffix(".")


class PhotoError(MienError):
    """A photo that cannot be read: missing, empty, damaged, not an image."""

    code = "photo"


class PhotoTooLargeError(PhotoError):
    """A photo with more bytes or pixels than the limits allow."""

    code = "too_large"


class VideoError(PhotoError):
    """A video or a camera that cannot be read."""

    code = "video"


class NoFaceError(MienError):
    """A photo in which no face was found."""

    code = "no_face"


class CalibrationError(MienError):
    """Photos that cannot serve as a person's neutral face."""

    code = "calibration"


class SeveralFacesError(CalibrationError):
    """Several faces where one person's neutral face is needed."""


class RestlessFaceError(CalibrationError):
    """A face whose expression changes while it should rest."""


class ExpressiveFaceError(CalibrationError):
    """A face with a clear expression where it should rest."""


class NeutralFaceError(MienError):
    """A stored neutral face that cannot be read, or that another network measured."""

    code = "neutral_face"


class NoNeutralFaceError(NeutralFaceError):
    """A neutral face that is wanted and has not been taken."""


class QueryError(MienError):
    """A request for songs that contradicts itself or is out of range."""

    code = "query"
    exit_code = 2


class MoodError(QueryError):
    """An emotion that does not exist, or a mood out of range."""

    code = "mood"


class RankingError(QueryError):
    """A ranking that does not exist, or that the catalogue cannot serve."""

    code = "ranking"


class NoPlaylistsError(RankingError):
    """A ranking needs playlists, and the catalogue has none."""

    code = "no_playlists"


class PolicyError(QueryError):
    """A policy that does not exist."""

    code = "policy"


class FamiliarityError(QueryError):
    """A familiarity that does not exist."""

    code = "familiarity"


class LanguageError(QueryError):
    """What is not the code of a language."""

    code = "language"


class CountError(QueryError):
    """A number of songs that cannot be recommended."""

    code = "count"


class SeedError(QueryError):
    """A seed that is not a whole number of 0 or more."""

    code = "seed"


class FilterError(QueryError):
    """A filter that is out of range, or that no song can pass."""

    code = "filter"


class JourneyError(QueryError):
    """A journey together with a policy, or of no certain length."""

    code = "journey"


class CatalogueError(MienError):
    """A catalogue that cannot be imported, found or used."""

    code = "catalogue"


class SongFileError(CatalogueError):
    """A file of songs that is missing, empty or unreadable."""


class MissingColumnError(CatalogueError):
    """A file of songs that lacks a required column."""


class NoUsableSongError(CatalogueError):
    """A file in which no song has everything that is required."""


class UnplacedSongsError(NoUsableSongError):
    """A file whose songs have no features, none of which is known from elsewhere."""


class CatalogueNameError(CatalogueError):
    """A name that a catalogue cannot have."""


class ReadOnlyCatalogueError(CatalogueError):
    """A change to the starter catalogue, which is part of mien."""


class StaleCatalogueError(CatalogueError):
    """An open catalogue that was closed, removed or replaced."""


class StoreError(CatalogueError):
    """The file of catalogues cannot be read or written."""


class NoSuchDatasetError(CatalogueError):
    """A public data set that mien does not know."""


class DownloadError(CatalogueError):
    """A data set that cannot be downloaded."""


class ChecksumError(CatalogueError):
    """A file that is not the data set that it should be."""


class NotFoundError(CatalogueError):
    """Something that a catalogue lacks."""

    code = "not_there"


class NoSuchCatalogueError(NotFoundError):
    """A catalogue that does not exist."""


class NoSuchGenreError(NotFoundError):
    """A genre that no song of the catalogue has."""


class NoSuchSongError(NotFoundError):
    """A song that is not in the catalogue."""


class NoSuchSoundError(NotFoundError):
    """A sound or a cover that a song does not have."""


class SoundError(MienError):
    """A sound file that cannot be heard."""

    code = "sound"


class MissingSoundError(SoundError):
    """A sound file that is not there, or no file."""


class DamagedSoundError(SoundError):
    """A file that holds no sound that can be decoded."""


class ProtectedSoundError(SoundError):
    """A file that only its seller's player may decode (DRM)."""


class EmptySoundError(SoundError):
    """A file without sound, or with silence alone."""


class LibraryError(MienError):
    """A library of own music that cannot be read or written, or a folder that cannot be one."""

    code = "library"


class PlayerError(MienError):
    """A music server or player that cannot be used."""

    code = "player"


class NoPlayerError(PlayerError):
    """No program that plays sounds is installed."""


class PlayerSettingsError(PlayerError):
    """Addresses and credentials of players that are missing or unusable."""


class PlayerUnreachableError(PlayerError):
    """A player that does not answer."""


class PlayerRefusedError(PlayerError):
    """A player that refuses the credentials or the request."""


class PlayingError(PlayerError):
    """A program that plays sound and fails."""


class FeedbackError(MienError):
    """A rating or another opinion that makes no sense."""

    code = "feedback"


class RatingError(FeedbackError):
    """A rating that is not 1 to 5 stars."""


class ReactionError(FeedbackError):
    """A reaction that does not exist."""


class SongIdError(FeedbackError):
    """A text that cannot be the id of a song."""


class NoSuchRankError(FeedbackError):
    """A rank that the last list does not have."""


class FeedbackFileError(FeedbackError):
    """The file of feedback cannot be read or written."""

    code = "feedback_file"


class HistoryFileError(MienError):
    """A listening history that is missing, damaged, or in a form that mien does not know."""

    code = "history"


class DataError(MienError):
    """A data set that is missing or not in the expected form."""

    code = "data"


class MissingDataError(DataError):
    """A data set that is missing."""


class TrainingError(MienError):
    """A training that cannot start or go on."""

    code = "training"


class ModelError(MienError):
    """A network's weights that are missing or unusable, or input that does not fit them."""

    code = "model"


class MissingExtraError(MienError):
    """A package that an extra of mien installs is missing."""

    code = "missing_extra"

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package} is not installed", f"install it with pip install 'mien[{extra}]'"
        )


class OutputError(MienError):
    """A file that cannot be written."""

    code = "output"


class ServerError(MienError):
    """A server that cannot start as it was asked to."""

    code = "server"
