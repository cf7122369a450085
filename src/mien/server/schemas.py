"""The bodies of requests and responses, as types: they validate, and make the OpenAPI document.

Limits and choices are those of `mien.recommendation.query`; what only HTTP limits is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Struct, UnsetType

from mien.catalogue.filters import MAX_POPULARITY, Filter
from mien.face.expression import Expression
from mien.face.tracking import EVERYONE, Moment, Track
from mien.listener.feedback import REACTIONS
from mien.mood import Mood
from mien.output.json import (
    MAX_FACES,
    Box,
    Count,
    EmotionName,
    ExpressionJson,
    FaceChoice,
    FaceId,
    FaceJson,
    MoodJson,
    Seconds,
)
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    MAX_SEED,
    RANKINGS,
    Query,
    Subject,
)
from mien.recommendation.target import POLICIES
from mien.server.errors import BadRequestError

MAX_SONGS = 100
MAX_NEVER = 500
MAX_PLAYLIST = 1000
MAX_MINUTES = 1e6
MAX_ID_LENGTH = 200

RankingName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(RANKINGS)})]
CatalogueName: TypeAlias = Annotated[str | None, Meta(description="default: the one in use")]
SongId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH)]
_Popularity: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_POPULARITY)]
_Minutes: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_MINUTES)]


# Requests


class PhotoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The form beside a photo whose faces are read: nothing."""


class RecommendationOptions(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a request for songs may say beside what they are for."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        "anyOf": [  # a journey has no policy
            {"properties": {"to": {"type": "null"}}},
            {"properties": {"policy": {"const": DEFAULT_POLICY}}},
        ]
    }

    n: Annotated[int, Meta(ge=1, le=MAX_SONGS, description="how many songs")] = DEFAULT_COUNT
    ranking: Annotated[RankingName, Meta(description="how songs are ranked")] = DEFAULT_RANKING
    policy: Annotated[
        str,
        Meta(
            description="what the listener wants with the mood",
            extra_json_schema={"enum": list(POLICIES)},
        ),
    ] = DEFAULT_POLICY
    to: Annotated[
        EmotionName | MoodJson | None,
        Meta(description="a journey to this emotion or mood; not together with a policy"),
    ] = None
    catalogue: CatalogueName = None
    seed: Annotated[
        Annotated[int, Meta(ge=0, le=MAX_SEED)] | None,
        Meta(description="other songs that fit nearly as well, the same for the same seed"),
    ] = None
    genres: Annotated[tuple[str, ...], Meta(description="only songs of any of these")] = ()
    without: Annotated[tuple[str, ...], Meta(description="no songs of these genres")] = ()
    clean: Annotated[bool, Meta(description="no songs that are marked as explicit")] = False
    popularity: Annotated[
        tuple[_Popularity, _Popularity] | None,
        Meta(description="lowest and highest; 0 is obscure, 100 known to everyone"),
    ] = None
    minutes: Annotated[
        tuple[_Minutes, _Minutes] | None, Meta(description="shortest and longest")
    ] = None
    like: Annotated[tuple[str, ...], Meta(description="ids of songs: others near them")] = ()
    never: Annotated[
        tuple[str, ...],
        Meta(max_length=MAX_NEVER, description="ids of songs to leave out, in any version"),
    ] = ()

    def query(self, subject: Subject) -> Query:
        """The request for songs.

        Raises:
            QueryError: (a subclass) there is no such ranking, policy, emotion or mood.
        """
        return Query(
            subject,
            self.n,
            ranking=self.ranking,
            policy=self.policy,
            to=_mood(self.to) if isinstance(self.to, MoodJson) else self.to,
            where=Filter(
                self.genres,
                self.without,
                self.clean,
                _in_order(self.popularity),
                _in_order(self.minutes),
            ),
            like=self.like,
            never=frozenset(self.never),
            seed=self.seed,
            catalogue=self.catalogue,
        )


SUBJECTS = ("emotion", "expression", "mood")


