"""Blind matching: how well beside linkage in clear text, and how fast.

Run: python benchmarks/blind.py [--each 100000] [--seed 11] [--no-splink] [--no-exact]

Two registers of `each` people of a made-up county, one as the force's extracts name people and one as a partner does, 30 % of the people on both; names,
dates and addresses have the county's own slips, gaps, short forms and moves. Peer: Splink on DuckDB over the same fields in clear text, trained
without labels in the same run, at the threshold that is best for it. Limits: F1 not more than 0.02 below the peer's; encoding
100,000 people 60 s; matching 100,000 with 100,000 300 s; an exact match of the same registers, all four steps, 300 s.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
from datetime import date
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from peelian.county.calendar import Calendar
from peelian.county.feeds.persons import person_cells
from peelian.county.making import _found
from peelian.county.partner_view import Hand, who
from peelian.identity.blind import exact
from peelian.identity.blind.encoding import encode
from peelian.identity.blind.keys import FIELDS, make_key
from peelian.identity.blind.matching import THRESHOLD, match
from peelian.identity.blind.people import read_people

ON = date(2026, 11, 23)
COLUMNS = ("Surname", "Forenames", "Date of Birth", "Sex", "Postcode")


def registers(each, seed):
    """The force's and the partner's register as frames of text; a person on both has the same number in both references."""
    people = max(1_000, int(each * 1.75))
    world, _ = _found(people, seed, Calendar(1, date(2025, 12, 31)), False, None)
    rng = np.random.default_rng(seed)
    order = rng.permutation(people)
    both = int(each * 0.3)
    force, partner = order[:each], np.concatenate([order[:both], order[each : 2 * each - both]])
    cells = (
        person_cells(world, rng, force, birth=0.03, phone=1, home=0.05),
        who(world, rng, partner, Hand(slip=0.02, no_birth=0.02, no_address=0.05, moved=0.06)),
    )
    return [
        table.select(pl.Series("reference", [f"{side}{n}" for n in numbers]), *(pl.col(c).alias(f) for c, f in zip(COLUMNS, FIELDS, strict=True)))
        for table, numbers, side in zip(cells, (force, partner), "FP", strict=True)
    ]  # fmt: skip


def quality(pairs, truly):
    """(precision, recall, F1) of (force reference, partner reference) pairs."""
    right = sum(a[1:] == b[1:] for a, b in pairs)
    precision, recall = right / max(1, len(pairs)), right / truly
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def told(what, seconds, found):
    print(f"{what:<34} {seconds:7.1f} s   precision {found[0]:.4f}  recall {found[1]:.4f}  F1 {found[2]:.4f}")


def blind(files, truly, **chosen):
    key = make_key(bytes(range(32)), agreement="benchmark", until=ON, on=ON, fields=tuple(FIELDS), **chosen)
    rng = np.random.default_rng(1)
    started = perf_counter()
    sides = [encode(read_people(path, FIELDS), key, rng=rng) for path in files]
    encoded = perf_counter()
    (a, of_a), (b, of_b) = sides
    hits = match(a, b)
    matched = perf_counter()
    first, second = dict(zip(a.numbers, of_a, strict=True)), dict(zip(b.numbers, of_b, strict=True))
    pairs = [(first[x], second[y]) for x, y in zip(hits.first, hits.second, strict=True)]
    print(f"encoding both {encoded - started:.1f} s ({len(a) + len(b):,} people)")
    words = " ".join(f"{k} {v}" for k, v in chosen.items()) or "as shipped"
    for threshold in np.arange(THRESHOLD, 0.8, 0.02):
        kept = int((hits.score >= threshold).sum())
        told(f"blind, {words}, at {threshold:.2f}", matched - encoded, quality(pairs[:kept], truly))


def in_clear(files, truly):
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.disable(logging.WARNING)
    started = perf_counter()
    empty = [pl.when(pl.col(f) != "").then(pl.col(f)).alias(f) for f in FIELDS]
    frames = []
    for path in files:
        read = read_people(path, FIELDS)
        frame = pl.DataFrame({"unique_id": read.references, **read.fields}).with_columns(*empty)
        frames.append(
            frame.with_columns(
                pl.col("forenames").str.split(" ").list.first(), pl.col("postcode").str.replace_all(" ", "")
            )
        )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("surname").configure(term_frequency_adjustments=True),
            cl.NameComparison("forenames").configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("born_on", input_is_string=True),
            cl.ExactMatch("sex"),
            cl.PostcodeComparison("postcode"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("born_on", "sex"), block_on("surname", "forenames"), block_on("surname", "postcode"),
            block_on("forenames", "postcode"), block_on("surname", "substr(born_on, 1, 4)"),
        ],
    )  # fmt: skip
    api = DuckDBAPI()
    linker = Linker(
        [api.register(f.to_arrow(), dataset_display_name=n) for f, n in zip(frames, "ab", strict=True)], settings
    )
    linker.training.estimate_probability_two_random_records_match(
        [block_on("surname", "forenames", "born_on")], recall=0.7
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("born_on"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("surname", "forenames"))
    scored = linker.inference.predict(threshold_match_weight=-5).as_record_list()
    seconds = perf_counter() - started
    pairs = sorted(
        ((row["match_weight"], *sorted((row["unique_id_l"], row["unique_id_r"]))) for row in scored), reverse=True
    )
    right = np.cumsum([a[1:] == b[1:] for _, a, b in pairs])
    best = int((2 * right / (np.arange(1, len(pairs) + 1) + truly)).argmax())
    told("Splink in clear text, at its best", seconds, quality([(a, b) for _, a, b in pairs[: best + 1]], truly))


def exactly(files, truly):
    rng = np.random.default_rng(2)
    holder, asker = (read_people(path, exact.FIELDS) for path in files)
    times = [perf_counter()]
    offered, kept = exact.setup(holder, exchange="benchmark", most=len(asker), agreement="benchmark", until=ON)
    times.append(perf_counter())
    asked, own = exact.request(asker, offered, on=ON, rng=rng)
    times.append(perf_counter())
    answered, _ = exact.respond(asked, kept, on=ON)
    times.append(perf_counter())
    found = exact.hits(offered, answered, own)
    times.append(perf_counter())
    steps = ", ".join(
        f"{name} {b - a:.1f}"
        for name, a, b in zip(("setup", "request", "response", "hits"), times, times[1:], strict=False)
    )
    there = set(holder.references)
    told(
        "exact match",
        times[-1] - times[0],
        quality([("F" + r[1:] if "F" + r[1:] in there else "F-", r) for r in found], truly),
    )
    print(f"  {steps} s; messages {', '.join(f'{len(m.to_bytes()) / 1e6:.1f}' for m in (offered, asked, answered))} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--salt", choices=["year", "area"])
    parser.add_argument("--no-splink", action="store_true")
    parser.add_argument("--no-exact", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = registers(options.each, options.seed)
        paths = [Path(folder) / f"{n}.csv" for n in range(2)]
        for table, path in zip(tables, paths, strict=True):
            table.write_csv(path)
        truly = len({r[1:] for r in tables[0]["reference"]} & {r[1:] for r in tables[1]["reference"]})
        print(f"{options.each:,} and {options.each:,} people, {truly:,} on both; recall is of all of these")
        blind(paths, truly, **({"salt": options.salt} if options.salt else {}))
        print(f"memory so far, at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.1f} GB")
        if not options.no_splink:
            in_clear(paths, truly)
        if not options.no_exact:
            exactly(paths, truly)
