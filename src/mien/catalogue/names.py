"""Artists and titles, normalised so that data sets that spell them differently can be joined."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

NameKey = tuple[str, str]
"""Artist and title of a song, normalised."""

_ADDITION = re.compile(r"\(.*?\)|\[.*?\]| - .*$|^the ")
_VERSION = re.compile(
    r"\b(remix|mix|edit|live|karaoke|cover|tribute|instrumental|acoustic|unplugged|demo|reprise"
    r"|sped up|slowed)\b",
    re.IGNORECASE,
)

# Marks that a name is often written without: accents, Hebrew and Arabic vowel points, and selectors
# of glyphs. The marks of other scripts, such as Thai vowels or the voicing of kana, are letters.
_ACCENT = re.compile(
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    "\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def normalise_name(artist: str, title: str) -> NameKey | None:
    """Artist and title without case, accents, punctuation, brackets, a leading "the", and whatever
    follows a dash. The letters and digits of every script are kept.

    Returns:
        None where nothing is left of the artist or of the title: such a name matches no other.

    >>> normalise_name("Beyoncé", "Déjà Vu (feat. Jay-Z)")
    ('beyonce', 'deja vu')
    >>> normalise_name("宇多田ヒカル", "花束を君に - Live")
    ('宇多田ヒカル', '花束を君に')
    >>> normalise_name("!!!", "Heart of Hearts")
    """
    key = _normalise(artist), _normalise(title)
    return key if all(key) else None


def hash_name(*names: str) -> int:
    """A hash of normalised names, the same for ever, in the range of int64; never 0.

    >>> hash_name("beyonce") == hash_name("beyonce") != hash_name("beyonce", "deja vu")
    True
    """
    digest = blake2b("\n".join(names).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) or 1


def is_version(title: str) -> bool:
    """Whether a title names another recording than the best-known one, such as a remix."""
    return _VERSION.search(title) is not None


def version_words(title: str) -> frozenset[str]:
    """What brackets and dashes of a title say that makes a recording sound otherwise. An edit
    sounds the same.

    >>> version_words("Creep - Acoustic"), version_words("Live Forever (Radio Edit)")
    (frozenset({'acoustic'}), frozenset())
    """
    additions = " ".join(match[0] for match in _ADDITION.finditer(title))
    return frozenset(word.lower() for word in _VERSION.findall(additions)) - {"edit"}


def strip_additions(title: str) -> str:
    """A title without case, brackets, and whatever follows a dash: the same for each version.

    >>> strip_additions("Creep - Acoustic")
    'creep'
    """
    text = unicodedata.normalize("NFKC", title).casefold()
    return " ".join(_ADDITION.sub("", text).split()) or text


def _normalise(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    text = text.replace("&", "and").replace("\u0131", "i")  # dotless, of capital I
    text = _ACCENT.sub("", text)
    return _letters(_ADDITION.sub("", text)) or _letters(text)  # a name may be all brackets


def _letters(text: str) -> str:
    kept = " ".join(text.translate(_LETTERS).split())
    return kept if any(c.isalnum() for c in kept) else ""  # marks alone are no name


class _Letters(dict[int, str]):
    """Letters, digits, marks and spaces as they are, everything else removed."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = letter if letter.isspace() or unicodedata.category(letter)[0] in "LMN" else ""
        return self[code]


_LETTERS = _Letters()
