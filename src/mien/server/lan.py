"""What a phone in the same network needs: this machine's address there, a certificate that mien
makes itself, and a code to photograph."""

from __future__ import annotations

import io
import ipaddress
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mien.errors import MissingExtraError, ServerError
from mien.server.run import Tls
from mien.support.paths import home

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

_DAYS = 397
"""How long a certificate is valid: browsers refuse more than 398 days."""

_RENEWED = timedelta(days=30)  # before its end
_ELSEWHERE = ("192.0.2.1", 9)  # an address for examples (RFC 5737): nothing is sent there


def lan_address() -> str:
    """This machine's IPv4 address in the network that it is in.

    Raises:
        ServerError: it is in none.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
        except OSError as e:
            raise ServerError(
                "this machine is in no network", "connect it to one, or serve this machine alone"
            ) from e


def own_certificate(
    address: str,
    folder: Path | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Tls:
    """The certificate that mien keeps for this machine; a new one where there is none, where it
    ends within 30 days, or where the machine has another address now.

    Args:
        address: of this machine, as `lan_address` gives it.
        folder: default: `MIEN_HOME`, or the platform's folder for user data.
        now: tells the time.

    Raises:
        ServerError: the folder cannot be written.
        MissingExtraError: `cryptography` is not installed.
    """
    folder = home() if folder is None else folder
    tls = Tls(folder / "certificate.pem", folder / "certificate-key.pem")
    try:
        from cryptography import x509
    except ImportError as e:
        raise MissingExtraError("cryptography", "lan") from e
    try:
        kept = x509.load_pem_x509_certificate(tls.certificate.read_bytes())
        if tls.key.is_file() and _is_good(kept, address, now()):
            return tls
    except (OSError, ValueError):
        pass  # none, or a damaged one
    try:
        _make(tls, address, now())
    except OSError as e:
        raise ServerError(
            f"{folder} cannot be written ({e.strerror or e})", "set MIEN_HOME to another folder"
        ) from e
    return tls


def _is_good(certificate: Certificate, address: str, now: datetime) -> bool:
    from cryptography import x509

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    lasts = certificate.not_valid_after_utc - now > _RENEWED
    return lasts and ipaddress.ip_address(address) in addresses


def _make(tls: Tls, address: str, now: datetime) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    machine = socket.gethostname()
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"mien on {machine}"[:64])])
    names = [
        *(x509.DNSName(each) for each in ("localhost", machine, f"{machine}.local")),
        *(x509.IPAddress(ipaddress.ip_address(each)) for each in ("127.0.0.1", address)),
    ]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    tls.key.parent.mkdir(parents=True, exist_ok=True)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    tls.key.unlink(missing_ok=True)
    with os.fdopen(os.open(tls.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secret)
    tls.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def qr_code(text: str) -> str:
    """A QR code in half blocks, for dark and light terminals alike.

    Raises:
        MissingExtraError: `segno` is not installed.
    """
    try:
        import segno
    except ImportError as e:
        raise MissingExtraError("segno", "lan") from e
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()
