"""The process that `mien.library.workers` starts: one job a line on standard input, one answer a
line on standard output."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import msgspec

from mien.audio.analysis import analyse
from mien.audio.fingerprint import fingerprint
from mien.audio.tags import read_tags, with_file_name
from mien.errors import MienError, MissingSoundError, PlayerError
from mien.library.workers import Answer, Job


def work(job: Job) -> Answer:
    """Do one job."""
    try:
        if job.remote:
            from mien.players.base import connect

            service, _, song = job.remote.partition(":")
            with connect(service).open(song) as stream:
                return Answer(job.number, sound=analyse(stream))
        path = Path(os.fsdecode(bytes.fromhex(job.path)))
        if job.analyse:
            return Answer(job.number, sound=analyse(path))
        root = Path(os.fsdecode(bytes.fromhex(job.root)))
        tags = with_file_name(read_tags(path), path, root)
        return Answer(job.number, fingerprint=fingerprint(path), tags=tags)
    except (MissingSoundError, PlayerError) as e:
        return Answer(job.number, problem=str(e), passing=True)
    except MienError as e:
        return Answer(job.number, problem=str(e))
    except OSError as e:
        return Answer(job.number, problem=f"it cannot be read ({e.strerror or e})", passing=True)
    except MemoryError:
        return Answer(job.number, problem="it claims more memory than there is")


def main() -> None:
    """Answer jobs until standard input ends, in the background of other programs."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)
    # Libraries may print; answers must stand alone on standard output.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(work(msgspec.json.decode(line, type=Job))) + b"\n")


if __name__ == "__main__":
    main()
