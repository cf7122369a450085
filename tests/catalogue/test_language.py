"""The language of well-known songs, and that English ones are not called foreign."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue
from mien.catalogue.language import find_languages
from mien.catalogue.language_words import LANGUAGES

TOLD = (
    # language, artist, title, genre
    ("ja", "YOASOBI", "アイドル", ""),
    ("ja", "宇多田ヒカル", "花束を君に", ""),
    ("ja", "米津玄師", "感電", "j-pop"),
    ("ko", "아이유", "밤편지", ""),
    ("zh", "周杰倫", "七里香", "mandopop"),
    ("zh", "陳奕迅", "富士山下", ""),
    ("ru", "Кино", "Группа крови", ""),
    ("uk", "Океан Ельзи", "Обійми", ""),
    ("fa", "ابی", "پیچک", ""),
    ("ar", "فيروز", "نسم علينا الهوا", ""),
    ("he", "שלמה ארצי", "תתארו לכם", ""),
    ("el", "Χάρις Αλεξίου", "Όλα σε θυμίζουν", ""),
    ("th", "บอดี้สแลม", "แสงสุดท้าย", ""),
    ("hi", "लता मंगेशकर", "लग जा गले", ""),
    ("es", "Luis Fonsi", "Despacito", "latino"),
    ("es", "Bad Bunny", "Tití Me Preguntó", "reggaeton"),
    ("es", "Maná", "Rayando el Sol", "latin"),
    ("es", "Mercedes Sosa", "Gracias a la vida", "folk"),
    ("es", "Carlos Gardel", "El día que me quieras", "tango"),
    ("es", "Natalia Lafourcade", "Hasta la Raíz", "latin"),
    ("es", "Los Prisioneros", "¿Por Qué No Se Van?", "hardcore"),
    ("pt", "Roberto Carlos", "Detalhes", "mpb"),
    ("pt", "Elis Regina", "Como Nossos Pais", "mpb"),
    ("pt", "Legião Urbana", "Quase Sem Querer", "brazil"),
    ("pt", "Michel Teló", "Ai Se Eu Te Pego", "sertanejo"),
    ("pt", "Mc Kevin", "Não Vou Parar Você", "funk"),
    ("fr", "Édith Piaf", "Non, je ne regrette rien", ""),
    ("fr", "Joe Dassin", "Les Champs-Élysées", "french"),
    ("fr", "Indila", "Tourner Dans Le Vide", "french"),
    ("it", "Adriano Celentano", "Il ragazzo della via Gluck", ""),
    ("de", "Rammstein", "Du hast", "german"),
    ("de", "Xavier Naidoo", "Ich kenne nichts (das so schön ist wie du)", ""),
    ("de", "Die Ärzte", "Schrei nach Liebe", "german"),
    ("sv", "Håkan Hellström", "Du är snart där", "swedish"),
    ("sv", "Veronica Maggio", "Jag kommer", "swedish"),
    ("tr", "Tarkan", "Şımarık", "turkish"),
    ("tr", "Sezen Aksu", "Hadi Bakalım", "turkish"),
    ("id", "Afgan", "Terima Kasih Cinta", "malay"),
    ("hi", "Arijit Singh", "Tum Hi Ho", "indian"),
    ("ta", "A.R. Rahman", "Kadhal Rojave", "tamil"),
    ("nl", "Hang Youth", "IK BETAAL ME STUFI NIET TERUG", "hardcore"),
    ("ja", "BLACKPINK", "DDU-DU DDU-DU - Japanese Version", "k-pop"),
    ("en", "RADWIMPS", "Sparkle - English Version", "j-rock"),
    ("es", "Enrique Iglesias", "Bailando - Spanish Version", "latin"),
)

UNTOLD = (
    ("Coldplay", "Viva La Vida", "rock"),
    ("Queen", "Bohemian Rhapsody", "rock"),
    ("Madonna", "La Isla Bonita", "pop"),
    ("Shakira", "Hips Don't Lie (feat. Wyclef Jean)", "latin"),
    ("Shakira", "La La La (Brazil 2014)", "latin"),
    ("ABBA", "Mamma Mia", "swedish"),
    ("ABBA", "Take A Chance On Me", "swedish"),
    ("Roxette", "The Look", "swedish"),
    ("Scorpions", "Still Loving You", "german"),
    ("Zedd", "Done With Love", "german"),
    ("David Guetta", "Titanium (feat. Sia)", "french"),
    ("Daft Punk", "One More Time", "french"),
    ("Weezer", "El Scorcho", "rock"),
    ("Marty Robbins", "El Paso", "country"),
    ("ZZ Top", "La Grange", "rock"),
    ("Beyoncé", "Déjà Vu (feat. Jay-Z)", "pop"),
    ("Shawn Mendes", "Señorita", "pop"),
    ("Doris Day", "Que Sera, Sera", "pop"),
    ("Motörhead", "Ace of Spades", "metal"),
    ("Blue Öyster Cult", "(Don't Fear) The Reaper", "rock"),
    ("Sepultura", "Roots Bloody Roots", "brazil"),
    ("Die Antwoord", "Ugly Boy", "hip-hop"),
    ("Wings", "Live and Let Die", "rock"),
    ("The Cranberries", "Ode To My Family", "rock"),
    ("Simon & Garfunkel", "El Condor Pasa (If I Could)", "folk"),
)


def table(*songs: tuple[str, str, str]) -> pl.DataFrame:
    """A table of songs by artist, title and genre."""
    return pl.DataFrame(
        {
            "artists": [[artist] for artist, _, _ in songs],
            "title": [title for _, title, _ in songs],
            "genres": [[genre] if genre else [] for _, _, genre in songs],
        },
        schema_overrides={"genres": pl.List(pl.String)},
    )


def told(songs: pl.DataFrame) -> list[str | None]:
    return [LANGUAGES[code] if code >= 0 else None for code in find_languages(songs).tolist()]


@pytest.mark.parametrize("song", TOLD, ids=lambda song: f"{song[2]}, {song[1]}")
def test_languages_that_title_and_genre_tell(song: tuple[str, str, str, str]) -> None:
    language, *rest = song
    assert told(table((rest[0], rest[1], rest[2]))) == [language]


@pytest.mark.parametrize("song", UNTOLD, ids=lambda song: f"{song[1]}, {song[0]}")
def test_songs_in_english_are_not_called_foreign(song: tuple[str, str, str]) -> None:
    assert told(table(song)) == [None]


def test_titles_that_tell_nothing_follow_the_artist() -> None:
    songs = table(
        ("Rammstein", "Du hast", "german"),
        ("Rammstein", "Ich will", "german"),
        ("Rammstein", "Ich tu dir weh", "german"),
        ("Rammstein", "Mein Herz brennt", "german"),
        ("Rammstein", "Sonne", "german"),
        ("Rammstein", "Stripped", "german"),
    )
    assert told(songs)[4] == "de"
    assert told(songs.slice(4, 1)) == [None]


def test_an_artist_who_sings_in_english_outweighs_a_title() -> None:
    english = [("Michael Bublé", title, "j-pop") for title in ("Feeling Good", "Call Me", "Home")]
    jazz = [("Michael Bublé", "Come Fly With Me", "jazz")] * 3
    assert told(table(*english, *jazz)) == [None] * 6
    korean = [("BTS", title, "k-pop") for title in ("Spring Day", "Blood Sweat & Tears", "봄날")]
    assert told(table(*korean)) == ["ko"] * 3


def test_instrumental_songs_have_no_language() -> None:
    songs = table(
        ("久石譲", "人生のメリーゴーランド", "anime"), ("久石譲", "となりのトトロ", "anime")
    )
    songs = songs.with_columns(instrumentalness=pl.Series([0.9, 0.0]))
    assert told(songs) == [None, "ja"]


def test_any_column_may_be_missing() -> None:
    assert told(pl.DataFrame({"genres": [["k-pop"]]})) == [None]
    assert told(pl.DataFrame({"title": ["Группа крови", None]})) == ["ru", None]
    assert told(pl.DataFrame({"title": []}, schema={"title": pl.String})) == []


@given(st.lists(st.tuples(st.text(max_size=9), st.text(max_size=60), st.text(max_size=9))))
def test_any_text_is_read(songs: list[tuple[str, str, str]]) -> None:
    codes = find_languages(table(*songs))
    assert codes.shape == (len(songs),)
    assert codes.dtype == np.int8
    assert all(-1 <= code < len(LANGUAGES) for code in codes)


ENGLISH_ARTISTS = (
    "Coldplay", "Ed Sheeran", "Taylor Swift", "The Beatles", "Queen", "Adele", "Elvis Presley",
    "ABBA", "Daft Punk", "David Guetta", "Eminem", "Bruno Mars", "Rihanna", "Katy Perry",
    "Michael Jackson", "Prince", "Pink Floyd", "The Rolling Stones", "Radiohead", "Oasis",
    "Arctic Monkeys", "Nirvana", "Metallica", "AC/DC", "Iron Maiden", "Green Day", "Linkin Park",
    "Red Hot Chili Peppers", "Muse", "Maroon 5", "Justin Bieber", "Dua Lipa", "The Weeknd",
    "Frank Sinatra", "Louis Armstrong", "Nat King Cole", "Ella Fitzgerald", "Stevie Wonder",
    "Bob Marley & The Wailers", "Johnny Cash", "Elton John", "Billy Joel", "Fleetwood Mac",
    "Depeche Mode", "The Cure", "Massive Attack", "Calvin Harris", "Zara Larsson", "Tove Lo",
    "Roxette", "Scorpions", "Zedd", "Robin Schulz", "Martin Garrix", "Opeth", "In Flames",
    "Sepultura", "Michael Bublé", "Lana Del Rey", "Hozier", "Gorillaz", "M83", "Moby",
)  # fmt: skip


def test_artists_of_the_spotify_tracks_dataset_who_sing_in_english(spotify: Catalogue) -> None:
    songs = spotify.songs(range(len(spotify)))
    sung = [
        (song.artists[0], song.title, spotify.language_names[code])
        for song, code in zip(songs, spotify.languages.tolist(), strict=True)
        if song.artists[0] in ENGLISH_ARTISTS and code >= 0
    ]
    assert sum(song.artists[0] in ENGLISH_ARTISTS for song in songs) > 1000
    assert not sung


def test_languages_of_the_spotify_tracks_dataset(spotify: Catalogue) -> None:
    names = spotify.language_names
    counts = Counter(names[code] for code in spotify.languages.tolist() if code >= 0)
    least = {"pt": 5000, "es": 4500, "ja": 1700, "zh": 1500, "hi": 1000, "tr": 800, "de": 600}
    assert all(counts[language] >= count for language, count in least.items()), counts
    assert 0.2 < counts.total() / len(spotify) < 0.35
