"""Artists and titles as they may be compared between data sets that spell them differently."""

from __future__ import annotations

import re
import unicodedata

Name = tuple[str, str]

_ASIDES = re.compile(r"\(.*?\)|\[.*?\]| - .*$|^the ")
_VERSION = re.compile(
    r"\b(remix|mix|edit|live|karaoke|cover|tribute|instrumental|acoustic|unplugged|demo|reprise"
    r"|sped up|slowed)\b",
    re.IGNORECASE,
)


def name_of(artist: str, title: str) -> Name:
    """No case, accents, punctuation, brackets, leading article, or addition after a dash."""
    return _plain(artist), _plain(title)


def is_version(title: str) -> bool:
    """Whether the title says that it is another recording than the well-known one."""
    return _VERSION.search(title) is not None


def main_title(title: str) -> str:
    """A title without case, brackets, and addition after a dash: the same for each version."""
    lower = title.casefold()
    return " ".join(_ASIDES.sub("", lower).split()) or lower


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).lower().replace("&", "and")
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.sub(r"[^a-z0-9 ]", "", _ASIDES.sub("", text)).split())
