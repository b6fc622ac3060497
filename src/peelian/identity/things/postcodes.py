"""Postcodes as the Royal Mail writes them."""

from __future__ import annotations

import re

# Outward part of one or two letters, a figure, and perhaps a figure or a letter; inward part without C I K M O V (BS 7666-2:
# general knowledge). Which areas exist is not asked: a made-up county has its own.
SHAPE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}"
_POSTCODE = re.compile(SHAPE)
_FIGURE, _LETTER = str.maketrans("OI", "01"), str.maketrans("01", "OI")


def postcode(text: str) -> str:
    """Return a whole postcode in capitals with its one blank (`CM1 1AA`), or '' where `text` is none.

    O and I are read as figures where only a figure can stand, 0 and 1 as letters at the beginning.
    """
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    if not 5 <= len(bare) <= 7:
        return ""
    outward, inward = bare[:-3], bare[-3:]
    if bare != "GIR0AA":
        outward = outward[0].translate(_LETTER) + outward[1] + outward[2:].translate(_FIGURE)
        inward = inward[0].translate(_FIGURE) + inward[1:]
        if not _POSTCODE.fullmatch(outward + inward):
            return ""
    return f"{outward} {inward}"
