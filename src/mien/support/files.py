"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mien.errors import MienError


def write_whole(path: Path, content: str | bytes) -> None:
    """Write beside the target, then put it in place.

    A link is followed; what is no ordinary file, such as a terminal or a pipe, is written to.

    Raises:
        MienError: the folder is missing or cannot be written.
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)
            return
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            umask = os.umask(0)
            os.umask(umask)
            Path(part).chmod(0o666 & ~umask)
            Path(part).replace(path)
        except BaseException:
            Path(part).unlink(missing_ok=True)
            raise
    except OSError as e:
        raise MienError(f"{path} cannot be written ({e.strerror})", "choose another place") from e
