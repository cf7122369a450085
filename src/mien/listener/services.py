"""Exported listening histories -> plays: the formats of Spotify, Last.fm and ListenBrainz.

Files are recognised by their content. Only the fields that count are decoded, so that a history of
hundreds of thousands of plays takes a second or two.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Struct, field

from mien.errors import HistoryFileError

MIN_SECONDS = 30
"""Plays that are shorter, of which the service tells it, do not count."""

FORMS = "an export of Spotify, Last.fm or ListenBrainz, or a folder of music"
"""What can be imported, in words."""

_SPOTIFY, _LASTFM, _LISTENBRAINZ = "spotify", "lastfm", "listenbrainz"
_DATES = ("%d %b %Y %H:%M", "%d %b %Y, %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
_ARTIST = ("artist", "artist name", "artist_name", "artistname")
_TITLE = ("track", "title", "track name", "track_name", "trackname", "song", "name")
_TIME = ("uts", "timestamp", "date", "time", "utc_time", "datetime", "date_time", "listened_at")

Form = TypeVar("Form")


class Play(NamedTuple):
    """A song that somebody played or keeps.

    Attributes:
        artist, title: as the file spells them.
        time: in seconds since 1970, or None if unknown.
        saved: whether it is kept (liked, or owned) rather than played.
    """

    artist: str
    title: str
    time: float | None = None
    saved: bool = False


def read_plays(name: str, content: bytes) -> tuple[str, Iterator[Play]]:
    """The service that wrote a file, and the plays in it that count.

    Args:
        name: of the file, for messages; the suffix `.csv` tells CSV from JSON.
        content: of the file.

    Raises:
        HistoryFileError: it is not a listening history, or damaged. The plays may raise it, too.
    """
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        return _LASTFM, _read_csv(name, content)
    for mark, service, reader in _MARKS:
        if mark in content:
            return service, reader(name, content)
    if not content.strip():
        raise HistoryFileError(f"{name} is empty", f"give {FORMS}")
    raise HistoryFileError(f"{name} is not a listening history that mien knows", f"give {FORMS}")


class _AccountPlay(Struct, gc=False):
    """An entry of `StreamingHistory_music_0.json`."""

    artist: str = field(name="artistName")
    title: str = field(name="trackName")
    milliseconds: float = field(name="msPlayed")
    time: str = field(name="endTime", default="")


class _ExtendedPlay(Struct, gc=False):
    """An entry of `Streaming_History_Audio_2020_0.json`; podcasts have no names of tracks."""

    milliseconds: float = field(name="ms_played")
    time: str = field(name="ts", default="")
    artist: str | None = field(name="master_metadata_album_artist_name", default=None)
    title: str | None = field(name="master_metadata_track_name", default=None)
    skipped: bool | int | None = None


class _SavedTrack(Struct, gc=False):
    artist: str
    title: str = field(name="track")


class _Library(Struct):
    """`YourLibrary.json`."""

    tracks: list[_SavedTrack]


class _LastFm(Struct, gc=False):
    """Any object in a file of user.getRecentTracks: pages, one page, a track, an artist, a date."""

    recenttracks: _LastFm | None = None
    scrobbles: list[_LastFm] = []
    track: list[_LastFm] | _LastFm | str = ""
    artist: _LastFm | str = ""
    name: str = ""
    text: str = field(name="#text", default="")
    date: _LastFm | str | float | None = None
    uts: str | float | None = None


class _Metadata(Struct, gc=False):
    artist: str = field(name="artist_name", default="")
    title: str = field(name="track_name", default="")


class _Listen(Struct, gc=False):
    """A listen, or a recording that is loved (a score of 1) or hated (-1)."""

    metadata: _Metadata | None = field(name="track_metadata", default=None)
    time: float | None = field(name="listened_at", default=None)
    score: int | None = None


class _Payload(Struct):
    listens: list[_Listen]


class _Response(Struct):
    """An answer of ListenBrainz's API."""

    payload: _Payload


def _read_account(name: str, content: bytes) -> Iterator[Play]:
    for play in _decode(name, content, list[_AccountPlay]):
        if play.milliseconds >= MIN_SECONDS * 1000:
            yield Play(play.artist, play.title, _parse_time(play.time))


def _read_extended(name: str, content: bytes) -> Iterator[Play]:
    for play in _decode(name, content, list[_ExtendedPlay]):
        long_enough = play.milliseconds >= MIN_SECONDS * 1000
        if play.title and play.artist and long_enough and not play.skipped:
            yield Play(play.artist, play.title, _parse_time(play.time))


def _read_library(name: str, content: bytes) -> Iterator[Play]:
    for track in _decode(name, content, _Library).tracks:
        yield Play(track.artist, track.title, saved=True)


def _read_lastfm(name: str, content: bytes) -> Iterator[Play]:
    if content.lstrip()[:1] == b"[":
        return _lastfm_plays(_decode(name, content, list[_LastFm]))
    return _lastfm_plays([_decode(name, content, _LastFm)])


