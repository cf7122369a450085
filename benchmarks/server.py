"""`mien serve` under load: readings of a camera, many clients at once, start and memory.

    python benchmarks/server.py [--frames 150] [--clients 200]

The server runs on one core, the clients on another where there is one. Frames are 640x480 JPEGs
with one face, sent one after the other as the page does, each with the answer to the last one.
"""

from __future__ import annotations

import argparse
import http.client
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

BOUNDARY = "frame"


def frames() -> list[bytes]:
    """Frames of scikit-image's astronaut, who moves a little; JPEG."""
    from skimage.data import astronaut

    portrait = Image.fromarray(astronaut()).resize((440, 440))
    found = []
    for step in range(8):
        picture = Image.new("RGB", (640, 480), "grey")
        picture.paste(portrait, (90 + 3 * step, 20 + step))
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=85)
        found.append(out.getvalue())
    return found


def form(photo: bytes, **fields: str) -> bytes:
    """A multipart form."""
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="f.jpg"\r\n\r\n'
    return "".join(lines).encode() + head.encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()


class Client:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def post(self, path: str, body: bytes, kind: str) -> tuple[int, bytes]:
        self.connection.request("POST", f"/api/v1/{path}", body, {"Content-Type": kind})
        response = self.connection.getresponse()
        return response.status, response.read()


def camera(port: int, count: int) -> list[float]:
    """The seconds from a frame to its reading, frame after frame."""
    client, photos, before, times = Client(port), frames(), "", []
    for i in range(count):
        body = form(photos[i % len(photos)], time=str(i / 25), before=before)
        begin = time.perf_counter()
        status, answer = client.post("moments", body, f"multipart/form-data; boundary={BOUNDARY}")
        times.append(time.perf_counter() - begin)
        assert status == 200, answer
        before = answer.decode()
        assert json.loads(before)["faces"], "no face was found"
    return times[5:]


def crowd(port: int, clients: int) -> tuple[Counter[str], float]:
    """The statuses that many clients get, which send three requests each at the same time."""
    photo = frames()[0]

    def send(_: int) -> list[str]:
        try:
            client = Client(port)
            return [str(client.post("expression", photo, "image/jpeg")[0]) for _ in range(3)]
        except (OSError, http.client.HTTPException) as e:
            return [type(e).__name__]

    begin = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        found = Counter(
            status for statuses in pool.map(send, range(clients)) for status in statuses
        )
    return found, time.perf_counter() - begin


def memory(process: int, name: str) -> float:
    """VmRSS or VmHWM of a process, in MB."""
    line = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert line is not None
    return int(line[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=150)
    parser.add_argument("--clients", type=int, default=200)
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[-1:])
    with tempfile.TemporaryDirectory() as home:
        begin = time.perf_counter()
        server = subprocess.Popen(
            [sys.executable, "-m", "mien", "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MIEN_HOME": home},
        )
        os.sched_setaffinity(server.pid, cores[:1])
        assert server.stdout is not None
        found = re.search(r":(\d+)/", server.stdout.readline())
        assert found is not None
        port = int(found[1])
        request = b'{"emotion": "happy"}'
        status, _ = Client(port).post("recommendations", request, "application/json")
        assert status == 200
        print(f"start to first answer {time.perf_counter() - begin:.2f} s")
        times = np.array(camera(port, options.frames)) * 1e3
        p50, p95 = np.percentile(times, (50, 95))
        print(f"frame to reading, 640x480: median {p50:.1f} ms, 95 % within {p95:.1f} ms")
        print(f"readings a second, one client: {1e3 / times.mean():.0f}")
        print(f"memory {memory(server.pid, 'VmRSS'):.0f} MB")
        statuses, seconds = crowd(port, options.clients)
        counts = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
        print(f"{options.clients} clients at once, three photos each, {seconds:.1f} s: {counts}")
        print(f"memory at most {memory(server.pid, 'VmHWM'):.0f} MB")
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
