"""Small pictures as PNG files, written with Python's own zlib."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

# What a PNG file calls the kinds of its pixels, by the number of values that a pixel has.
_COLOUR_TYPES = {2: 4, 3: 2, 4: 6}


def png_address(pixels: NDArray[np.uint8]) -> str:
    """A `data:` address that holds the picture, for CSS or HTML.

    pixels: (Y, X, 3), red, green and blue; (Y, X, 4), with opacity; or (Y, X, 2), grey and opacity;
        0 to 255.

    Source: the PNG specification (W3C), sections 5 and 11: signature, IHDR, IDAT, IEND.
    """
    height, width, values = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[values], 0, 0, 0)
    # each row begins with the number of its filter; 0 is none
    rows = np.pad(pixels.reshape(height, width * values), ((0, 0), (1, 0)))
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in (
            (b"IHDR", header),
            (b"IDAT", zlib.compress(rows.tobytes(), 9)),
            (b"IEND", b""),
        )
    )
    return "data:image/png;base64," + base64.b64encode(file).decode()
