"""Uploaded images: which files are images, and under which names they are kept."""

from __future__ import annotations

import html
import io
import mimetypes
import random
import re
import warnings
from functools import cache
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any

from mock_server.engine.messages import Upload

#: What images of the usual kinds begin with, for an installation without Pillow.
_SIGNATURES = re.compile(
    rb"\x89PNG\r\n\x1a\n|GIF8[79]a|\xff\xd8\xff|BM|RIFF....WEBP|II\*\x00|MM\x00\*", re.DOTALL
)
_USUAL_EXTENSIONS = ("png", "gif", "jpg", "jpeg", "bmp", "webp", "tif", "tiff")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@cache
def image_extensions() -> tuple[str, ...]:
    """Return the file extensions that are taken for images, without the dot."""
    if find_spec("PIL") is None:
        return _USUAL_EXTENSIONS
    from PIL import Image

    Image.init()
    return tuple(extension.lower().removeprefix(".") for extension in Image.EXTENSION)


def problem_of(upload: Upload) -> tuple[str, Any] | None:
    """Return the rule that the file breaks with the rule's detail, or None for an image.

    The rules and their order are Django's: not empty, readable by Pillow, and a name that ends
    in an image's extension (Django source, `forms.ImageField`). Without Pillow (the extra
    `images`), a file is readable if it begins as an image does.
    """
    if not upload.content:
        return "emptyFile", None
    if not _is_image(upload.content):
        return "image", None
    extension = PurePosixPath(upload.filename).suffix.removeprefix(".").lower()
    if extension not in image_extensions():
        return "extension", extension
    return None


def _is_image(content: bytes) -> bool:
    if find_spec("PIL") is None:
        return _SIGNATURES.match(content) is not None
    # Pillow takes long to import, and most servers are never sent a file.
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Image.open(io.BytesIO(content)).verify()
    except Exception:  # noqa: BLE001 - Pillow's readers fail in many ways, all meaning the same
        return False
    return True


def media_type_of(name: str) -> str:
    """Return the image type that a file's name stands for, or that of plain bytes."""
    guess, _ = mimetypes.guess_type(name)
    return guess if guess is not None and guess.startswith("image/") else "application/octet-stream"


def bare_filename(filename: str) -> str:
    """Return the last part of an uploaded file's name without unprintable characters.

    It is empty where Django's multipart parser takes the file for nameless and leaves it out
    (Django source, `MultiPartParser.sanitize_file_name`).
    """
    name = re.split(r"[/\\]", html.unescape(filename))[-1]
    name = "".join(one for one in name if one.isprintable())
    return "" if name in {".", ".."} else name


def stored_name(filename: str, *, taken: bool, source: random.Random) -> str:
    """Return the name to keep a file under, as Django's storage makes it.

    Spaces become underscores, and all but letters, digits, dots, dashes and underscores goes; a
    name that is taken gets seven random letters before its extension (Django source).
    """
    name = re.sub(r"[^-\w.]", "", filename.strip().replace(" ", "_")).lstrip(".") or "image"
    if not taken:
        return name
    path = PurePosixPath(name)
    suffix = "".join(source.choice(_LETTERS) for _ in range(7))
    return f"{path.stem}_{suffix}{path.suffix}"
