"""A library of own music: how fast songs are analysed, memory, scans of 50,000 files, first sound.

    python benchmarks/library.py [--music FOLDER] [--files 50000]

Without a folder of music, songs of three minutes are synthesised. The large library consists of
links to a few hundred short files, each with tags of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import numpy as np
import sounds

SONGS, SECONDS = 12, 180.0
SHORT, SHORT_SECONDS = 300, 2.0


def song(seconds: float, seed: int) -> np.ndarray:
    """Chords that change every two seconds, with a drum on each beat, float32 [n]."""
    random = np.random.default_rng(seed)
    t = np.arange(round(seconds * sounds.RATE)) / sounds.RATE
    chords = np.repeat(random.integers(0, 12, int(seconds // 2) + 1), 2 * sounds.RATE)[: len(t)]
    base = 110 * 2 ** (chords / 12)
    phase = 2 * np.pi * np.cumsum(base) / sounds.RATE
    music = sum(np.sin(phase * k) / k for k in (1, 1.26, 1.5, 2, 3))
    beat = np.exp(-((t * random.uniform(1.3, 2.6)) % 1) * 20) * random.standard_normal(len(t))
    return (0.15 * music + 0.2 * beat).clip(-1, 1).astype(np.float32)


def make_music(folder: Path) -> Path:
    for i in range(SONGS):
        tags = {"title": f"Song {i}", "artist": f"Artist {i % 4}"}
        sounds.write_sound(folder / f"{i}.mp3", song(SECONDS, i), tags)
    return folder


def make_links(folder: Path, files: int) -> Path:
    """Hard links to short files; each of these has its own sound and tags."""
    originals = []
    for i in range(SHORT):
        tags = {"title": f"Title {i}", "artist": f"Artist {i % 40}", "album": f"Album {i % 60}"}
        path = folder / "originals" / f"{i}.flac"
        originals.append(sounds.write_sound(path, sounds.tone(SHORT_SECONDS, 150 + i), tags))
    for i in range(files - SHORT):
        inside = folder / f"{i // 500:03d}"
        inside.mkdir(exist_ok=True)
        os.link(originals[i % SHORT], inside / f"{i}.flac")
    return folder


def mien(*arguments: str) -> tuple[float, str]:
    """Seconds that a command takes, and what it prints."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "mien", *arguments], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - began, done.stdout


def measure_analysis(music: Path) -> None:
    code = (
        "import sys, time, resource; from pathlib import Path\n"
        "from mien.audio.analysis import analyse\n"
        "files = [Path(f) for f in sys.argv[1:]]; analyse(files[0])\n"
        "for f in files:\n"
        "    began = time.process_time(); sound = analyse(f)\n"
        "    print(sound.duration / (time.process_time() - began))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)"
    )
    files = sorted(str(f) for f in music.rglob("*") if f.is_file())[:SONGS]
    run = [sys.executable, "-c", code, *files]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(run, check=True, capture_output=True, text=True, env=environment)
    *speeds, memory = map(float, done.stdout.split())
    print(f"Analysis, decoding included: {statistics.median(speeds):.0f} x real time a core (CPU)")
    print(f"Memory of a process that analyses: {memory:.0f} MB")


def measure_scan(music: Path) -> None:
    seconds, said = mien("library", "add", str(music))
    found = re.search(r"Listened to ([\d,]+)", said)
    assert found is not None
    songs = int(found[1].replace(",", ""))
    print(
        f"mien library add: {songs} songs in {seconds:.1f} s, {60 * songs / seconds:.0f} a minute"
    )


def measure_first_sound() -> None:
    began = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "mien", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        url = found[0].rstrip("/")
        body = json.dumps({"emotion": "happy"}).encode()
        request = urllib.request.Request(
            f"{url}/api/v1/recommendations", body, {"Content-Type": "application/json"}
        )
        songs = json.load(urllib.request.urlopen(request))["songs"]
        piece = urllib.request.Request(url + songs[0]["audio"], headers={"Range": "bytes=0-"})
        urllib.request.urlopen(piece).read(1 << 16)
        print(f"From mien serve to the first bytes of a song: {time.perf_counter() - began:.1f} s")
    finally:
        server.terminate()
        server.wait()


def measure_large(folder: Path, files: int) -> None:
    make_links(folder, files)
    first, _ = mien("library", "add", str(folder))
    again = [mien("library", "scan")[0] for _ in range(3)]
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
    print(f"{files:,} files, {SHORT} sounds: first scan {first:.0f} s")
    print(f"  without changes {statistics.median(again):.1f} s (median of 3)")
    print(f"  memory of the largest process so far {children:.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--music", type=Path, help="a folder of real music")
    parser.add_argument("--files", type=int, default=50_000, help="files of the large library")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["MIEN_HOME"] = f"{scratch}/home"
        music = options.music or make_music(Path(scratch) / "music")
        measure_analysis(music)
        measure_scan(music)
        measure_first_sound()
        os.environ["MIEN_HOME"] = f"{scratch}/large-home"
        measure_large(Path(scratch) / "large", options.files)


if __name__ == "__main__":
    main()
