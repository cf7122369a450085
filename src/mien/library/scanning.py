"""Bring a library up to date: find what is new, changed, moved or gone, and listen to the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mien.audio.analysis import Sound, version
from mien.audio.tags import Tags
from mien.library.finding import FoundSong, FoundSongs, find_files
from mien.library.songs import MAX_SECONDS, song_id
from mien.library.state import FileState, LibraryState
from mien.library.workers import Answer, Job, Workers, default_workers

_SAVE_EVERY = 2.0  # seconds; what was seen since then is seen again after a kill


@dataclass(frozen=True)
class Progress:
    """How far a scan is.

    Attributes:
        done, total: files that were looked at, of those that are new or changed.
        analysed: of these, how many were listened to.
        seconds: since the scan began to look at files.
    """

    done: int
    total: int
    analysed: int
    seconds: float

    @property
    def per_minute(self) -> float:
        """Files a minute."""
        return 60 * self.done / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take, or None while that cannot be said."""
        return (self.total - self.done) * self.seconds / self.done if self.done else None


@dataclass
class ScanReport:
    """What a scan did.

    Attributes:
        files: sound files that there are.
        new, changed, moved, gone: how many of them; changed files are also those that were only
            tagged again.
        analysed: how many sounds were listened to.
        problems: files that are new or changed and no songs -> why, as a sentence.
        lost: folders and files that could not be looked into -> why; what is known of their
            contents is kept.
        outside: folders to which links lead out of the library's -> how many files they hold. The
            page does not play these.
        is_complete: whether it ran to its end.
    """

    files: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    gone: int = 0
    analysed: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    lost: dict[str, str] = field(default_factory=dict)
    outside: dict[str, int] = field(default_factory=dict)
    is_complete: bool = False

    @property
    def is_news(self) -> bool:
        """Whether the songs of the library may have changed."""
        counts = self.new + self.changed + self.moved + self.gone + self.analysed
        return counts > 0 or not self.is_complete


def scan(
    state: LibraryState,
    *,
    workers: int | None = None,
    progress: Callable[[Progress], None] = lambda _: None,
    publish: Callable[[], object] = lambda: None,
    publish_every: float = 300,
    report: ScanReport | None = None,
) -> ScanReport:
    """Look at every file of the library's folders that is new or changed since the last scan.

    What is done is kept within seconds: a scan that was killed goes on where it was.

    Args:
        state: the library.
        workers: processes; default: all processors but one.
        progress: called after each file.
        publish: called while the scan runs, when there are new songs to make known.
        publish_every: seconds between these calls; the first comes after a tenth of them.
        report: filled as the scan goes on, for callers that interrupt it; default: a new one.

    Raises:
        LibraryError: the state cannot be read or written.
    """
    report = ScanReport() if report is None else report
    before = state.files()
    found = find_files(state, before)
    report.files = len(found.files)
    report.lost = dict(found.lost)
    report.outside = found.outside
    heard = state.heard(version())
    scanner = _Scanner(state, before, found, heard, report)
    tasks = [t for t in found.files if _is_due(t, before.get(t.key), heard)]
    moved_roots = [
        (t.key, replace(before[t.key], source=t.source), None)
        for t in found.files
        if t.key in before and before[t.key].source != t.source
    ]
    state.save(moved_roots)
    try:
        with Workers(default_workers() if workers is None else workers) as pool:
            scanner.start(pool, tasks)
            began = published = time.monotonic()
            wait = publish_every / 10
            for answer in pool.answers():
                scanner.take(pool, answer)
                now = time.monotonic()
                progress(Progress(scanner.done, len(tasks), report.analysed, now - began))
                if now - published > wait:
                    scanner.save()
                    publish()
                    published, wait = now, publish_every
        scanner.mark_gone()
        report.is_complete = True
    finally:
        scanner.save()
    return report


def _is_due(task: FoundSong, before: FileState | None, heard: dict[str, float]) -> bool:
    """Whether a file is new, changed, or was not listened to by this version of mien."""
    if before is None or before.is_gone or task.mark != (before.size, before.modified):
        return True
    return not before.problem and before.fingerprint not in heard


