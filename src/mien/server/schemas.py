"""The bodies of requests and responses, as types: they validate, and make the OpenAPI document.

Limits and choices are those of `mien.recommendation.query`; what only HTTP limits is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from mien.catalogue.filters import MAX_POPULARITY, Filter
from mien.listener.feedback import REACTIONS
from mien.mood import Mood
from mien.output.json import (
    EmotionName,
    ExpressionJson,
    FaceJson,
    MoodJson,
    Share,
)
from mien.recommendation.query import (
    DEFAULT_COUNT,
    DEFAULT_FAMILIARITY,
    DEFAULT_POLICY,
    DEFAULT_RANKING,
    FAMILIARITY,
    MAX_SEED,
    RANKINGS,
    Query,
    Subject,
)
from mien.recommendation.query import SUBJECTS as NAMES
from mien.recommendation.target import POLICIES
from mien.server.errors import BadRequestError
from mien.server.faces import CatalogueName, NeutralChoice, expression_of

MAX_SONGS = 100
MAX_NEVER = 500
MAX_PLAYLIST = 1000
MAX_MINUTES = 1e6
MAX_ID_LENGTH = 200

SubjectName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(NAMES)})]
RankingName: TypeAlias = Annotated[str, Meta(extra_json_schema={"enum": list(RANKINGS)})]
SongId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH)]
_Popularity: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_POPULARITY)]
_Minutes: TypeAlias = Annotated[float, Meta(ge=0, le=MAX_MINUTES)]


# Requests


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
    familiarity: Annotated[
        str,
        Meta(
            description="how well known the songs should be",
            extra_json_schema={"enum": list(FAMILIARITY)},
        ),
    ] = DEFAULT_FAMILIARITY
    languages: Annotated[
        tuple[Annotated[str, Meta(pattern="^[A-Za-z]{2}$")], ...],
        Meta(max_length=20, description="ISO 639-1 codes: songs in other languages come later"),
    ] = ()
    to: Annotated[
        SubjectName | MoodJson | None,
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
            familiarity=self.familiarity,
            languages=self.languages,
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


class PhotoRecommendationOptions(RecommendationOptions, frozen=True, kw_only=True):
    """The form beside a photo that songs are for."""

    neutral: NeutralChoice = UNSET


SUBJECTS = ("emotion", "expression", "mood")


class RecommendationRequest(RecommendationOptions, frozen=True, kw_only=True):
    """A request for songs, for exactly one of an emotion, an expression and a mood."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        **RecommendationOptions.schema_rules,
        "oneOf": [{"required": [name]} for name in SUBJECTS],
    }

    emotion: SubjectName | UnsetType = UNSET
    expression: ExpressionJson | UnsetType = UNSET
    mood: MoodJson | UnsetType = UNSET
    contempt: Annotated[
        Share, Meta(description="the probability of contempt, beside the expression")
    ] = 0.0

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
            return expression_of(value, contempt=self.contempt)
        if isinstance(value, MoodJson):
            return _mood(value)
        assert isinstance(value, str)
        return value


NOTHING = "nothing"
"""Said of a song to take all ratings and reactions back."""


class RatingRequest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rating: either stars, or a like, a dislike, a skip, or nothing to take them all back."""

    schema_rules: ClassVar[Mapping[str, Any]] = {
        "oneOf": [
            {"required": [name], "properties": {name: {"not": {"type": "null"}}}}
            for name in ("stars", "said")
        ]
    }

    song: SongId
    stars: Annotated[int, Meta(ge=1, le=5)] | None = None
    said: Annotated[str, Meta(extra_json_schema={"enum": [*REACTIONS, NOTHING]})] | None = None
    ranking: Annotated[RankingName | None, Meta(description="the one that chose the song")] = None
    catalogue: CatalogueName = None

    def __post_init__(self) -> None:
        if (self.stars is None) == (self.said is None):
            raise BadRequestError(
                "a rating is either stars or said",
                f"send stars, 1 to 5, or said: {', '.join(REACTIONS)}, {NOTHING}",
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


def _mood(mood: MoodJson) -> Mood:
    return Mood(mood.valence, mood.energy, mood.tempo)


def _in_order(bounds: tuple[float, float] | None) -> tuple[float, float] | None:
    return None if bounds is None else (min(bounds), max(bounds))
