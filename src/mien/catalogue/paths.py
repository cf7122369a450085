"""What a column of paths says -> paths as the file system has them."""

from __future__ import annotations

import os
import re
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote_to_bytes

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_FILE_URL = re.compile(r"file:(?://([^/]*))?(/.*)", re.IGNORECASE | re.DOTALL)
_DRIVE = re.compile(rb"/[A-Za-z]:[/\\]")

# Windows-1252, with the five bytes that it leaves undefined as the control characters of Latin-1:
# no byte is lost, so that the names of files can be had back.
_DEFINED = {b: bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in range(0x80, 0xA0)}
_BYTES = {ord(character): byte for byte, character in _DEFINED.items()}


def decode_windows(data: bytes) -> str:
    """Windows-1252 as text; `encode_windows` reverses it.

    >>> encode_windows(decode_windows(bytes(range(256)))) == bytes(range(256))
    True
    """
    return data.decode("latin-1").translate(_DEFINED)


def encode_windows(text: str) -> bytes | None:
    """The bytes of text in Windows-1252, or None where it has other characters."""
    try:
        return text.translate(_BYTES).encode("latin-1")
    except UnicodeEncodeError:
        return None


def resolve_path(text: str | None, folder: Path) -> bytes | None:
    r"""The path of a sound file, as a table has it.

    >>> resolve_path("Nina Simone/Sinnerman.mp3", Path("/music"))
    b'/music/Nina Simone/Sinnerman.mp3'
    >>> resolve_path("file:///music/Ol%C3%A9.mp3", Path("/tables"))
    b'/music/Ol\xc3\xa9.mp3'

    Args:
        text: a path; relative ones start in the table's folder, `~` is the user's, and those of
            Windows stay as they are unless such a file lies here. Or a `file:` URL. Where no such
            file exists, the bytes from which `decode_windows` made the text count.
        folder: of the table.

    Returns:
        Bytes as `os.fsencode` gives them, absolute unless it is a path of Windows elsewhere; None
        where there is no path, or an address on the web.
    """
    if text is None or not text.strip() or "\0" in text:
        return None
    url = _FILE_URL.fullmatch(text)
    if url is not None:
        return _from_url(url[1] or "", url[2])
    if _URL.match(text):
        return None
    path = _absolute(os.fsencode(text), folder)
    others = []
    if not text.isascii() and (original := encode_windows(text)) is not None:
        others.append(_absolute(original, folder))
    if "\\" in text and os.name != "nt":
        others += [_absolute(os.fsencode(t), folder) for t in _from_windows(text)]
    if others and not os.path.exists(path):  # noqa: PTH110 - bytes
        path = next((p for p in others if os.path.exists(p)), path)  # noqa: PTH110
    return path


def is_elsewhere(path: Path) -> bool:
    """Whether a path is one of Windows, and this is another system."""
    return os.name != "nt" and PureWindowsPath(path).is_absolute() and not path.is_absolute()


def _absolute(path: bytes, folder: Path) -> bytes:
    if is_elsewhere(Path(os.fsdecode(path))):
        return path
    return os.path.join(os.fsencode(folder.absolute()), os.path.expanduser(path))  # noqa: PTH111, PTH118


def _from_url(host: str, path: str) -> bytes:
    found = unquote_to_bytes(path)
    if host.lower() not in ("", "localhost"):
        return os.fsencode(f"//{host}") + found  # a share in the network
    return found[1:] if _DRIVE.match(found) else found


def _from_windows(text: str) -> list[str]:
    """Where a file that Windows calls so may be on this system."""
    path = PureWindowsPath(text)
    if not path.drive:
        return [path.as_posix()]
    drive, rest = path.drive.rstrip(":").lower(), path.relative_to(path.anchor).as_posix()
    return [f"/mnt/{drive}/{rest}"] if len(drive) == 1 else []  # the Windows Subsystem for Linux
