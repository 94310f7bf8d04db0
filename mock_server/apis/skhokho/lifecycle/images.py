"""A product's image: pictures to send, and files that are none.

Source: facts, section 3: an image comes in a multipart body, and other files are refused. That it
can be read under the URL that the product shows is inferred, as the spec says.
"""

from __future__ import annotations

import struct
import zlib
from random import Random

from mock_server.lifecycle.files import Attachment, File

#: Few, so that two products often have files of one name.
_NAMES = ("photo.png", "front.png")


def png(pixel: bytes) -> bytes:
    """Return a picture of one pixel, given as red, green and blue."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + pixel)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _picture(random: Random) -> File:
    return File(random.choice(_NAMES), "image/png", png(random.randbytes(3)))


IMAGE = Attachment(
    "image",
    _picture,
    "/image",
    "getProductImage",
    "image_name",
    wrong=(
        File("photo.png", "image/png", b""),
        File("photo.png", "image/png", b"no picture"),
        File("photo.txt", "image/png", png(b"\0\0\0")),
        File("cut.png", "image/png", png(b"\0\0\0")[:40]),
    ),
)
