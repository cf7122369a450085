"""Any photo comes out upright and RGB, or is refused in one line."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mien import Limits, PhotoError
from mien.face.photo import load_photo
from mien.support.arrays import UInt8Array


def encoded(image: Image.Image, format_: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format_, **options)
    return out.getvalue()


def picture(mode: str = "RGB") -> Image.Image:
    """Red above, blue below, 40 wide and 30 high."""
    image = Image.new("RGB", (40, 30), (220, 20, 20))
    image.paste((20, 20, 220), (0, 15, 40, 30))
    return image.convert(mode)


def is_picture(pixels: UInt8Array) -> bool:
    top, bottom = pixels[:10].mean(axis=(0, 1)), pixels[-10:].mean(axis=(0, 1))
    red, blue = top[0] > 150 and top[2] < 90, bottom[2] > 150 and bottom[0] < 90
    return bool(red and blue)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_reads_every_format(format_: str, tmp_path: Path) -> None:
    data = encoded(picture(), format_)
    path = tmp_path / "photo"
    path.write_bytes(data)
    for source in (data, path, str(path)):
        pixels = load_photo(source)
        assert pixels.dtype == np.uint8
        assert pixels.shape == (30, 40, 3)
        assert is_picture(pixels)


@pytest.mark.parametrize(
    ("mode", "format_"),
    [("P", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("RGBA", "WEBP")],
)
def test_reads_every_colour_layout(mode: str, format_: str) -> None:
    assert is_picture(load_photo(encoded(picture(mode), format_)))


@pytest.mark.parametrize(("mode", "format_"), [("L", "JPEG"), ("L", "PNG"), ("1", "PNG")])
def test_grey_becomes_three_equal_channels(mode: str, format_: str) -> None:
    pixels = load_photo(encoded(picture(mode), format_))
    assert pixels.shape == (30, 40, 3)
    assert (pixels[..., 0] == pixels[..., 1]).all()
    assert (pixels[..., 1] == pixels[..., 2]).all()


def test_sixteen_bits_keep_their_upper_eight() -> None:
    grey = (np.arange(256, dtype=np.uint16) * 257).reshape(16, 16)
    pixels = load_photo(encoded(Image.fromarray(grey), "PNG"))
    assert np.array_equal(pixels[..., 0], np.arange(256).reshape(16, 16))
    assert np.array_equal(load_photo(grey), pixels)


def test_transparency_becomes_white() -> None:
    glass = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert (load_photo(encoded(glass, "PNG")) == 255).all()
    assert (load_photo(np.zeros((4, 4, 4), np.uint8)) == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_applies_the_exif_orientation(orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = picture()
    if orientation in turns:
        stored = stored.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = load_photo(encoded(stored, "JPEG", exif=exif, quality=95))
    assert pixels.shape == (30, 40, 3)
    assert is_picture(pixels)


def test_reads_the_first_frame_of_an_animation() -> None:
    frames = [picture(), Image.new("RGB", (40, 30), "black")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert is_picture(load_photo(data))


def test_arrays_come_through_unchanged() -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    assert np.array_equal(load_photo(rgb), rgb)
    assert np.array_equal(load_photo(rgb[..., 0])[..., 2], rgb[..., 0])


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 2, 2), np.uint8),
        np.zeros((0, 5, 3), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((5, 5, 3), np.float32),
    ],
)
def test_refuses_arrays_that_are_not_photos(array: np.ndarray) -> None:
    with pytest.raises(PhotoError):
        load_photo(array)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP", "BMP", "GIF"])
def test_a_truncated_file_is_refused(format_: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), format_)
    for keep in (0.1, 0.5, 0.9):
        with pytest.raises(PhotoError):
            load_photo(data[: int(len(data) * keep)])


def test_errors_name_the_problem_and_a_remedy(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    cases: list[tuple[object, str]] = [
        (empty, "is empty"),
        (tmp_path / "none.jpg", "does not exist"),
        (tmp_path, "is a folder"),
        (b"hello there, this is text", "is not an image"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "save it as JPEG or PNG"),
        (b"II*\0" + bytes(40), "save it as JPEG or PNG"),
        (b"%PDF-1.7 ...", "PDF"),
        ("bad\0name", "cannot be opened"),
    ]
    for source, expected in cases:
        with pytest.raises(PhotoError, match=expected) as error:
            load_photo(source)  # type: ignore[arg-type]
        assert "\n" not in str(error.value)
        assert error.value.hint
        assert "mien " not in error.value.hint


def test_too_many_bytes_are_refused(tmp_path: Path) -> None:
    data = encoded(picture(), "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    for source in (data, path):
        with pytest.raises(PhotoError, match="MB"):
            load_photo(source, Limits(bytes=len(data) - 1))
        load_photo(source, Limits(bytes=len(data)))


def test_too_many_pixels_are_refused_before_decoding() -> None:
    """A PNG whose header promises a huge image and which holds nothing."""
    for side in (8_000, 60_000):
        chunks = (
            b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0),
            b"IDAT" + zlib.compress(bytes(100)),
        )
        bomb = b"\x89PNG\r\n\x1a\n"
        for chunk in chunks:
            bomb += struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        with pytest.raises(PhotoError, match="pixels"):
            load_photo(bomb)
    with pytest.raises(PhotoError, match="40x30"):
        load_photo(encoded(picture(), "JPEG"), Limits(pixels=1199))


@given(st.binary(min_size=1, max_size=40), st.integers(0, 300))
def test_damaged_exif_data_is_no_crash(noise: bytes, where: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "camera"
    exif[0x829A] = 0.01
    data = bytearray(encoded(picture(), "JPEG", exif=exif))
    data[where : where + len(noise)] = noise
    with contextlib.suppress(PhotoError):
        assert load_photo(bytes(data)).ndim == 3


@given(st.binary(max_size=400), st.sampled_from(["", "JPEG", "PNG", "GIF", "BMP", "WEBP"]))
def test_any_bytes_are_read_or_refused(noise: bytes, format_: str) -> None:
    data = encoded(picture(), format_)[:60] + noise if format_ else noise
    try:
        assert load_photo(data).ndim == 3
    except PhotoError as error:
        assert "\n" not in str(error)
