"""The bodies of requests about faces, as types: photos, frames of a stream, a neutral face."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import msgspec
import numpy as np
from msgspec import UNSET, Meta, Struct, UnsetType

from mien.face.expression import Expression
from mien.face.neutral import LARGEST, NeutralFace
from mien.face.tracking import EVERYONE, Moment, Track
from mien.output.json import (
    MAX_FACES,
    Box,
    Count,
    ExpressionJson,
    FaceChoice,
    FaceId,
    Seconds,
    Share,
)
from mien.server.errors import BadRequestError

MAX_FRAMES = 60
MAX_NETWORKS = 8

CatalogueName: TypeAlias = Annotated[str | None, Meta(description="default: the one in use")]
_Odds: TypeAlias = Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
_LogOdds: TypeAlias = tuple[_Odds, _Odds, _Odds, _Odds, _Odds, _Odds, _Odds, _Odds]


class NeutralJson(Struct, frozen=True, forbid_unknown_fields=True):
    """How a person's face reads at rest. The client keeps it; the server does not."""

    frames: Annotated[int, Meta(ge=1, le=MAX_FRAMES, description="it was read from")]
    readings: Annotated[
        dict[str, _LogOdds],
        Meta(
            min_length=1,
            max_length=MAX_NETWORKS,
            description="a network's fingerprint to the log-odds of each emotion against neutral",
        ),
    ]

    @classmethod
    def of(cls, neutral: NeutralFace) -> NeutralJson:
        """From the neutral face."""
        return msgspec.convert({"frames": neutral.frames, "readings": neutral.readings}, cls)

    def face(self) -> NeutralFace:
        """The neutral face."""
        return NeutralFace(self.readings, self.frames)


NeutralChoice: TypeAlias = Annotated[
    NeutralJson | UnsetType,
    Meta(description="the person's neutral face, as POST /api/v1/neutral answered"),
]


class PhotoOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The form beside a photo whose faces are read."""

    neutral: NeutralChoice = UNSET


class NeutralOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """The form beside photos of a neutral face."""

    anyway: Annotated[
        bool, Meta(description="accept a face that moves or shows an emotion, or several faces")
    ] = False


class PreviousFace(Struct, frozen=True):
    """A face of the last frame."""

    number: FaceId
    box: Box
    seen: Seconds
    expression: ExpressionJson
    contempt: Share = 0.0
    sure: bool = True

    def track(self, unsure_below: float) -> Track:
        """The face to go on tracking."""
        expression = expression_of(self.expression, unsure_below, self.contempt)
        return Track(self.number, self.box, expression, self.seen, self.sure)


class PreviousExpression(Struct, frozen=True):
    """An expression of the last frame: of the face that counts, or the steady one."""

    expression: ExpressionJson
    contempt: Share = 0.0


class PreviousMoment(Struct, frozen=True):
    """The moment of the last frame as it was answered; only these fields are used."""

    time: Seconds
    faces: Annotated[list[PreviousFace], Meta(max_length=MAX_FACES)]
    face_count: Count = msgspec.field(name="met")
    face_id: FaceChoice = msgspec.field(name="whom", default=None)
    expression: PreviousExpression | None = None
    steady: PreviousExpression | None = None
    away_since: Seconds | None = msgspec.field(name="away", default=None)

    def moment(self, unsure_below: float) -> Moment:
        """The moment to go on from.

        Args:
            unsure_below: the confidence below which an expression has no label.
        """

        def labelled(previous: PreviousExpression | None) -> Expression | None:
            if previous is None:
                return None
            return expression_of(previous.expression, unsure_below, previous.contempt)

        return Moment(
            self.time,
            tuple(face.track(unsure_below) for face in self.faces),
            face_id=EVERYONE if self.face_id == "room" else self.face_id,
            expression=labelled(self.expression),
            steady=labelled(self.steady),
            away_since=self.away_since,
            face_count=self.face_count,
        )


class MomentForm(Struct, frozen=True, forbid_unknown_fields=True):
    """The form beside a frame."""

    time: Annotated[Seconds, Meta(description="of the frame, in seconds")]
    before: PreviousMoment | UnsetType = UNSET
    neutral: NeutralChoice = UNSET
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


def neutral_of(choice: NeutralJson | UnsetType) -> NeutralFace | None:
    """The neutral face that a request carries."""
    return choice.face() if isinstance(choice, NeutralJson) else None


def expression_of(
    weights: ExpressionJson, unsure_below: float = 0.0, contempt: float = 0.0
) -> Expression:
    """Weights as probabilities, which sum to 1, and the probability of contempt beside them.

    Raises:
        BadRequestError: no weight is above 0.
    """
    values = np.array(msgspec.structs.astuple(weights))
    if not values.any():
        raise BadRequestError("the expression is 0 for every emotion", "send one number above 0")
    return Expression.of(values / values.sum(), unsure_below, contempt)
