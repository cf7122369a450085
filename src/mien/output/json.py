"""The JSON that leaves mien, as types: the command line and the HTTP API share them.

Each type is one documented shape; the HTTP API decodes it, too, where a client sends it back.
Descriptions and limits end up in the OpenAPI document (`mien.server.openapi`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, TypeAlias
from urllib.parse import quote_plus

import msgspec
from msgspec import Meta, Struct

from mien.catalogue.quantiles import Scale
from mien.catalogue.song import Song
from mien.emotions import EMOTIONS, RATED
from mien.face.expression import Expression
from mien.face.reading import Reading
from mien.face.tracking import EVERYONE, Moment
from mien.listener.opinions import Opinion
from mien.mood import Mood
from mien.recommendation.results import Recommendation, Recommendations
from mien.recommendation.target import expected_mood

MAX_FACES = 200
MAX_FACE_ID = 10**9
MAX_PIXELS = 1e6
MAX_SECONDS = 1e9
MAX_WEIGHT = 1e6

EmotionName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(EMOTIONS)})]
Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Weight: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_WEIGHT)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_SECONDS)]
FaceId: TypeAlias = Annotated[int, Meta(ge=1, le=MAX_FACE_ID)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_FACE_ID)]
FaceChoice: TypeAlias = Literal["room"] | Count | None
"""Whose face counts: a face's number, all of them, or the largest."""

_Offset: TypeAlias = Annotated[float, Meta(ge=-MAX_PIXELS, le=MAX_PIXELS)]
_Side: TypeAlias = Annotated[float, Meta(ge=1, le=MAX_PIXELS)]
Box: TypeAlias = Annotated[
    tuple[_Offset, _Offset, _Side, _Side], Meta(description="x, y, width, height in pixels")
]
ReadingName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(RATED)})]
Label: TypeAlias = Annotated[
    ReadingName | None, Meta(description="the most probable emotion; null: unsure")
]
Contempt: TypeAlias = Annotated[
    Share, Meta(description="the probability of contempt, beside the seven")
]
SecondGuess: TypeAlias = Annotated[
    ReadingName | None, Meta(description="the next most probable emotion, where it is close")
]
_OnCircumplex: TypeAlias = Annotated[float, Meta(ge=-1, le=1)]
Valence: TypeAlias = Annotated[_OnCircumplex, Meta(description="how pleasant the face looks")]
Arousal: TypeAlias = Annotated[_OnCircumplex, Meta(description="how excited the face looks")]
Strength: TypeAlias = Annotated[
    Share, Meta(description="how strong the expression is; near 0 at rest")
]


