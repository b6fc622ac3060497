"""Keyed encodings of people: record-level Bloom filters, weighted by field, then diffused.

Each token of a field (a pair of letters, a part of a date or postcode) sets as many bits as its field weighs, at positions that only the
key tells (HMAC, never double hashing, which Niedermeyer et al. 2014 broke). All fields share one filter (a cryptographic long-term key:
Schnell, Bachteler and Reiher 2011), so that the same name looks different in each record. Then each bit is replaced by the sum
modulo 2 of `spread` bits at secret positions (diffusion: Armknecht, Heng and Schnell 2023), so that no bit stands for a token.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .keys import Key
from .people import People

NAMES = ("surname", "forenames")  # the fields that a salt is for
BLOCK = 8_192  # records expanded to one byte a bit at a time


@dataclass(frozen=True)
class Encoded:
    """Encoded people, in an order that tells nothing.

    Attributes
    ----------
    numbers : array of str, shape (n,)
        Each record's opaque number.
    filters : array of uint64, shape (n, bits / 64)
    tags : dict of field to array of uint64, shape (n,)
        Of a separate scheme: equal where field and date of birth are equal; 0 where either is not known.
    """

    numbers: NDArray[np.str_]
    filters: NDArray[np.uint64]
    tags: dict[str, NDArray[np.uint64]]

    def __len__(self) -> int:
        return len(self.numbers)


def bigrams(name: str) -> list[str]:
    """Pairs of neighbouring letters of each word, its ends marked.

    >>> bigrams("jo ann")
    ['_j', 'jo', 'o_', '_a', 'an', 'nn', 'n_']
    """
    return [word[n : n + 2] for word in (f"_{w}_" for w in name.split()) for n in range(len(word) - 1)]


def date_tokens(day: str) -> list[str]:
    """Parts of a date with their neighbourhood (Vatsalan and Christen 2016): near dates and swapped day and month share tokens.

    >>> date_tokens("1984-12-03")
    ['y1983', 'y1984', 'y1985', 'y84', 'm12', 'd03', 'n12', 'n03']
    """
    if not day:
        return []
    year, month, of_month = day.split("-")
    near = [f"y{int(year) + n}" for n in (-1, 0, 1)]
    return [*near, f"y{year[2:]}", f"m{month}", f"d{of_month}", f"n{month}", f"n{of_month}"]


def postcode_tokens(postcode: str) -> list[str]:
    """A postcode and the larger places it lies in: neighbours share district and sector.

    >>> postcode_tokens("CM 1 2 AB")
    ['CM1', 'CM1 2', 'CM12AB', '2AB']
    """
    if not postcode:
        return []
    area, district, sector, unit = postcode.split()
    return [area + district, f"{area}{district} {sector}", area + district + sector + unit, sector + unit]


TOKENS = {
    "surname": bigrams,
    "forenames": lambda names: bigrams(names.split()[0]) if names else [],  # second names are too often left out
    "born_on": date_tokens,
    "sex": lambda sex: [sex] if sex else [],
    "postcode": postcode_tokens,
}


def encode(people: People, key: Key, *, rng: np.random.Generator) -> tuple[Encoded, list[str]]:
    """Encode people; their numbers and order are drawn from `rng`.

    Returns
    -------
    Encoded
    list of str
        The sender's reference of each record, in the same order: what stays at home.
    """
    order = rng.permutation(len(people))
    filters = np.concatenate([diffused(block, key) for block in plain(people, key)])[order]
    tags = {f: v[order] for f, v in _tags(people, key).items()} if key.scheme.separate else {}
    numbers = np.array([f"{n:016x}" for n in _distinct(len(people), rng)])
    return Encoded(numbers, filters, tags), [people.references[n] for n in order]


def plain(people: People, key: Key) -> Iterator[NDArray[np.bool_]]:
    """Bloom filters before diffusion, a block of records at a time, shape (records, bits)."""
    scheme, seen = key.scheme, dict[tuple[str, str, str], NDArray[np.intp]]()
    salts = _salts(people, scheme.salt)
    for start in range(0, len(people), BLOCK):
        rows = range(start, min(start + BLOCK, len(people)))
        bits = np.zeros((len(rows), scheme.bits), dtype=np.bool_)
        for field, hashes in scheme.hashes.items():
            values, tokens = people.fields[field], TOKENS[field]
            for n, row in enumerate(rows):
                # Half of all people set the same bits of a sex, and would be told by them: it is always keyed by the year of birth.
                salt = people.fields["born_on"][row][:4] if field == "sex" else salts[row] if field in NAMES else ""
                found = seen.get((field, salt, values[row]))
                if found is None:
                    found = _positions(key, field, salt, tokens(values[row]), hashes)
                    seen[field, salt, values[row]] = found
                bits[n, found] = True
        yield bits


def diffused(bits: NDArray[np.bool_], key: Key) -> NDArray[np.uint64]:
    """Filters with each bit the sum modulo 2 of `spread` bits of `bits`, packed, shape (records, bits / 64).

    Every bit goes into exactly `spread` others, so that no field weighs more than its tokens do.
    """
    size = bits.shape[1]
    out = np.zeros_like(bits)
    for n in range(key.scheme.spread):
        out ^= bits[:, sorted(range(size), key=lambda i: key.derive("spread", n, i))]
    return np.packbits(out, axis=1).view(np.uint64)


def _positions(key: Key, field: str, salt: str, tokens: Iterable[str], hashes: int) -> NDArray[np.intp]:
    drawn = [np.frombuffer(key.derive("token", field, salt, t), dtype="<u2")[:hashes] for t in tokens]
    return np.unique(np.concatenate(drawn) % key.scheme.bits).astype(np.intp) if drawn else np.empty(0, np.intp)


def _salts(people: People, salt: str) -> list[str]:
    if salt == "year":
        return [day[:4] for day in people.fields["born_on"]]
    if salt == "area":
        return [postcode.split(" ")[0] for postcode in people.fields["postcode"]]
    return [""] * len(people)


def _tags(people: People, key: Key) -> dict[str, NDArray[np.uint64]]:
    """Keyed by date of birth, so that how often a name comes cannot be counted but within one day's births."""
    born = people.fields["born_on"]
    return {
        field: np.array(
            [
                int.from_bytes(key.derive("tag", field, day, value)[:8], "big") if day and value else 0
                for day, value in zip(born, people.fields[field], strict=True)
            ],
            dtype=np.uint64,
        )
        for field in key.scheme.hashes
    }


def _distinct(count: int, rng: np.random.Generator) -> list[int]:
    drawn: dict[int, None] = {}
    while len(drawn) < count:
        drawn |= dict.fromkeys(rng.integers(0, 2**63, count - len(drawn)).tolist())
    return list(drawn)
