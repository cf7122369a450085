"""The public names."""

from __future__ import annotations

import pytest


def test_everything_public_can_be_had() -> None:
    import mien as package

    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError):
        _ = package.nonsense  # type: ignore[attr-defined]