class ExpressionJson(Struct, frozen=True, forbid_unknown_fields=True):
    """A weight for each emotion, at least one above 0. In answers they are probabilities."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        "anyOf": [{"properties": {emotion: {"exclusiveMinimum": 0}}} for emotion in EMOTIONS]
    }

    angry: Weight
    disgust: Weight
    fear: Weight
    happy: Weight
    sad: Weight
    surprise: Weight
    neutral: Weight


# The limits of a mood are `mien.mood.Mood`'s own; here they are only documented.
class MoodJson(Struct, frozen=True, forbid_unknown_fields=True):
    """What songs should sound like."""

    valence: Annotated[
        float,
        Meta(description="how positive", extra_json_schema={"minimum": 0, "maximum": 1}),
    ]
    energy: Annotated[
        float,
        Meta(description="how intense", extra_json_schema={"minimum": 0, "maximum": 1}),
    ]
    tempo: Annotated[
        float,
        Meta(description="beats per minute", extra_json_schema={"minimum": 1, "maximum": 400}),
    ]


class FaceJson(Struct, frozen=True, forbid_unknown_fields=True):
    """A face in a photo and its expression."""

    box: Box
    score: Annotated[Share, Meta(description="how certain it is that this is a face")]
    expression: ExpressionJson
    label: Label
    confidence: Annotated[Share, Meta(description="the probability of the most probable emotion")]
    contempt: Contempt
    second: SecondGuess
    valence: Valence
    arousal: Arousal
    strength: Strength
    relative: Annotated[
        bool, Meta(description="whether it is relative to the person's neutral face")
    ]


class TrackedFaceJson(Struct, frozen=True, forbid_unknown_fields=True):
    """A face that is tracked from frame to frame; its expression is smoothed."""

    number: Annotated[FaceId, Meta(description="stays the same while the face is tracked")]
    box: Box
    seen: Annotated[Seconds, Meta(description="the time of the last frame that shows it")]
    sure: Annotated[bool, Meta(description="whether it was certain to be a face in any frame")]
    expression: ExpressionJson
    label: Label
    confidence: Share
    contempt: Contempt
    second: SecondGuess
    valence: Valence
    arousal: Arousal
    strength: Strength


class ExpressionMoodJson(Struct, frozen=True, forbid_unknown_fields=True):
    """An expression and the mood that the catalogue has for it."""

    expression: ExpressionJson
    label: Label
    confidence: Share
    contempt: Contempt
    second: SecondGuess
    valence: Valence
    arousal: Arousal
    strength: Strength
    mood: MoodJson


class MomentJson(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known after a frame. Send it back as `before` with the next one."""

    time: Annotated[Seconds, Meta(description="of the frame, in seconds")]
    faces: Annotated[
        list[TrackedFaceJson],
        Meta(
            max_length=MAX_FACES,
            description="those seen now, which have seen = time, and those seen a moment ago; of "
            "each the largest first, but the same one of several that are about as large",
        ),
    ]
    face_id: Annotated[
        FaceChoice,
        Meta(description="whose face counts: its number, room for all, null for the first"),
    ] = msgspec.field(name="whom")
    expression: Annotated[
        ExpressionMoodJson | None, Meta(description="of the face that counts; null: not seen")
    ]
    steady: Annotated[
        ExpressionMoodJson | None,
        Meta(description="the expression to choose songs for: it does not flicker"),
    ]
    away_since: Annotated[
        Seconds | None, Meta(description="since when the expression differs from the steady one")
    ] = msgspec.field(name="away")
    changed: Annotated[bool, Meta(description="whether steady is new")]
    face_count: Annotated[Count, Meta(description="how many faces there have been")] = (
        msgspec.field(name="met")
    )


