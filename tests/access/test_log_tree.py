"""The Merkle tree of the log against the published vectors of RFC 6962, and what must hold for every tree."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from peelian.access.log.tree import leaf_hash, path, root, root_by_path

# Inputs, roots and audit paths of the reference implementation of Certificate Transparency (merkletree tests, also in
# transparency-dev/merkle, testonly/constants.go).
INPUTS = [bytes.fromhex(h) for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATHS = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
LEAVES = [leaf_hash(data) for data in INPUTS]


def test_roots_are_the_published_ones() -> None:
    assert [root(LEAVES[:n]).hex() for n in range(9)] == ROOTS


def test_audit_paths_are_the_published_ones() -> None:
    for (index, size), expected in PATHS.items():
        assert [h.hex() for h in path(LEAVES[:size], index)] == expected


def split_root(data: list[bytes]) -> bytes:
    """The definition of RFC 6962, section 2.1, word for word: split at the largest power of two below the size."""
    if not data:
        return sha256().digest()
    if len(data) == 1:
        return sha256(b"\0" + data[0]).digest()
    k = 1 << (len(data) - 1).bit_length() - 1
    return sha256(b"\1" + split_root(data[:k]) + split_root(data[k:])).digest()


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_pairing_by_level_is_the_split_of_the_definition(data: list[bytes]) -> None:
    assert root([leaf_hash(d) for d in data]) == split_root(data)


@given(st.integers(1, 70), st.data())
def test_a_path_leads_to_the_root_from_its_own_leaf_and_place_alone(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([n])) for n in range(size)]
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    way = path(leaves, index)
    assert root_by_path(leaves[index], index, size, way) == root(leaves)
    assert (root_by_path(leaves[other], index, size, way) == root(leaves)) == (other == index)
    assert (root_by_path(leaves[index], other, size, way) == root(leaves)) == (other == index)
    assert root_by_path(leaves[index], index, size, [*way, leaves[0]]) is None
    assert root_by_path(leaves[index], size, size, way) is None
    if way:
        assert root_by_path(leaves[index], index, size, way[:-1]) is None
