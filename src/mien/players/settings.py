"""Addresses and credentials of players: from the environment, or from a file that others cannot
read. They are never arguments of commands, and no error or log shows them."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mien.errors import PlayerSettingsError
from mien.support.paths import home

FIELDS = ("url", "user", "password", "token")

_DEFAULTS = {"mpd": "localhost:6600"}


@dataclass(frozen=True)
class Settings:
    """How a service is reached.

    Attributes:
        url: `https://music.example/path`; of MPD, `host:port` or the path of its socket.
        user, password, token: as the service needs them; empty where not given.
    """

    url: str
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


def settings_file() -> Path:
    """The file: one table for each service, such as `[navidrome]` with url, user and password."""
    return home() / "players.toml"


def read_settings(service: str, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of a service.

    `MIEN_NAVIDROME_URL`, `..._USER`, `..._PASSWORD` and `..._TOKEN` (and likewise for others) come
    before the file; of MPD, `MPD_HOST` and `MPD_PORT`, too, as its own clients read them.

    Raises:
        PlayerSettingsError: the address is missing, or the file is unreadable or others may read
            it.
    """
    values = _from_file(service)
    if service == "mpd" and environment.get("MPD_HOST"):
        password, _, host = environment["MPD_HOST"].rpartition("@")
        values["url"] = f"{host}:{environment.get('MPD_PORT', '6600')}"
        values |= {"password": password} if password else {}
    for name in FIELDS:
        value = environment.get(f"MIEN_{service.upper()}_{name.upper()}")
        if value:
            values[name] = value
    values.setdefault("url", _DEFAULTS.get(service, ""))
    if not values["url"]:
        raise PlayerSettingsError(
            f"the address of {service} is not known",
            f"write it into {settings_file()} as url under [{service}], or set "
            f"MIEN_{service.upper()}_URL",
        )
    return Settings(**values)


def _from_file(service: str) -> dict[str, str]:
    path = settings_file()
    try:
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise PlayerSettingsError(
                f"others can read the passwords in {path}", f"run chmod 600 {path}"
            )
        table = tomllib.loads(path.read_text(encoding="utf-8")).get(service, {})
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as e:
        # The message of a TOML error may quote a line, but no more than its place is said here.
        reason = e.strerror if isinstance(e, OSError) else "it is no TOML"
        raise PlayerSettingsError(f"{path} cannot be read ({reason})", "write it again") from None
    if not isinstance(table, dict):
        raise PlayerSettingsError(f"{service} in {path} is no table", f"begin it with [{service}]")
    unknown = sorted(set(table) - set(FIELDS))
    if unknown or not all(isinstance(value, str) for value in table.values()):
        raise PlayerSettingsError(
            f"[{service}] in {path} is not understood", f"give {', '.join(FIELDS)} as texts"
        )
    return dict(table)