class LinksJson(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to hear a song. Nothing is requested from there until someone opens a link."""

    spotify: str
    youtube: str


class SongJson(Struct, frozen=True, forbid_unknown_fields=True):
    """A recommended song."""

    rank: Annotated[int, Meta(ge=1, description="1 is best")]
    id: str
    title: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    valence: Share
    energy: Share
    tempo: Annotated[float, Meta(description="beats per minute")]
    score: Annotated[float, Meta(description="the ranking's, with the listener's taste")]
    why: Annotated[str, Meta(description="why it was chosen, in one line")]
    links: LinksJson
    genres_estimated: Annotated[
        bool, Meta(description="whether the genres were heard in the sound, not given by its file")
    ] = False
    album: Annotated[str | None, Meta(description="None if unknown")] = None
    seconds: Annotated[float | None, Meta(description="None if unknown")] = None
    audio: Annotated[
        str | None,
        Meta(description="where its sound is, or null: an address of the server, or a path"),
    ] = None
    cover: Annotated[str | None, Meta(description="where its cover may be, likewise")] = None
    stars: Annotated[int | None, Meta(description="your rating, 1 to 5")] = None
    said: Annotated[str | None, Meta(description="like, dislike or skip: what you last said")] = (
        None
    )


class RecommendationsJson(Struct, frozen=True, forbid_unknown_fields=True):
    """Songs for a mood, best first; or from one mood to another, in order."""

    faces: Annotated[
        list[FaceJson], Meta(description="in the photo, largest first; empty without a photo")
    ]
    mood: Annotated[MoodJson, Meta(description="the target; of a journey, its start")]
    to: Annotated[MoodJson | None, Meta(description="the end of a journey")]
    ranking: str
    songs: list[SongJson]


def expression_json(expression: Expression) -> ExpressionJson:
    """Probabilities to six digits."""
    return ExpressionJson(*(round(float(p), 6) for p in expression.probabilities))


def faces_json(reading: Reading) -> list[FaceJson]:
    """The faces of a photo, largest first."""
    return [
        FaceJson(
            box=_box(seen.face.box),
            score=round(float(seen.face.score), 6),
            relative=seen.is_relative,
            **_shown(seen.expression),
        )
        for seen in reading.faces
    ]


def moment_json(moment: Moment, scale: Scale) -> MomentJson:
    """A moment of a stream.

    Args:
        moment: the moment.
        scale: of the catalogue that songs are chosen from.
    """

    def with_mood(expression: Expression | None) -> ExpressionMoodJson | None:
        if expression is None:
            return None
        mood = mood_json(expected_mood(expression, scale))
        return ExpressionMoodJson(**_shown(expression), mood=mood)

    return MomentJson(
        time=moment.time,
        faces=[
            TrackedFaceJson(
                number=track.number,
                box=_box(track.box),
                seen=track.seen,
                sure=track.sure,
                **_shown(track.expression),
            )
            for track in (*moment.visible, *moment.lost)
        ],
        face_id="room" if moment.face_id == EVERYONE else moment.face_id,
        expression=with_mood(moment.expression),
        steady=with_mood(moment.steady),
        away_since=moment.away_since,
        changed=moment.changed,
        face_count=moment.face_count,
    )


def mood_json(mood: Mood) -> MoodJson:
    """Valence and energy to six digits, tempo to three."""
    return MoodJson(
        round(float(mood.valence), 6), round(float(mood.energy), 6), round(float(mood.tempo), 3)
    )


class SoundAddresses(NamedTuple):
    """Where programs find the sound and the cover of a song, or None."""

    audio: str | None
    cover: str | None


def path_addresses(song: Song) -> SoundAddresses:
    """The path of a song's file, for programs on this machine."""
    return SoundAddresses(None if song.path is None else str(song.path), None)


def recommendations_json(
    recommendations: Recommendations,
    reading: Reading | None = None,
    addresses: Callable[[Song], SoundAddresses] = path_addresses,
    opinions: Mapping[str, Opinion] | None = None,
) -> RecommendationsJson:
    """Recommended songs, with the faces of the photo that they are for.

    Args:
        recommendations: the songs.
        reading: of the photo that they are for, if there is one.
        addresses: where a song's sound is.
        opinions: of the listener, by song.
    """
    end = recommendations.to
    return RecommendationsJson(
        faces=[] if reading is None else faces_json(reading),
        mood=mood_json(recommendations.mood),
        to=None if end is None else mood_json(end),
        ranking=recommendations.ranking,
        songs=[
            _song_json(r, addresses(r.song), (opinions or {}).get(r.song.id, Opinion()))
            for r in recommendations
        ],
    )


def links(song: Song) -> LinksJson:
    """Where to hear a song."""
    words = quote_plus(f"{', '.join(song.artists)} {song.title}")
    spotify_id = len(song.id) == 22 and song.id.isalnum()
    return LinksJson(
        spotify=(
            f"https://open.spotify.com/track/{song.id}"
            if spotify_id
            else f"https://open.spotify.com/search/{words.replace('+', '%20')}"
        ),
        youtube=f"https://www.youtube.com/results?search_query={words}",
    )


def to_line(value: object) -> str:
    """Any of these types, or a dictionary that holds some, as one line of JSON.

    >>> to_line({"path": "me.jpg", "mood": MoodJson(0.5, 0.25, 120.0)})
    '{"path": "me.jpg", "mood": {"valence": 0.5, "energy": 0.25, "tempo": 120.0}}'
    """
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=False)


def _song_json(
    recommendation: Recommendation, addresses: SoundAddresses, opinion: Opinion
) -> SongJson:
    song = recommendation.song
    return SongJson(
        rank=recommendation.rank,
        id=song.id,
        title=song.title,
        artists=song.artists,
        genres=song.genres,
        valence=song.valence,
        energy=song.energy,
        tempo=song.tempo,
        score=round(float(recommendation.score), 9),
        why=recommendation.why,
        links=links(song),
        genres_estimated=song.genres_estimated,
        album=song.album,
        seconds=song.duration,
        audio=addresses.audio,
        cover=addresses.cover,
        stars=opinion.stars,
        said=opinion.said,
    )


def _shown(expression: Expression) -> dict[str, Any]:
    return {
        "expression": expression_json(expression),
        "label": expression.label,
        "confidence": round(float(expression.confidence), 6),
        "contempt": round(float(expression.contempt), 6),
        "second": expression.second,
        "valence": round(expression.valence, 6),
        "arousal": round(expression.arousal, 6),
        "strength": round(expression.strength, 6),
    }


def _box(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x, y, width, height = (round(float(v), 1) for v in box)
    return x, y, width, height