def _lastfm_plays(objects: Iterable[_LastFm]) -> Iterator[Play]:
    for each in objects:
        if each.recenttracks is not None:
            yield from _lastfm_plays([each.recenttracks])
        yield from _lastfm_plays(each.scrobbles)
        if isinstance(each.track, list):
            yield from _lastfm_plays(each.track)
        elif isinstance(each.track, _LastFm):  # a page of one
            yield from _lastfm_plays([each.track])
        elif each.artist and each.date is not None:  # what is playing now has no date
            artist = each.artist
            date = each.date.uts if isinstance(each.date, _LastFm) else each.date
            yield Play(
                artist if isinstance(artist, str) else artist.text or artist.name,
                each.track or each.name,
                _parse_time(str(date)),
            )


def _read_listens(name: str, content: bytes) -> Iterator[Play]:
    if name.lower().endswith(".jsonl"):
        listens: Iterable[_Listen] = _decode_lines(name, content)
    elif b'"payload"' in content:
        listens = _decode(name, content, _Response).payload.listens
    else:
        listens = _decode(name, content, list[_Listen])
    for listen in listens:
        if listen.metadata is not None and (listen.score is None or listen.score > 0):
            saved = listen.score is not None
            time = None if saved else listen.time
            yield Play(listen.metadata.artist, listen.metadata.title, time, saved)


def _decode_lines(name: str, content: bytes) -> Iterator[_Listen]:
    decode = msgspec.json.Decoder(_Listen).decode
    for number, line in enumerate(io.BytesIO(content), 1):
        if line.strip():
            try:
                yield decode(line)
            except msgspec.MsgspecError as e:
                raise _damaged(name, f"line {number}: {e}") from e


_MARKS: tuple[tuple[bytes, str, Callable[[str, bytes], Iterator[Play]]], ...] = (
    (b'"master_metadata_track_name"', _SPOTIFY, _read_extended),
    (b'"endTime"', _SPOTIFY, _read_account),
    (b'"track_metadata"', _LISTENBRAINZ, _read_listens),
    (b'"recording_msid"', _LISTENBRAINZ, _read_listens),
    (b'"recording_mbid"', _LISTENBRAINZ, _read_listens),
    (b'"recenttracks"', _LASTFM, _read_lastfm),
    (b'"scrobbles"', _LASTFM, _read_lastfm),
    (b'"uts"', _LASTFM, _read_lastfm),
    (b'"tracks"', _SPOTIFY, _read_library),
)
"""Text that only files of one form contain -> service, reader."""


def _read_csv(name: str, content: bytes) -> Iterator[Play]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise HistoryFileError(f"{name} is not text in UTF-8", "save it as CSV in UTF-8") from e
    start = text[: text.find("\n") + 1 or None]
    delimiter = max(",;\t", key=start.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        first = next((row for row in rows if row), None)
        if first is None:
            raise HistoryFileError(f"{name} is empty", f"give {FORMS}")
        header = [cell.split("#")[0].strip().lower() for cell in first]
        columns = tuple(_find(header, names) for names in (_ARTIST, _TITLE, _TIME))
        if columns[0] is None or columns[1] is None:
            columns = _without_header(name, first)
            yield from _csv_play(first, columns)
        for row in rows:
            yield from _csv_play(row, columns)
    except csv.Error as e:
        raise _damaged(name, str(e)) from e


def _find(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _without_header(name: str, row: list[str]) -> tuple[int, int, int]:
    """The columns of artist, title and time: `artist,album,title,date` as one well-known exporter
    writes them, `date,time,artist,title` as another."""
    if len(row) == 4 and _parse_time(row[0]) is not None:
        return 2, 3, 0
    if len(row) == 4 and _parse_time(row[3]) is not None:
        return 0, 2, 3
    if len(row) == 3 and _parse_time(row[2]) is not None:
        return 0, 1, 2
    raise HistoryFileError(
        f"{name} has no columns for artist and title",
        "give a CSV file whose first line names the columns artist, track and date",
    )


def _csv_play(row: list[str], columns: tuple[int | None, ...]) -> Iterator[Play]:
    artist, title, time = columns
    assert artist is not None
    assert title is not None
    if len(row) > max(artist, title):  # what is playing now has no date, and a row too few cells
        when = row[time] if time is not None and time < len(row) else ""
        if when.strip() or time is None:
            at = _parse_time(f"{when} {row[1]}") if columns == (2, 3, 0) else _parse_time(when)
            yield Play(row[artist], row[title], at)


def _parse_time(text: str) -> float | None:
    """Seconds since 1970 of a date, in UTC unless it says otherwise; None where it is none.

    >>> _parse_time("26 Jan 2021 17:01") == _parse_time("2021-01-26T17:01:00Z") == 1611680460
    True
    """
    text = text.strip()
    try:
        seconds = float(text)
        return seconds / 1000 if seconds > 1e11 else seconds  # some exporters write milliseconds
    except ValueError:
        pass
    try:
        return _seconds(datetime.fromisoformat(text))
    except ValueError:
        pass
    for form in _DATES:
        try:
            return _seconds(datetime.strptime(text, form))
        except ValueError:
            continue
    return None


def _seconds(time: datetime) -> float:
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _decode(name: str, content: bytes, form: type[Form]) -> Form:
    try:
        return msgspec.json.decode(content, type=form)
    except msgspec.MsgspecError as e:
        raise _damaged(name, str(e)) from e


def _damaged(name: str, why: str) -> HistoryFileError:
    return HistoryFileError(f"{name} cannot be read ({why})", "export it again")
