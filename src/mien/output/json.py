"""What leaves mien as JSON: the documented shapes, the same on the command line and over HTTP."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote_plus

from mien.catalogue.quantiles import Scale
from mien.catalogue.songs import Song
from mien.face.expression import Expression
from mien.face.reading import Reading
from mien.face.tracking import EVERYONE, Moment
from mien.mood import Mood
from mien.recommendation.results import Recommendations
from mien.recommendation.target import expected_mood


def expression_json(expression: Expression) -> dict[str, Any]:
    """`{"expression": {emotion: p}, "label": emotion or null, "confidence": c, "contempt": p}`"""
    return {
        "expression": {e: round(p, 6) for e, p in expression.as_dict().items()},
        "label": expression.label,
        "confidence": round(expression.confidence, 6),
        "contempt": round(expression.contempt, 6),
    }


def faces_json(reading: Reading) -> list[dict[str, Any]]:
    """One object a face: `box` [x, y, w, h] in pixels, `score`, and the expression."""
    return [
        {
            "box": [round(v, 1) for v in seen.face.box],
            "score": round(seen.face.score, 6),
            **expression_json(seen.expression),
        }
        for seen in reading.faces
    ]


def moment_json(moment: Moment, scale: Scale) -> dict[str, Any]:
    """A moment of a stream: `time`, `faces` (each with `number`, `box`, `seen` and its expression),
    `face_id`, the `expression` that counts and the `steady` one (each with the mood in the
    catalogue,
    or null), `away`, `changed`, `met`. Faces with `seen` = `time` are in the frame."""

    def with_mood(expression: Expression | None) -> dict[str, Any] | None:
        if expression is None:
            return None
        return {**expression_json(expression), "mood": mood_json(expected_mood(expression, scale))}

    return {
        "time": moment.time,
        "faces": [
            {
                "number": track.number,
                "box": [round(v, 1) for v in track.box],
                "seen": track.seen,
                **expression_json(track.expression),
            }
            for track in sorted(moment.tracks, key=lambda t: -t.box[2] * t.box[3])
        ],
        "whom": "room" if moment.face_id == EVERYONE else moment.face_id,
        "expression": with_mood(moment.expression),
        "steady": with_mood(moment.steady),
        "away": moment.away_since,
        "changed": moment.changed,
        "met": moment.face_count,
    }


def mood_json(mood: Mood) -> dict[str, float]:
    """`{"valence": v, "energy": e, "tempo": t}`"""
    return {
        "valence": round(mood.valence, 6),
        "energy": round(mood.energy, 6),
        "tempo": round(mood.tempo, 3),
    }


def recommendations_json(recommendations: Recommendations) -> dict[str, Any]:
    """`{"mood": ..., "to": mood or null, "ranking": name, "songs": [...]}`"""
    return {
        "mood": mood_json(recommendations.mood),
        "to": None if recommendations.to is None else mood_json(recommendations.to),
        "ranking": recommendations.ranking,
        "songs": [
            {
                "rank": r.rank,
                "id": r.song.id,
                "title": r.song.title,
                "artists": list(r.song.artists),
                "genres": list(r.song.genres),
                "valence": r.song.valence,
                "energy": r.song.energy,
                "tempo": r.song.tempo,
                "score": round(r.score, 9),
                "why": r.why,
                "links": links(r.song),
            }
            for r in recommendations
        ],
    }


def answer_json(reading: Reading | None, recommendations: Recommendations) -> dict[str, Any]:
    """The whole answer: `faces` (empty without a photo), `mood`, `to`, `ranking`, `songs`."""
    faces = faces_json(reading) if reading is not None else []
    return {"faces": faces, **recommendations_json(recommendations)}


def links(song: Song) -> dict[str, str]:
    """Where to hear a song. Opening them is the user's choice; nothing is asked for here."""
    words = quote_plus(f"{', '.join(song.artists)} {song.title}")
    spotify_id = len(song.id) == 22 and song.id.isalnum()
    return {
        "spotify": (
            f"https://open.spotify.com/track/{song.id}"
            if spotify_id
            else f"https://open.spotify.com/search/{words.replace('+', '%20')}"
        ),
        "youtube": f"https://www.youtube.com/results?search_query={words}",
    }