class _Scanner:
    """A scan at work: jobs go out, answers come in, and what they say is kept."""

    def __init__(
        self,
        state: LibraryState,
        before: Mapping[bytes, FileState],
        found: FoundSongs,
        heard: dict[str, float],
        report: ScanReport,
    ) -> None:
        self.done = 0
        self._state = state
        self._before = before
        self._found = found
        self._heard = heard
        self._report = report
        self._tasks: list[FoundSong] = []
        self._waiting: dict[str, list[int]] = {}  # fingerprint -> files that wait for its analysis
        self._states: dict[int, tuple[FileState, Tags | None]] = {}
        self._unsaved: list[tuple[bytes, FileState, Tags | None]] = []
        self._saved = time.monotonic()
        # Where a file that is not found any more may have been moved from.
        keys = {task.key for task in found.files}
        self._missing = {
            f.fingerprint: key
            for key, f in before.items()
            if f.fingerprint and key not in keys and not found.is_lost(key)
        }
        self._forgotten: set[bytes] = set()

    def start(self, pool: Workers, tasks: Sequence[FoundSong]) -> None:
        """Send out the first job of each file."""
        self._tasks = list(tasks)
        for number, task in enumerate(tasks):
            before = self._before.get(task.key)
            if before is not None and _is_same(task, before) and before.fingerprint:
                self._states[number] = before, None
                self._listen(pool, number, before.fingerprint)
            elif task.tags is not None:  # a music server says all but what is heard
                self._inspected(pool, number, task.fingerprint, task.tags)
            else:
                root = task.source.hex()
                pool.submit(Job(number, path=task.key.hex(), root=root))

    def take(self, pool: Workers, answer: Answer) -> None:
        """Keep what came of a job, and send out the next one for its file."""
        number = answer.number
        if answer.sound is not None:
            self._heard_one(number, answer.sound)
        elif answer.tags is not None:
            self._inspected(pool, number, answer.fingerprint, answer.tags)
        else:
            self._failed(number, answer)
        if time.monotonic() - self._saved > _SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write what has come in."""
        self._state.save(self._unsaved)
        self._unsaved = []
        self._saved = time.monotonic()

    def mark_gone(self) -> None:
        """Mark the files that were there before and are not found any more."""
        sources = {task.source for task in self._found.files} | self._found.sources
        keys = {task.key for task in self._found.files} | self._forgotten
        gone = [
            (key, replace(f, is_gone=True), None)
            for key, f in self._before.items()
            if not f.is_gone
            and f.source in sources
            and key not in keys
            and not self._found.is_lost(key)
        ]
        self._report.gone = len(gone)
        self._state.save(gone)

    def _inspected(self, pool: Workers, number: int, fingerprint: str, tags: Tags) -> None:
        task = self._tasks[number]
        before = self._before.get(task.key)
        if before is not None and not before.is_gone:
            self._report.changed += 1
        elif (old := self._missing.pop(fingerprint, None)) is not None and old != task.key:
            before = self._before[old]
            self._report.moved += not before.is_gone
            self._report.new += before.is_gone
            self._forgotten.add(old)
            self._state.forget([old])
        else:
            self._report.new += 1
        self._states[number] = (
            FileState(
                source=task.source,
                size=task.mark[0],
                modified=task.mark[1],
                fingerprint=fingerprint,
                problem="",
                song=before.song if before is not None and before.song else song_id(tags, task.key),
                added=before.added if before is not None else time.time(),
                is_gone=False,
            ),
            tags,
        )
        self._listen(pool, number, fingerprint)

    def _listen(self, pool: Workers, number: int, fingerprint: str) -> None:
        """Have a sound analysed, unless it was or is being analysed for another file."""
        task = self._tasks[number]
        if fingerprint in self._heard:
            self._finish(number, _too_long(self._heard[fingerprint]))
        elif fingerprint in self._waiting:
            self._waiting[fingerprint].append(number)
        else:
            self._waiting[fingerprint] = [number]
            where = {"remote": task.remote} if task.remote else {"path": task.key.hex()}
            pool.submit(Job(number, analyse=True, **where))

    def _heard_one(self, number: int, sound: Sound) -> None:
        fingerprint = self._states[number][0].fingerprint
        self._state.save_sound(fingerprint, version(), sound)
        self._heard[fingerprint] = sound.duration
        self._report.analysed += 1
        for waiting in self._waiting.pop(fingerprint):
            self._finish(waiting, _too_long(sound.duration))

    def _failed(self, number: int, answer: Answer) -> None:
        task = self._tasks[number]
        waiting = [number]
        if number in self._states:  # it was to be analysed, perhaps for others, too
            waiting = self._waiting.pop(self._states[number][0].fingerprint)
        for one in waiting:
            if answer.passing:
                self._report.lost[self._tasks[one].name] = answer.problem
                self._states.pop(one, None)
                self.done += 1
            elif one in self._states:
                self._finish(one, answer.problem)
            else:
                before = self._before.get(task.key)
                if before is None or before.is_gone:
                    self._report.new += 1
                else:
                    self._report.changed += 1
                added = before.added if before else time.time()
                state = FileState(task.source, *task.mark, "", "", "", added, is_gone=False)
                self._states[one] = state, Tags()
                self._finish(one, answer.problem)

    def _finish(self, number: int, problem: str) -> None:
        state, tags = self._states.pop(number)
        task = self._tasks[number]
        if problem:
            self._report.problems[task.name] = problem
        self._unsaved.append((task.key, replace(state, problem=problem), tags))
        self.done += 1


def _is_same(task: FoundSong, before: FileState) -> bool:
    return task.mark == (before.size, before.modified) and not before.is_gone


def _too_long(seconds: float) -> str:
    if seconds <= MAX_SECONDS:
        return ""
    return f"it lasts {seconds / 3600:.1f} hours: a mix or an audiobook, not a song."