class RecommendationRequest(RecommendationOptions, frozen=True, kw_only=True):
    """A request for songs, for exactly one of an emotion, an expression and a mood."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        **RecommendationOptions.schema_rules,
        "oneOf": [{"required": [name]} for name in SUBJECTS],
    }

    emotion: EmotionName | UnsetType = UNSET
    expression: ExpressionJson | UnsetType = UNSET
    mood: MoodJson | UnsetType = UNSET

    def subject(self) -> Subject:
        """What the songs are for.

        Raises:
            BadRequestError: none or several are given, or the expression is all zeros.
            MoodError: there is no such mood.
        """
        given = [
            value for value in (self.emotion, self.expression, self.mood) if value is not UNSET
        ]
        if len(given) != 1:
            raise BadRequestError(
                f"{len(given)} of {', '.join(SUBJECTS)} are given", "send exactly one of them"
            )
        (value,) = given
        if isinstance(value, ExpressionJson):
            return expression_of(value)
        if isinstance(value, MoodJson):
            return _mood(value)
        assert isinstance(value, str)
        return value


class PreviousFace(Struct, frozen=True):
    """A face of the last frame."""

    number: FaceId
    box: Box
    seen: Seconds
    expression: ExpressionJson

    def track(self, unsure_below: float) -> Track:
        """The face to go on tracking."""
        return Track(self.number, self.box, expression_of(self.expression, unsure_below), self.seen)


class PreviousSteady(Struct, frozen=True):
    """The steady expression of the last frame."""

    expression: ExpressionJson


class PreviousMoment(Struct, frozen=True):
    """The moment of the last frame as it was answered; only these fields are used."""

    time: Seconds
    faces: Annotated[list[PreviousFace], Meta(max_length=MAX_FACES)]
    face_count: Count = msgspec.field(name="met")
    face_id: FaceChoice = msgspec.field(name="whom", default=None)
    steady: PreviousSteady | None = None
    away_since: Seconds | None = msgspec.field(name="away", default=None)

    def moment(self, unsure_below: float) -> Moment:
        """The moment to go on from.

        Args:
            unsure_below: the confidence below which an expression has no label.
        """
        steady = self.steady
        return Moment(
            self.time,
            tuple(face.track(unsure_below) for face in self.faces),
            face_id=EVERYONE if self.face_id == "room" else self.face_id,
            steady=None if steady is None else expression_of(steady.expression, unsure_below),
            away_since=self.away_since,
            face_count=self.face_count,
        )


class MomentForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form beside a frame."""

    time: Annotated[Seconds, Meta(description="of the frame, in seconds")]
    before: PreviousMoment | UnsetType = UNSET
    face: Annotated[
        str,
        Meta(
            pattern="^(room|[0-9]{0,9})$",
            description="whose face counts: its number, room for all, empty for the largest",
        ),
    ] = msgspec.field(name="whom", default="")
    catalogue: CatalogueName = None

    @property
    def face_id(self) -> int | None:
        """As `mien.face.tracking.Moment.face_id`."""
        if not self.face:
            return None
        return EVERYONE if self.face == "room" else int(self.face)


class RatingRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rating: either stars, or a like, a dislike or a skip."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in ("stars", "said")
        ]
    }

    song: SongId
    stars: Annotated[int, Meta(ge=1, le=5)] | None = None
    said: Annotated[str, Meta(extra_json_schema={"enum": list(REACTIONS)})] | None = None
    ranking: Annotated[RankingName | None, Meta(description="the one that chose the song")] = None
    catalogue: CatalogueName = None

    def __post_init__(self) -> None:
        if (self.stars is None) == (self.said is None):
            raise BadRequestError(
                "a rating is either stars or said",
                f"send stars, 1 to 5, or said: {', '.join(REACTIONS)}",
            )
        if self.ranking is not None and self.ranking not in RANKINGS:
            raise BadRequestError(
                f"there is no ranking called {self.ranking!r}", f"use {', '.join(RANKINGS)}"
            )


class CorrectionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """An expression as it was read, and the emotion that the person felt."""

    expression: ExpressionJson
    emotion: EmotionName


class PlaylistRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """The songs of a playlist, by id and in order."""

    songs: Annotated[tuple[str, ...], Meta(min_length=1, max_length=MAX_PLAYLIST)]
    catalogue: CatalogueName = None


# Responses


class FacesResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """The faces in a photo, largest first."""

    faces: list[FaceJson]


class RatingResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """A rating as it was kept."""

    song: str
    stars: int | None
    said: str | None


class OpinionJson(Struct, frozen=True, forbid_unknown_fields=True):
    """A mean opinion score, 1 to 5 stars, with its 95 % interval."""

    mean: float
    low: Annotated[float | None, Meta(description="null where the ratings do not differ")]
    high: Annotated[float | None, Meta(description="null where the ratings do not differ")]
    n: Annotated[int, Meta(description="how many ratings")]


class RatingSummary(Struct, frozen=True, forbid_unknown_fields=True):
    """Mean opinion scores by ranking, and how many songs have an opinion."""

    opinions: dict[str, OpinionJson]
    songs: int


class CorrectionResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """A correction as it was kept."""

    emotion: str


class FeatureRange(Struct, frozen=True, forbid_unknown_fields=True):
    """How a feature spreads over the catalogue's songs."""

    low: float
    median: float
    high: float


class CatalogueEntry(Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue in the list of all."""

    name: str
    songs: int
    source: str
    imported: str
    in_use: bool


class CatalogueResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """A catalogue, and the list of all."""

    name: str
    songs: int
    genres: Annotated[dict[str, int], Meta(description="genre to number of songs")]
    features: dict[str, FeatureRange]
    catalogues: list[CatalogueEntry]


class Health(Struct, frozen=True, forbid_unknown_fields=True):
    """The server is up."""

    status: Literal["ok"]
    version: str


def expression_of(weights: ExpressionJson, unsure_below: float = 0.0) -> Expression:
    """Weights as probabilities, which sum to 1.

    Raises:
        BadRequestError: no weight is above 0.
    """
    values = np.array(msgspec.structs.astuple(weights))
    if not values.any():
        raise BadRequestError("the expression is 0 for every emotion", "send one number above 0")
    return Expression.of(values / values.sum(), unsure_below)


def _mood(mood: MoodJson) -> Mood:
    return Mood(mood.valence, mood.energy, mood.tempo)


def _in_order(bounds: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if bounds is None else (min(bounds), max(bounds))
