"""A phone in the same network: the address, the certificate, and the code."""

from __future__ import annotations

import re
import ssl
import stat
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from cryptography import x509
from running import mien
from serving import read_address, start_server

from mien.errors import ServerError
from mien.server.lan import lan_address, own_certificate, qr_code

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def in_a_network() -> bool:
    try:
        return not lan_address().startswith("127.")
    except ServerError:
        return False


def decode(code: str) -> str:
    """What a camera reads in a code of half blocks."""
    halves = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1)}
    lines = re.sub(r"\x1b\[[0-9;]*m", "", code).rstrip("\n").split("\n")
    width = max(map(len, lines))
    rows: list[list[int]] = []
    for line in lines:
        cells = [halves.get(each, (0, 0)) for each in line.ljust(width)]
        rows += [[top for top, _ in cells], [bottom for _, bottom in cells]]
    light = np.pad(np.array(rows, np.uint8), 4, constant_values=1)
    picture = np.kron(light, np.full((8, 8), 255, np.uint8))
    text, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    return text


def test_the_code_says_the_address() -> None:
    address = "https://192.168.178.23:8000/?token=4cOdK2wGLETKBW3PvgPWqT"
    assert decode(qr_code(address)) == address


def test_the_certificate_is_kept_until_it_ends_or_the_address_changes(tmp_path: Path) -> None:
    tls = own_certificate("192.168.1.5", tmp_path / "new", at(NOW))
    assert stat.S_IMODE(tls.key.stat().st_mode) == 0o600
    first = tls.certificate.read_bytes()
    later = NOW + timedelta(days=300)
    assert own_certificate("192.168.1.5", tmp_path / "new", at(later)) == tls
    assert tls.certificate.read_bytes() == first

    own_certificate("192.168.1.5", tmp_path / "new", at(NOW + timedelta(days=380)))
    renewed = tls.certificate.read_bytes()
    assert renewed != first
    own_certificate("10.0.0.7", tmp_path / "new", at(NOW + timedelta(days=381)))
    assert tls.certificate.read_bytes() != renewed
    made = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
    assert made.not_valid_after_utc - made.not_valid_before_utc < timedelta(days=398)
    assert stat.S_IMODE(tls.key.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["certificate", "key"])
def test_a_damaged_certificate_is_made_again(tmp_path: Path, damage: str) -> None:
    tls = own_certificate("192.168.1.5", tmp_path, at(NOW))
    if damage == "key":
        tls.key.unlink()
    else:
        tls.certificate.write_text("-----BEGIN CERTIFICATE-----\nnone")
    own_certificate("192.168.1.5", tmp_path, at(NOW))
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate, tls.key)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServerError, match="cannot be written"):
        own_certificate("192.168.1.5", tmp_path / "file", at(NOW))


@pytest.mark.skipif(not in_a_network(), reason="this machine is in no network")
def test_a_phone_reaches_the_page_by_the_code(home: Path) -> None:
    process = start_server("--lan")
    try:
        address = read_address(process)
        assert process.stdout is not None
        code = []
        while "choose 'Advanced'" not in (line := process.stdout.readline()):
            code.append(line)
        assert decode("".join(code).strip("\n")) == address
        trusting = ssl.create_default_context(cafile=str(home / "certificate.pem"))
        phone = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusting), urllib.request.HTTPCookieProcessor()
        )
        with phone.open(address) as page:
            assert b"Songs for the look on your face" in page.read()
        without = address.partition("?")[0] + "api/v1/catalogue"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(without, context=trusting)
    finally:
        process.terminate()
        process.communicate(timeout=20)
    assert process.returncode == 0


def test_lan_chooses_the_address_itself() -> None:
    result = mien("serve", "--lan", "--host", "10.0.0.1")
    assert result.exit_code == 2
    assert "leave --host out" in result.stderr
