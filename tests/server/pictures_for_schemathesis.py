"""A hook of schemathesis: small pictures, for a schema cannot say which bytes are one."""

from __future__ import annotations

import io

import schemathesis
from hypothesis import strategies as st
from PIL import Image


def _pictures() -> list[bytes]:
    found = []
    for kind in ("PNG", "JPEG", "WEBP"):
        out = io.BytesIO()
        Image.new("RGB", (60, 40), "grey").save(out, kind)
        found.append(out.getvalue())
    return found


schemathesis.openapi.format("binary", st.sampled_from(_pictures()))
for kind in ("jpeg", "png", "webp", "bmp", "gif"):
    schemathesis.openapi.media_type(f"image/{kind}", st.sampled_from(_pictures()))
