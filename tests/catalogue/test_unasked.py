"""Songs that nobody asked for, by the titles of well-known songs in several languages."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien import Catalogue
from mien.catalogue.unasked import SEASONS, Unasked, asked_by, find_unasked, in_season

MARKED: dict[Unasked, tuple[tuple[str, ...], ...]] = {
    # artist, title, and the album where it matters
    Unasked.CHRISTMAS: (
        ("Mariah Carey", "All I Want for Christmas Is You"),
        ("Wham!", "Last Christmas - Remastered"),
        ("John Lennon", "Happy Xmas (War Is Over) - Remastered 2010"),
        ("Bobby Helms", "Jingle Bell Rock"),
        ("Dean Martin", "Let It Snow! Let It Snow! Let It Snow!"),
        ("Eartha Kitt", "Santa Baby"),
        ("Bing Crosby", "Silent Night"),
        ("Frank Sinatra", "Have Yourself A Merry Little Christmas"),
        ("Andy Williams", "It's the Most Wonderful Time of the Year", "The Christmas Album"),
        ("Sia", "Snowman", "Everyday Is Christmas (Deluxe Edition)"),
        ("Justin Bieber", "Mistletoe"),
        ("The Pogues", "Fairytale of New York (feat. Kirsty MacColl)"),
        ("Josh Groban", "O Holy Night"),
        ("José Feliciano", "Feliz Navidad"),
        ("Juanes", "El Burrito Sabanero"),
        ("Luis Aguile", "Ven a Mi Casa Esta Navidad"),
        ("Willie Colón", "Aguinaldo Navideño"),
        ("Raphael", "Noche de Paz"),
        ("Simone", "Então É Natal"),
        ("Roupa Nova", "Natal Todo Dia", "Natal Todo Dia - Músicas de Natal"),
        ("Terno Rei", "Luzes de Natal"),
        ("Tino Rossi", "Petit papa Noël"),
        ("Jacques Dutronc", "La fille du Père Noël"),
        ("Dalida", "Vive le vent"),
        ("Rolf Zuckowski", "In der Weihnachtsbäckerei"),
        ("Wiener Sängerknaben", "Stille Nacht, heilige Nacht"),
        ("Helene Fischer", "O Tannenbaum"),
        ("Adolphson & Falk", "Mer jul"),
        ("Triad", "Tänd ett ljus"),
        ("Sissel", "Glade jul"),
        ("Rajaton", "Varpunen jouluaamuna"),
        ("Irene Grandi", "Bianco Natale"),
        ("Luciano Pavarotti", "Adeste fideles"),
        ("Ella Fitzgerald", "Sleigh Ride"),
        ("Freddie Aguilar", "Pasko Ang Damdamin"),
        ("サザンオールスターズ", "クリスマス・ラブ(涙のあとには白い雪が降る)"),
        ("松任谷由実", "恋人がサンタクロース"),
        ("陳奕迅", "聖誕結"),
        ("IU", "미리 메리 크리스마스"),
    ),
    Unasked.NEW_YEAR: (
        ("ABBA", "Happy New Year"),
        ("Guy Lombardo", "Auld Lang Syne"),
        ("Дискотека Авария", "Новогодняя"),
    ),
    Unasked.LUNAR_NEW_YEAR: (("卓依婷", "恭喜恭喜"), ("劉德華", "恭喜發財")),
    Unasked.RAMADAN: (
        ("Saloma", "Selamat Hari Raya"),
        ("Siti Nurhaliza", "Nazam Lebaran"),
        ("Maher Zain", "Ramadan"),
        ("محمد عبد المطلب", "رمضان جانا"),
    ),
    Unasked.EASTER: (
        ("Judy Garland", "Easter Parade"),
        ("Rolf Zuckowski", "Stups, der kleine Osterhase"),
    ),
    Unasked.HALLOWEEN: (
        ("Bobby \"Boris\" Pickett", "Monster Mash"),
        ("Andrew Gold", "Spooky, Scary Skeletons"),
        ("Danny Elfman", "This Is Halloween"),
        ("Pinkfong", "Dia das Bruxas Dos Tubarões"),
    ),
    Unasked.CHILDREN: (
        ("CoComelon", "Wheels on the Bus"),
        ("Pinkfong", "Baby Shark"),
        ("Super Simple Songs", "Old MacDonald"),
        ("Galinha Pintadinha", "Pintinho Amarelinho"),
        ("Cri-Cri", "El Ratón Vaquero"),
        ("Henri Dès", "Les bêtises à l'école"),
        ("Mini Disco", "Tsjoe tsjoe wa", "Kinderliedjes"),
        ("Kidz Bop Kids", "Shake It Off"),
        ("Rockabye Baby!", "Wonderwall", "Lullaby Renditions of Oasis"),
        ("Elena Kamburova", "Крошка", "Русские колыбельные"),
        ("ひばり児童合唱団", "ぞうさん", "童謡ベスト"),
    ),
    Unasked.KARAOKE: (
        ("Sing King", "Someone Like You (Karaoke Version)"),
        ("Ameritz", "Creep (In the Style of Radiohead)"),
        ("The Hit Crew", "Happy (Originally Performed by Pharrell Williams)"),
        ("Party Tyme", "Hello (Made Famous by Adele) [Backing Track]"),
        ("Piano Tribute Players", "Viva la Vida"),
        ("Vitamin String Quartet", "Clocks"),
        ("Covers Culture", "SOS - Acoustic Covers Versions"),
        ("Piano Peace", "Save Me", "BTS Piano Covers"),
        ("歌っちゃ王", "紅蓮華 (カラオケ)"),
    ),
    Unasked.SPEED: (
        ("Ruth B.", "Dandelions - slowed + reverb"),
        ("Cafuné", "Tek It - Sped Up"),
        ("Glass Animals", "Heat Waves (Slowed)"),
        ("Nightcore Reality", "Rockefeller Street (Nightcore)"),
        ("creamy", "Lovefool (8D Audio)"),
    ),
    Unasked.SPOKEN: (
        ("Benjamin Blümchen", "Folge 1", "Als Wetterelefant (Hörspiel)"),
        ("Armin van Buuren", "A State of Trance - Interview with GXD"),
    ),
    Unasked.NOISE: (
        ("White Noise Baby Sleep", "Fan"),
        ("Granular", "Brown Noise for Sleep"),
        ("Rain Sounds", "Soft Rain"),
        ("Nature Sounds", "Forest"),
        ("Mc_team", "528 Hz Energía curativa profunda"),
        ("Meeresrauschen", "Flache Wellen"),
    ),
    Unasked.FRAGMENT: (("Coolio", "That's How It Is - Skit"), ("Wu-Tang Clan", "Skit 2")),
}  # fmt: skip

WANTED = (
    ("Green Day", "Holiday"),
    ("Madonna", "Holiday"),
    ("Billie Holiday", "Strange Fruit"),
    ("Scorpions", "Holiday"),
    ("Ryuichi Sakamoto", "Merry Christmas Mr. Lawrence"),
    ("Jul", "Tchikita"),
    ("13 Organisé", "Bande organisée"),
    ("SAF", "BREAK (feat. Jul)"),
    ("Noel Gallagher's High Flying Birds", "AKA... What a Life!"),
    ("Upchurch", "Dance with the Devil (feat. Katie Noel & Chucky V)"),
    ("Natalie Imbruglia", "Torn"),
    ("Julieta Venegas", "Limón y Sal"),
    ("The Beatles", "Julia - Remastered 2009"),
    ("Gyllene Tider", "Juni, Juli, Augusti"),
    ("Sufjan Stevens", "Fourth of July"),
    ("Paul McCartney", "Live and Let Die - Remastered"),
    ("Oasis", "Live Forever - Remastered"),
    ("Love", "Everybody's Gotta Live"),
    ("Coldplay", "Viva La Vida"),
    ("Bon Jovi", "It's My Life"),
    ("The Strokes", "You Only Live Once"),
    ("The Strokes", "Under Cover of Darkness"),
    ("Zara Larsson", "Uncover"),
    ("Gary Moore", "Empty Rooms", "Run For Cover"),
    ("Moodymann", "Tribute"),
    ("John Newman", "Love Me Again", "Tribute"),
    ("Boomdabash", "Karaoke"),
    ("Hozier", "Arsonist's Lullabye"),
    ("The Cure", "Lullaby - Remastered"),
    ("Opeth", "Death Whispered a Lullaby"),
    ("Yann Tiersen", "Comptine d'un autre été, l'après-midi"),
    ("Stray Kids", "God's Menu"),
    ("Cold War Kids", "First"),
    ("New Kids On The Block", "Step by Step"),
    ("MGMT", "Kids"),
    ("PVRIS", "White Noise"),
    ("Disclosure", "White Noise (feat. AlunaGeorge)"),
    ("LCD Soundsystem", "new body rhumba (from the film White Noise)"),
    ("Milky Chance", "Stolen Dance"),
    ("Vancouver Sleep Clinic", "Someone To Stay"),
    ("Sleeping At Last", "Turning Page"),
    ("Chet Baker", "My Funny Valentine"),
    ("Dusty Springfield", "Spooky"),
    ("Iron Maiden", "Hallowed Be Thy Name"),
    ("Frank Zappa", "Watermelon In Easter Hay"),
    ("Billy Joel", "The Downeaster 'Alexa'"),
    ("Detonautas Roque Clube", "Outro Lugar"),
    ("Los Apson", "Atrás de la Raya"),
    ("Eric Johnson", "Cliffs of Dover - Instrumental"),
    ("Kristen Bell", "Do You Want to Build a Snowman? - From \"Frozen\""),
    ("Håkan Hellström", "Gårdakvarnar och skit"),
    ("Counting Crows", "A Long December", "Christmas Songs 2022"),
    ("Nat King Cole", "L-O-V-E", "Christmas time but not Christmas songs 2022"),
    ("Lana Del Rey", "Summertime Sadness", "Halloween & Alternative"),
    ("AJJ", "Angel of Death", "Christmas Island"),
    ("Chase & Status", "Spoken Word - 1991 Remix"),
    ("Coldplay", "Speed of Sound"),
)  # fmt: skip
"""Songs that look like others; none is marked."""

WELL_KNOWN = (
    ("Queen", "Bohemian Rhapsody"), ("Nirvana", "Smells Like Teen Spirit"),
    ("Radiohead", "Creep"), ("Oasis", "Wonderwall"), ("Coldplay", "Yellow"),
    ("Adele", "Turning Tables"), ("ABBA", "Dancing Queen"), ("a-ha", "Take On Me"),
    ("The Killers", "Mr. Brightside"), ("Arctic Monkeys", "Do I Wanna Know?"),
    ("Bruno Mars", "Just the Way You Are"), ("Eminem", "Lose Yourself"),
    ("Gorillaz", "Feel Good Inc."), ("Linkin Park", "In the End"), ("Linkin Park", "Numb"),
    ("Michael Jackson", "Billie Jean"), ("Pink Floyd", "Wish You Were Here"),
    ("The Rolling Stones", "Paint It, Black"), ("The Beatles", "Here Comes The Sun"),
    ("The Beatles", "Let It Be"), ("Fleetwood Mac", "Dreams"), ("Eagles", "Hotel California"),
    ("Bon Jovi", "Livin' On A Prayer"), ("AC/DC", "Back In Black"),
    ("Guns N' Roses", "Sweet Child O' Mine"), ("Metallica", "Nothing Else Matters"),
    ("Red Hot Chili Peppers", "Californication"), ("Foo Fighters", "Everlong"),
    ("Green Day", "Basket Case"), ("blink-182", "All The Small Things"),
    ("The Weeknd", "Blinding Lights"), ("Harry Styles", "As It Was"),
    ("Dua Lipa", "Don't Start Now"), ("Lady Gaga", "Bad Romance"),
    ("Billie Eilish", "lovely"), ("Imagine Dragons", "Believer"),
    ("Hozier", "Take Me To Church"), ("Vance Joy", "Riptide"), ("Toto", "Africa"),
    ("Journey", "Don't Stop Believin'"), ("Earth, Wind & Fire", "September"),
    ("Bob Marley & The Wailers", "Is This Love"), ("Johnny Cash", "Hurt"),
    ("Frank Sinatra", "My Way"), ("Louis Armstrong", "What A Wonderful World"),
    ("Luis Fonsi", "Despacito"), ("Bad Bunny", "Tití Me Preguntó"), ("Rammstein", "Du hast"),
    ("Green Day", "Holiday"), ("Sufjan Stevens", "Fourth of July"),
)  # fmt: skip


def table(*songs: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "artists": [[s[0]] for s in songs],
            "title": [s[1] for s in songs],
            "album": [s[2] if len(s) > 2 else None for s in songs],
        },
        schema_overrides={"album": pl.String},
    )


def kinds_of(*songs: tuple[str, ...]) -> list[Unasked]:
    return [Unasked(flags) for flags in find_unasked(table(*songs)).tolist()]


@pytest.mark.parametrize("kind", MARKED, ids=lambda kind: kind.name)
def test_songs_of_each_kind_are_marked(kind: Unasked) -> None:
    songs = MARKED[kind]
    missed = [
        song for song, found in zip(songs, kinds_of(*songs), strict=True) if kind not in found
    ]
    assert not missed


@pytest.mark.parametrize("song", WANTED, ids=lambda song: f"{song[1]}, {song[0]}")
def test_songs_that_look_like_them_are_not(song: tuple[str, ...]) -> None:
    assert kinds_of(song) == [Unasked(0)]


def test_a_town_is_not_christmas() -> None:
    assert kinds_of(("A", "Tá Escrito - Ao Vivo em Natal"), ("A", "Cidade Natal")) == [0, 0]


def test_live_versions_only_where_there_is_a_studio_version() -> None:
    songs = table(
        ("Eagles", "Hotel California"),
        ("Eagles", "Hotel California - Live On MTV, 1994"),
        ("Gipsy Kings", "Hotel California - En Vivo"),
        ("Nirvana", "About a Girl", "MTV Unplugged In New York"),
        ("Nirvana", "About A Girl", "Bleach"),
        ("Henrique & Juliano", "Cuida Bem Dela - Ao Vivo"),
        ("Wings", "Live and Let Die"),
        ("Wings", "Live and Let Die (Remix)"),
    )
    live = (find_unasked(songs) & Unasked.LIVE) > 0
    assert live.tolist() == [False, True, False, True, False, False, False, False]


def test_instrumental_versions_only_where_there_is_one_with_a_voice() -> None:
    songs = table(
        ("Larry Heard", "Can You Feel It"),
        ("Larry Heard", "Can You Feel It - Instrumental"),
        ("Sleeping At Last", "Saturn"),
        ("Sleeping At Last", "Saturn (Instrumental)"),
        ("Eric Johnson", "Cliffs of Dover - Instrumental"),
    ).with_columns(instrumentalness=pl.Series([0.9, 0.9, 0.0, 0.9, 0.9]))
    found = (find_unasked(songs) & Unasked.INSTRUMENTAL) > 0
    assert found.tolist() == [False, False, False, True, False]


def test_features_and_genres_mark_songs_without_telling_names() -> None:
    songs = pl.DataFrame(
        {
            "title": [f"Song {i}" for i in range(8)],
            "duration": [59.0, 60.0, 900.0, 901.0, None, 200.0, 200.0, 80.0],
            "speechiness": [0.1, 0.1, 0.1, 0.1, None, 0.95, float("nan"), 0.1],
            "genres": [[], [], ["Sleep"], [], None, [], ["pop", "Kids"], []],
        }
    )
    length, noise, child, spoken = (
        Unasked.LENGTH,
        Unasked.NOISE,
        Unasked.CHILDREN,
        Unasked.SPOKEN,
    )
    assert find_unasked(songs).tolist() == [length, 0, noise, length, 0, spoken, child, 0]


def test_short_intros_are_fragments_and_long_ones_are_songs() -> None:
    songs = table(("The xx", "Intro"), ("j-hope", "Intro"), ("BTS", "Outro : Ego"), ("A", "Intros"))
    songs = songs.with_columns(duration=pl.Series([127.0, 70.0, 196.0, 70.0]))
    assert find_unasked(songs).tolist() == [0, Unasked.FRAGMENT, 0, 0]


def test_any_column_may_be_missing() -> None:
    assert find_unasked(pl.DataFrame({"genres": [["christmas"], [], None]})).tolist() == [1, 0, 0]
    assert find_unasked(pl.DataFrame({"title": ["Last Christmas", None]})).tolist() == [1, 0]
    assert find_unasked(pl.DataFrame({"title": []}, schema={"title": pl.String})).tolist() == []


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=60)), min_size=1, max_size=8))
def test_any_text_is_read(songs: list[tuple[str, str]]) -> None:
    flags = find_unasked(table(*songs))
    assert flags.shape == (len(songs),)
    assert flags.dtype == np.uint16


@pytest.mark.parametrize(
    ("day", "season"),
    [
        ("2026-11-30", 0),
        ("2026-12-01", Unasked.CHRISTMAS),
        ("2026-12-26", Unasked.CHRISTMAS | Unasked.NEW_YEAR),
        ("2027-01-07", Unasked.CHRISTMAS | Unasked.NEW_YEAR),
        ("2027-01-08", 0),
        ("2025-01-29", Unasked.LUNAR_NEW_YEAR),
        ("2025-03-08", Unasked.RAMADAN),
        ("2023-04-09", Unasked.EASTER | Unasked.RAMADAN),
        ("2023-03-25", Unasked.RAMADAN),
        ("2026-10-31", Unasked.HALLOWEEN),
        ("2026-11-03", 0),
        ("2026-07-01", 0),
    ],
)
def test_seasons(day: str, season: int) -> None:
    assert in_season(date.fromisoformat(day)) == season


@pytest.mark.parametrize("easter", ["2019-04-21", "2024-03-31", "2038-04-25"])
def test_easter(easter: str) -> None:
    sunday = date.fromisoformat(easter)
    days = [sunday + timedelta(d) for d in range(-20, 10)]
    assert [d for d in days if Unasked.EASTER in in_season(d)] == days[6:22]


def test_every_season_is_one_of_the_reasons() -> None:
    year = [date(2026, 1, 1) + timedelta(d) for d in range(365)]
    together = Unasked(0)
    for day in year:
        together |= in_season(day)
    assert together == SEASONS


def test_what_genres_ask_for() -> None:
    assert asked_by(["Christmas Classics"]) == Unasked.CHRISTMAS
    assert asked_by(["children's music", "comedy"]) == Unasked.CHILDREN | Unasked.SPOKEN
    assert asked_by(["sleep", "rain"]) == Unasked.NOISE
    assert asked_by(["pop", "rap", "drain", "trip-hop", "kidz"]) == 0


def test_the_spotify_tracks_dataset(spotify: Catalogue) -> None:
    counts = {k.name: int(np.count_nonzero(spotify.unasked & np.uint16(k))) for k in Unasked}
    expected = {
        "CHRISTMAS": (500, 900),
        "HALLOWEEN": (30, 80),
        "CHILDREN": (1850, 2200),
        "LIVE": (300, 800),
        "KARAOKE": (70, 200),
        "SPEED": (60, 120),
        "SPOKEN": (990, 1100),
        "NOISE": (820, 900),
        "LENGTH": (800, 950),
    }
    for name, (low, high) in expected.items():
        assert low <= counts[name] <= high, (name, counts[name])
    assert np.count_nonzero(spotify.unasked) < 0.08 * len(spotify)


def test_well_known_songs_are_wanted(spotify: Catalogue) -> None:
    songs = spotify.songs(range(len(spotify)))
    rows: dict[tuple[str, str], list[int]] = {}
    for row, song in enumerate(songs):
        name = song.title.split(" - Rema")[0].split(" (feat.")[0].split(" (with")[0]
        rows.setdefault((song.artists[0], name.replace("’", "'")), []).append(row)
    found = {name: rows[name] for name in WELL_KNOWN if name in rows}
    assert len(found) >= 40
    marked = {name: at for name, at in found.items() if spotify.unasked[at].all()}
    assert not marked
