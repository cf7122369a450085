"""`mien serve`, a real server in a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from serving import read_address, serving, start_server

from mien import Feedback
from mien.support.arrays import UInt8Array


def port_of(address: str) -> int:
    return int(address.rstrip("/").rpartition(":")[2])


def nothing_may_be_written() -> None:
    """From here on this process cannot make a file grow, wherever it lies."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.fixture
def url() -> Iterator[str]:
    """`mien serve` on a free port, in a process that cannot write a byte to any file."""
    with serving(preexec_fn=nothing_may_be_written) as address:
        yield address


@pytest.mark.parametrize("form", [True, False])
def test_a_real_server_keeps_photos_off_the_disk(
    url: str, astronaut: UInt8Array, form: bool
) -> None:
    out = io.BytesIO()
    noisy = np.random.default_rng(0).integers(0, 30, (1500, 1500, 3), dtype=np.uint8)
    noisy[:512, :512] = astronaut
    Image.fromarray(noisy).save(out, "PNG")  # several MB: more than servers keep in memory
    body, kind = out.getvalue(), "image/png"
    assert len(body) > 2_000_000
    if form:
        head = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
        body, kind = head + body + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"
    request = urllib.request.Request(
        f"{url}api/v1/expression", data=body, headers={"Content-Type": kind}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        assert json.load(response)["faces"][0]["label"] == "happy"


def test_frames_leave_nothing_behind(jpeg: bytes, tmp_path: Path) -> None:
    """After moments, readings and songs nothing lies in any folder that the server can name."""
    folders = {name: str(tmp_path / name) for name in ("HOME", "TMPDIR", "MIEN_HOME")}
    for folder in folders.values():
        Path(folder).mkdir()
    with serving(env={**os.environ, **folders}, cwd=tmp_path) as address:  # logs nothing
        head = b'--b\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
        form = head % (b"time", b"", b"0") + head % (b"photo", b'; filename="me.jpg"', jpeg)
        for path, body, kind in (
            ("moments", form + b"--b--\r\n", "multipart/form-data; boundary=b"),
            ("expression", jpeg, "image/jpeg"),
            ("recommendations", jpeg, "image/jpeg"),
            ("expression", jpeg[:-1000], "image/jpeg"),
        ):
            request = urllib.request.Request(
                f"{address}api/v1/{path}", data=body, headers={"Content-Type": kind}
            )
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=60).close()
    left = {path.name: path for path in tmp_path.rglob("*") if path.is_file()}
    assert left.keys() <= {"astronaut.jpg", "feedback.sqlite"}, left
    if "feedback.sqlite" in left:  # which songs were shown, so that others come next time
        kept = left["feedback.sqlite"].read_bytes()
        assert not any(jpeg[i : i + 64] in kept for i in range(0, len(jpeg) - 64, 64))
        exported = Feedback(left["feedback.sqlite"]).export()
        assert not any(exported[name] for name in exported if name not in ("lists", "shown"))


def test_a_port_that_is_taken_is_one_clear_line(url: str) -> None:
    port = str(port_of(url))
    done = subprocess.run(
        [sys.executable, "-m", "mien", "serve", "--port", port],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"port {port} on 127.0.0.1 cannot be used (Address already in use)" in done.stderr
    assert "another port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_far_too_large_bodies_have_the_one_shape(url: str) -> None:
    request = urllib.request.Request(f"{url}api/v1/expression", data=bytes(40_000_000))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=60)
    assert refused.value.code == 413
    assert json.load(refused.value)["error"]["code"] == "too_large"


@pytest.mark.parametrize(
    "sent", [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET /\xff HTTP/1.1\r\n: \r\n\r\n"]
)
def test_broken_requests_have_the_one_shape(url: str, sent: bytes) -> None:
    port = port_of(url)
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] in (b"400", b"403")
    assert list(json.loads(body)["error"]) == ["code", "message", "hint"]


