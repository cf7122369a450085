"""Processes that a damaged file may crash or hang, and the scan goes on."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest
import sounds

from mien.library.workers import Answer, Job, Workers, default_workers

PROGRAM = """
import json, os, sys, time
for line in sys.stdin:
    job = json.loads(line)
    if job["path"] == "crash":
        os.abort()
    if job["path"] == "hang":
        time.sleep(60)
    if job["path"] == "talk":
        print("no JSON", flush=True)
    print(json.dumps({"number": job["number"], "fingerprint": str(os.getpid())}), flush=True)
"""


def answers_to(paths: list[str], workers: int = 2, deadline: float = 20) -> dict[int, Answer]:
    with Workers(workers, deadline, (sys.executable, "-c", PROGRAM)) as pool:
        for number, path in enumerate(paths):
            pool.submit(Job(number, path))
        return {answer.number: answer for answer in pool.answers()}


def test_every_job_is_answered_once_by_a_few_processes() -> None:
    found = answers_to(["fine"] * 50)
    assert sorted(found) == list(range(50))
    assert 1 <= len({answer.fingerprint for answer in found.values()}) <= 2


def test_a_crash_costs_one_file() -> None:
    found = answers_to(["fine", "crash", "fine", "crash", "fine"])
    assert [found[i].problem for i in range(5)] == [
        "",
        "the decoder crashed on it",
        "",
        "the decoder crashed on it",
        "",
    ]
    assert not found[1].passing


def test_a_hanging_file_is_given_up_and_tried_again_next_time() -> None:
    began = time.monotonic()
    found = answers_to(["hang", "fine", "fine"], deadline=1)
    assert time.monotonic() - began < 30
    assert "longer than 1 second" in found[0].problem
    assert found[0].passing
    assert not found[1].problem
    assert not found[2].problem


def test_a_process_that_says_something_else_is_a_problem_of_its_file() -> None:
    found = answers_to(["talk", "fine"], workers=1)
    assert found[0].problem
    assert not found[1].problem


def test_without_a_program_every_job_has_a_problem() -> None:
    with Workers(1, 5, ("/no/such/program",)) as pool:
        pool.submit(Job(1))
        (answer,) = pool.answers()
    assert answer.problem
    assert answer.passing


def test_jobs_may_follow_from_answers(tmp_path: Path) -> None:
    path = sounds.write_sound(tmp_path / "a.flac", tags={"title": "A", "artist": "B"})
    found = []
    with Workers(1) as pool:
        pool.submit(Job(1, os.fsencode(path).hex(), os.fsencode(tmp_path).hex()))
        for answer in pool.answers():
            found.append(answer)
            if answer.fingerprint:
                pool.submit(Job(2, os.fsencode(path).hex(), analyse=True))
    assert found[0].tags is not None
    assert found[0].tags.title == "A"
    assert found[1].sound is not None
    assert found[1].sound.duration == pytest.approx(3, abs=0.1)


def test_leaving_ends_the_processes_at_once() -> None:
    began = time.monotonic()
    with Workers(2, 60, (sys.executable, "-c", PROGRAM)) as pool:
        for number in range(10):
            pool.submit(Job(number, "hang"))
    assert time.monotonic() - began < 15


def test_a_computer_stays_usable() -> None:
    assert 1 <= default_workers() <= max(1, (os.cpu_count() or 1) - 1)
