"""Artists and titles can be joined in any script."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mien.catalogue.names import is_version, normalise_name, strip_additions

NAMES = {
    "Latin": "Déjà Vu",
    "Japanese": "花束を君に",
    "Katakana": "カワキヲアメク",
    "Cyrillic": "Группа крови",
    "Greek": "Μαύρα γυαλιά",
    "Arabic": "حبيبي يا نور العين",
    "Hebrew": "שיר לשלום",
    "Korean": "밤편지",
    "Thai": "รักแท้ดูแลไม่ได้",
    "Hindi": "तुम ही हो",
    "Chinese": "月亮代表我的心",
}
SYMBOLS = ("", " ", "!!!", "???", "...", "🙂", "❤️", "👨‍👩‍👧", "🇫🇮", "△", "→", "+", "$$$", "\u200d")


@pytest.mark.parametrize(
    ("artist", "title", "expected"),
    [
        ("The Beatles", "Hey Jude - Remastered 2015", ("beatles", "hey jude")),
        ("Beyoncé", "Déjà Vu (feat. Jay-Z)", ("beyonce", "deja vu")),
        ("Simon & Garfunkel", "The Boxer", ("simon and garfunkel", "boxer")),
        ("[bsd.u]", "(dream)", ("bsdu", "dream")),
        ("Röyksopp", "Straße", ("royksopp", "strasse")),
        ("宇多田ヒカル", "花束を君に（Live）", ("宇多田ヒカル", "花束を君に")),
        ("Кино", "Группа Крови - Live", ("кино", "группа крови")),
        ("ΆΝΝΑ", "Σίσυφος", ("αννα", "σισυφοσ")),
        ("פיתוח", "שָׁלוֹם", ("פיתוח", "שלום")),
        ("فيروز", "حَبِيبِي", ("فيروز", "حبيبي")),
    ],
)
def test_case_accents_punctuation_and_additions_do_not_matter(
    artist: str, title: str, expected: tuple[str, str]
) -> None:
    assert normalise_name(artist, title) == expected


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations(NAMES.values(), 2)])
def test_names_of_other_letters_are_other_names(one: str, other: str) -> None:
    keys = {normalise_name("A", title) for title in (one, other)}
    assert len(keys) == 2
    assert None not in keys


@pytest.mark.parametrize(("one", "other"), [("はは", "ばば"), ("ป่า", "ปา"), ("किताब", "कताब")])
def test_marks_that_make_another_letter_count(one: str, other: str) -> None:
    assert normalise_name("A", one) != normalise_name("A", other)


@pytest.mark.parametrize("symbols", SYMBOLS)
def test_a_name_without_letters_and_digits_matches_nothing(symbols: str) -> None:
    assert normalise_name(symbols, "Heart of Hearts") is None
    assert normalise_name("Nobody", symbols) is None
    assert normalise_name(symbols, symbols) is None


@given(st.sampled_from([*NAMES.values()]), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_the_encoding_of_a_letter_does_not_matter(name: str, form: str) -> None:
    encoded = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    assert normalise_name(encoded, encoded) == normalise_name(name, name)


@given(st.text(), st.text())
def test_normalised_names_have_no_case_and_stay_as_they_are(artist: str, title: str) -> None:
    key = normalise_name(artist, title)
    for convert in (str.casefold, str.upper, str.lower, str.title):
        assert normalise_name(convert(artist), convert(title)) == key
    if key is not None:
        assert all(any(c.isalnum() for c in part) for part in key)
        again = normalise_name(*key)
        # A second leading "the" goes with a second pass.
        assert again == key or any(part.startswith("the ") for part in key)


@given(st.text(), st.sampled_from(SYMBOLS))
def test_symbols_in_a_name_do_not_matter(title: str, symbols: str) -> None:
    plain = "".join(c for c in title if c.isalnum())
    assert normalise_name("A", f"x{plain}") == normalise_name("A", f"x{plain}{symbols}")


def test_versions_are_recognised_by_their_titles() -> None:
    assert is_version("Creep - Live at Wembley")
    assert is_version("One (Jay Remix)")
    assert not is_version("and Let Die")
    assert not is_version("Alive")


@pytest.mark.parametrize(
    ("title", "stripped"),
    [
        ("Creep - Acoustic", "creep"),
        ("One (Jay Remix) [2015]", "one"),
        ("(Untitled)", "(untitled)"),
        ("花束を君に（Live）", "花束を君に"),
        ("Группа Крови - Live", "группа крови"),
    ],
)
def test_versions_have_the_same_stripped_title(title: str, stripped: str) -> None:
    assert strip_additions(title) == stripped
