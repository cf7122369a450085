"""A photo from a path, bytes or an array -> an upright RGB array."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mien.errors import PhotoError, PhotoTooLargeError
from mien.support.arrays import UInt8Array

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")

Photo = str | Path | bytes | npt.NDArray[np.generic]


@dataclass(frozen=True)
class Limits:
    """The largest photos to decode; larger ones are refused before that.

    Attributes:
        bytes: size of the file.
        pixels: width times height, from the file's header; Pillow itself refuses more than
            178 million.
    """

    bytes: int = 20_000_000
    pixels: int = 50_000_000


DEFAULT_LIMITS = Limits()


def load_photo(photo: Photo, limits: Limits = DEFAULT_LIMITS) -> UInt8Array:
    """Decode a photo.

    JPEG, PNG, WebP, BMP or GIF; of an animation the first frame. Grey, palette, CMYK and 16-bit
    images become 8-bit RGB, transparency becomes white, and the EXIF orientation is applied.

    Args:
        photo: a path, the file's bytes, or an array: uint8 or uint16, [h, w] grey, [h, w, 3] RGB
            or [h, w, 4] RGBA.
        limits: the largest photo to decode.

    Returns:
        uint8 [h, w, 3], RGB, upright.

    Raises:
        PhotoError: it is missing, empty, damaged or not an image.
        PhotoTooLargeError: it exceeds the limits.

    >>> load_photo(np.zeros((30, 40), np.uint8)).shape
    (30, 40, 3)
    """
    if isinstance(photo, np.ndarray):
        return _from_array(photo, limits)
    if isinstance(photo, bytes):
        return _decode(photo, "the photo", limits)
    return _decode(_read(Path(photo), limits), str(photo), limits)


def _read(path: Path, limits: Limits) -> bytes:
    try:
        if path.is_dir():
            raise PhotoError(f"{path} is a folder", "give one photo")
        with path.open("rb") as file:
            return file.read(limits.bytes + 1)
    except FileNotFoundError:
        raise PhotoError(f"{path} does not exist", "check the name") from None
    except (OSError, ValueError) as e:
        reason = e.strerror if isinstance(e, OSError) and e.strerror else e
        raise PhotoError(
            f"{path} cannot be opened ({reason})", "check its name and permissions"
        ) from None


def _decode(data: bytes, name: str, limits: Limits) -> UInt8Array:
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise PhotoError(f"{name} is empty", "give a JPEG, PNG, WebP, BMP or GIF file")
    if len(data) > limits.bytes:
        raise PhotoTooLargeError(
            f"{name} is larger than {limits.bytes / 1e6:g} MB", "save a smaller copy"
        )
    try:
        with warnings.catch_warnings():
            # We check the number of pixels; Pillow would warn about it on standard error too.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=FORMATS) as image:
                _check_pixels(image.width, image.height, name, limits)
                image.load()
                return _to_rgb(image)
    except Image.DecompressionBombError:
        raise PhotoTooLargeError(f"{name} has too many pixels", "save a smaller copy") from None
    except UnidentifiedImageError:
        problem, hint = _identify(data)
        raise PhotoError(f"{name} {problem}", hint) from None
    except PhotoError:
        raise
    except Exception as e:  # Pillow's decoders raise almost anything on damaged files
        raise PhotoError(
            f"{name} is damaged ({_one_line(e)})", "save or download it again"
        ) from None


def _to_rgb(image: Image.Image) -> UInt8Array:
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):  # 16 bits per pixel, in one of several layouts
        return _grey_to_rgb((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"), dtype=np.uint8)


def _from_array(array: npt.NDArray[np.generic], limits: Limits) -> UInt8Array:
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PhotoError(
            f"an array of shape {list(array.shape)} is not a photo",
            "expected [h, w], [h, w, 3] or [h, w, 4]",
        )
    height, width = array.shape[:2]
    if not height or not width:
        raise PhotoError("the array is empty", "give at least one pixel")
    _check_pixels(width, height, "the array", limits)
    if array.dtype == np.uint16:
        array = array.astype(np.uint16) >> 8
    elif array.dtype != np.uint8:
        raise PhotoError(f"an array of {array.dtype} is not a photo", "expected uint8 or uint16")
    pixels = array.astype(np.uint8)
    if pixels.ndim == 2:
        return _grey_to_rgb(pixels)
    if pixels.shape[2] == 4:
        alpha = pixels[..., 3:].astype(np.uint16)
        pixels = ((pixels[..., :3] * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
    return np.ascontiguousarray(pixels)


def _grey_to_rgb(grey: UInt8Array) -> UInt8Array:
    return np.repeat(grey[..., None], 3, axis=2)


def _check_pixels(width: int, height: int, name: str, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise PhotoTooLargeError(
            f"{name} has {width}x{height} pixels, more than {limits.pixels / 1e6:g} million",
            "save a smaller copy",
        )


def _identify(data: bytes) -> tuple[str, str]:
    """What a file that no decoder reads is instead of a photo, and what to do."""
    if data[4:8] == b"ftyp":
        return "is a HEIC, AVIF or video file", "save it as JPEG or PNG first"
    if data[:4] in (b"II*\0", b"MM\0*"):
        return "is a TIFF or raw file", "save it as JPEG or PNG first"
    if data[:4] == b"%PDF":
        return "is a PDF", "save the picture in it as JPEG or PNG first"
    return "is not an image", "give a JPEG, PNG, WebP, BMP or GIF file"


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
