"""Processes that inspect and analyse sound files, so that no file can end a scan.

A decoder that crashes or hangs takes its process with it: the file is a problem of the report, and
another process goes on.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Self

import msgspec
from msgspec import Struct

from mien.audio.analysis import Sound
from mien.audio.tags import Tags

DEADLINE = 180.0
"""Seconds for one file; a hanging network drive takes longer."""


PROGRAM = (sys.executable, "-m", "mien.library.worker")


class Job(Struct, frozen=True):
    """What a process does with one file.

    Attributes:
        number: the caller's own, for the answer.
        path: of a file, in hexadecimal as the file system has it; paths may be no text.
        root: the folder of music that it is in, likewise.
        remote: `service:id` where a music server holds the sound; then path and root are empty.
        analyse: whether to analyse the sound; else its tags and fingerprint are read.
    """

    number: int
    path: str = ""
    root: str = ""
    remote: str = ""
    analyse: bool = False


class Answer(Struct, frozen=True, omit_defaults=True):
    """What came of a job.

    Attributes:
        number: of the job.
        fingerprint, tags: of a file that was inspected.
        sound: of one that was analysed.
        problem: why there is none of them, as a sentence; else empty.
        passing: whether the problem may be gone next time: the file could not be reached.
    """

    number: int
    fingerprint: str = ""
    tags: Tags | None = None
    sound: Sound | None = None
    problem: str = ""
    passing: bool = False


class Workers:
    """A few processes that work on jobs; use it in a `with` block.

    Args:
        count: how many processes.
        deadline: seconds for one job.
        program: what each process runs; it answers each line with one.
    """

    def __init__(
        self, count: int, deadline: float = DEADLINE, program: Sequence[str] = PROGRAM
    ) -> None:
        self._deadline = deadline
        self._program = program
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._open = 0
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._closing = False
        self._threads = [
            threading.Thread(target=self._serve, args=(i,), daemon=True) for i in range(count)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closing = True
        for _ in self._threads:
            self._jobs.put(None)
        for process in list(self._processes.values()):
            process.kill()
        for thread in self._threads:
            thread.join(timeout=5)

    @property
    def open(self) -> int:
        """How many jobs have no answer yet."""
        return self._open

    def submit(self, job: Job) -> None:
        """Give the processes something to do."""
        self._open += 1
        self._jobs.put(job)

    def answers(self) -> Iterator[Answer]:
        """The answers as they come, until no job is open; jobs may be added meanwhile."""
        while self._open:
            answer = self._answers.get()
            self._open -= 1
            yield answer

    def _serve(self, place: int) -> None:
        """Pass jobs to one process, and start another where it ends."""
        process: subprocess.Popen[bytes] | None = None
        while (job := self._jobs.get()) is not None and not self._closing:
            try:
                if process is None or process.poll() is not None:
                    process = self._processes[place] = _start(self._program)
                answer = self._ask(process, job)
            except OSError as e:
                answer = Answer(job.number, problem=f"no process for it ({e})", passing=True)
            self._answers.put(answer)
        if process is not None:
            process.kill()
            process.communicate()

    def _ask(self, process: subprocess.Popen[bytes], job: Job) -> Answer:
        assert process.stdin is not None
        assert process.stdout is not None
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._deadline, end)
        timer.start()
        try:
            process.stdin.write(msgspec.json.encode(job) + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
            if line and (answer := msgspec.json.decode(line, type=Answer)).number == job.number:
                return answer
        except (BrokenPipeError, msgspec.MsgspecError):  # it ended, or a library printed
            pass
        finally:
            timer.cancel()
        process.kill()
        process.wait()
        if late.is_set():
            problem = f"it took longer than {self._deadline:g} seconds"
            return Answer(job.number, problem=problem, passing=True)
        return Answer(job.number, problem="the decoder crashed on it")


def default_workers() -> int:
    """All processors but one, so that the computer stays usable."""
    return max(1, (os.cpu_count() or 2) - 1)


def _start(program: Sequence[str]) -> subprocess.Popen[bytes]:
    # A process that imports nothing of the caller's: scripts and notebooks may call this, too.
    return subprocess.Popen(  # noqa: S603 - our own program
        program,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        # Ctrl-C is for the scan, which then saves what it has.
        start_new_session=os.name == "posix",
    )
