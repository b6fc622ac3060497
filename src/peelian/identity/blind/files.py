"""The file that travels: encodings as Parquet, with the scheme, a check of the key and a digest in its header."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from peelian.core.errors import PeelianError

from .encoding import Encoded
from .keys import Key, Scheme, scheme_of

KIND = "peelian blind encoding 1"
ROWS = 100_000  # of a row group


def write_encoded(encoded: Encoded, key: Key, path: Path) -> None:
    """Write encodings for the side that matches."""
    table = pa.table(
        {
            "number": pa.array(encoded.numbers.tolist()),
            "bits": pa.array([row.tobytes() for row in encoded.filters], pa.binary(key.scheme.bits // 8)),
            **{f"tag_{field}": pa.array(tags) for field, tags in encoded.tags.items()},
        }
    )
    header = {
        "kind": KIND,
        "scheme": asdict(key.scheme),
        "check": key.check,
        "digest": _digest(encoded, key.scheme, key.check),
    }
    pq.write_table(table.replace_schema_metadata({"peelian": json.dumps(header)}), path, row_group_size=ROWS)


def read_encoded(path: Path) -> tuple[Encoded, Scheme, str]:
    """Read an encoded file: encodings, scheme, check of the key; PeelianError for one that is damaged or none."""
    raw = path.read_bytes()
    try:
        table = pq.read_table(pa.BufferReader(raw))
        header = json.loads(table.schema.metadata[b"peelian"])
        scheme = scheme_of(header["scheme"])
        encoded = Encoded(
            np.array(table["number"].to_pylist(), dtype=np.str_),
            np.frombuffer(b"".join(table["bits"].to_pylist()), dtype=np.uint64).reshape(len(table), scheme.bits // 64),
            {f: table[f"tag_{f}"].to_numpy() for f in scheme.hashes} if scheme.separate else {},
        )
        if header["kind"] != KIND or header["digest"] != _digest(encoded, scheme, header["check"]):
            raise ValueError
        return encoded, scheme, header["check"]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        raise PeelianError(
            "this is no encoded file, or it is damaged",
            where=path.name,
            matters="from a damaged file people would be missed unseen",
            fix="ask its sender for the file again, as `peelian blind encode` made it",
            id="peelian.E669",
        ) from None


def comparable(names: tuple[str, str], schemes: tuple[Scheme, Scheme], checks: tuple[str, str], *, on: date) -> None:
    """Refuse to match files of different schemes or keys, or after their last day.

    Raises
    ------
    PeelianError
        Naming the parameters that differ; of keys, only that they do.
    """
    where = " and ".join(names)
    first, second = (asdict(s) for s in schemes)
    if differ := [f"{name}: {first[name]} and {second[name]}" for name in first if first[name] != second[name]]:
        raise PeelianError(
            "the two files were encoded in different ways",
            where=where,
            found="; ".join(differ),
            matters="equal people would not look equal",
            fix="both sides encode again with one key file",
            id="peelian.E670",
        )
    if checks[0] != checks[1]:
        raise PeelianError(
            "the two files were encoded with different keys",
            where=where,
            matters="equal people would not look equal",
            fix="both sides encode again with one key file",
            id="peelian.E671",
        )
    if date.fromisoformat(schemes[0].until) < on:
        raise PeelianError(
            "the encodings are past their last day",
            where=where,
            found=f"until {schemes[0].until}",
            matters="they were shared for that time only",
            fix="delete the files and the key; encode again with a new key if the agreement still holds",
            id="peelian.E672",
        )


def _digest(encoded: Encoded, scheme: Scheme, check: str) -> str:
    parts = [
        np.char.encode(encoded.numbers).tobytes(),
        encoded.filters.tobytes(),
        *(t.tobytes() for t in encoded.tags.values()),
        json.dumps([asdict(scheme), check], sort_keys=True).encode(),
    ]
    return hashlib.sha256(b"".join(parts)).hexdigest()
