"""The Merkle tree of RFC 6962: leaves and nodes are hashed apart, so that a node never passes for a leaf."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf, 32 bytes (RFC 6962, section 2.1)."""
    return sha256(b"\0" + data).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes, 32 bytes; of none, the hash of nothing.

    Pairing level by level and carrying an odd last node up unchanged gives the same tree as the RFC's split at the largest
    power of two.
    """
    if not leaves:
        return sha256().digest()
    level = list(leaves)
    while len(level) > 1:
        level = _up(level)
    return level[0]


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf: the siblings on its way to the root, lowest first.

    Raises
    ------
    IndexError
        If there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level, way = list(leaves), []
    while len(level) > 1:
        if (sibling := index ^ 1) < len(level):
            way.append(level[sibling])
        level, index = _up(level), index // 2
    return way


def root_by_path(leaf: bytes, index: int, size: int, way: Sequence[bytes]) -> bytes | None:
    """The root that a leaf hash and its audit path give in a tree of `size` leaves; None if the path is not one of such a tree."""
    if not 0 <= index < size:
        return None
    found, rest = leaf, list(way)
    while size > 1:
        if (sibling := index ^ 1) < size:
            if not rest:
                return None
            other = rest.pop(0)
            found = _node(found, other) if sibling > index else _node(other, found)
        index, size = index // 2, (size + 1) // 2
    return None if rest else found


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def _up(level: list[bytes]) -> list[bytes]:
    pairs = [sha256(b"\1" + level[n] + level[n + 1]).digest() for n in range(0, len(level) - 1, 2)]
    return pairs + level[-1:] if len(level) % 2 else pairs