def test_many_at_once_get_an_answer_or_503(url: str, jpeg: bytes) -> None:
    def ask(_: int) -> int:
        request = urllib.request.Request(
            f"{url}api/v1/expression", data=jpeg, headers={"Content-Type": "image/jpeg"}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            assert error.headers["Retry-After"]
            assert json.load(error)["error"]["code"] == "busy"
            return error.code

    with ThreadPoolExecutor(200) as pool:
        statuses = set(pool.map(ask, range(200)))
    assert statuses <= {200, 503}
    assert 200 in statuses


def test_other_machines_need_the_token_that_is_printed(tmp_path: Path) -> None:
    with serving("--host", "0.0.0.0", stopped_by=signal.SIGINT) as address:
        base, _, token = address.partition("?token=")
        base = base.replace("0.0.0.0", "127.0.0.1")
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{base}api/v1/catalogue", timeout=30)
        assert refused.value.code == 401
        request = urllib.request.Request(
            f"{base}api/v1/catalogue", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            assert json.load(response)["name"] == "starter"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Paths of an authority's certificate, of one for localhost, and of its key."""
    import trustme

    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    paths = tuple(tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(paths[0])
    issued.cert_chain_pems[0].write_to_path(paths[1])
    issued.private_key_pem.write_to_path(paths[2])
    return paths[0], paths[1], paths[2]


def test_https(certificate: tuple[Path, Path, Path], jpeg: bytes) -> None:
    authority, cert, key = certificate
    with serving("--tls-cert", str(cert), "--tls-key", str(key)) as address:
        assert address.startswith("https://127.0.0.1:")
        url = f"{address.replace('127.0.0.1', 'localhost')}api/v1/expression"
        own = {"Origin": url.partition("/api")[0], "Content-Type": "image/jpeg"}
        request = urllib.request.Request(url, data=jpeg, headers=own)
        context = ssl.create_default_context(cafile=str(authority))
        with urllib.request.urlopen(request, timeout=60, context=context) as response:
            assert json.load(response)["faces"][0]["label"] == "happy"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tls-cert", "a.pem"], "give both"),
        (["--tls-cert", "a.pem", "--tls-key", "b.pem"], "cannot be used (No such file"),
        (["--tls-cert", __file__, "--tls-key", __file__], "PEM"),
        (["--token", "short"], "12 characters"),
        (["--host", "192.0.2.1"], "192.0.2.1 cannot be used"),
        (["--host", "no.such.host.invalid"], "cannot be used"),
    ],
)
def test_options_that_cannot_be_met_are_one_clear_line(options: list[str], said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mien", "serve", "--port", "0", *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def heed_hangups() -> None:
    """As shells start programs, also where these tests themselves run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def ignore_interrupts() -> None:
    """As shells do for what they start with `&`."""
    heed_hangups()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("stopped_by", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("before", [heed_hangups, ignore_interrupts], ids=["", "SIGINT ignored"])
def test_requests_are_answered_before_the_server_stops(
    stopped_by: signal.Signals, before: Callable[[], None]
) -> None:
    """A request whose body is still on its way when the signal comes is answered."""
    with serving(stopped_by=stopped_by, preexec_fn=before) as address:
        connection = send_half(address)
        rest = threading.Timer(1, connection.sendall, [BODY[HALF:]])
        rest.start()
    with connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 OK")


BODY = b'{"emotion": "sad"}'
HALF = len(BODY) // 2


def send_half(address: str) -> socket.socket:
    """A connection on which half of a request for songs has reached the server."""
    port = port_of(address)
    head = f"POST /api/v1/recommendations HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    connection.sendall(head.encode() + BODY[:HALF])
    time.sleep(0.3)  # so that a thread of the server has it
    return connection


def test_a_second_signal_ends_the_server_at_once() -> None:
    process = start_server()
    with send_half(read_address(process)), process:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert process.poll() is None  # the request is awaited
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == -signal.SIGTERM


def test_a_server_in_the_background_of_a_script_stops(tmp_path: Path) -> None:
    """A shell without job control ignores SIGINT for what it starts with `&`."""
    command = f"{shlex.quote(sys.executable)} -m mien serve --port 0 & echo $!; wait $!; echo $?"
    with subprocess.Popen(["sh", "-c", command], stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout is not None
        server = int(script.stdout.readline())
        address = read_address(script)
        with urllib.request.urlopen(f"{address}healthz", timeout=30) as response:
            assert response.status == 200
        os.kill(server, signal.SIGTERM)
        assert script.stdout.readline() == "0\n"


def test_a_server_under_nohup_outlives_its_terminal() -> None:
    def ignore_hangups() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = start_server(preexec_fn=ignore_hangups)
    address = read_address(process)
    with process:
        process.send_signal(signal.SIGHUP)
        with urllib.request.urlopen(f"{address}healthz", timeout=30) as response:
            assert response.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_the_signals_of_the_caller_are_restored() -> None:
    """`run` in a program of one's own leaves its handlers as they were."""
    program = """
import signal, threading, os
from mien.server.run import run
before = [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
threading.Timer(0.5, os.kill, [os.getpid(), signal.SIGTERM]).start()
run("127.0.0.1", 0)
assert before == [signal.getsignal(s) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
assert threading.active_count() == 1, threading.enumerate()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
