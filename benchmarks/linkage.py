"""How good and how quick linkage is, beside Splink alone in the same run.

Run: python benchmarks/linkage.py [--mentions 1000000] [--people 200000] [--only accuracy|speed]

Accuracy: 250,000 mentions by six sources of a made-up county of 200,000 people, whose slips and gaps (`county/people_view.py`,
`county/slips.py`) were fixed before the model was tuned, on other seeds. Pairwise and B-cubed F1 beside the ceiling that the data and
the keys allow, by origin of names; the peer is Splink's own prediction and clustering with the same declaration, at whichever
threshold is best for it. Aim 0.97, and not below the peer.

Speed: from the lake to the ledger (read, standardise, train, score, keep the scores, fold), beside Splink alone, which is handed ready link
columns and trains, predicts and clusters: limit 1.25 times. Then 10,000 new mentions: limit a tenth of the full time. Then typed
records, one at a time: limit 300 ms for 95 of 100.
"""

from __future__ import annotations

import argparse
import logging
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NEW, TYPED = 10_000, 200
ROLES = ("victim", "suspect", "witness", "caller")
FEED = {
    "Mention Reference": "number", "Record Reference": "reference", "Role": "role", "Surname": "surname", "Forenames": "forenames",
    "Sex": "sex", "Date of Birth": "born_on", "Ethnicity": "ethnicity", "Phone": "phone", "Address": "address", "Postcode": "postcode",
    "Markers": "", "Related To": "", "Relationship": "",
}  # fmt: skip


def splink_alone(columns: Any, model: Any) -> tuple[Any, Any]:
    """Splink's linker, trained, and its predictions; the column `rare` is handed to it too."""
    from splink import Linker, block_on
    from splink.backends.duckdb import DuckDBAPI

    from peelian.identity import model as declared
    from peelian.identity import training

    api = DuckDBAPI()
    linker = Linker(api.register(columns, dataset_display_name="m"), declared.declaration(), validate_settings=False)
    logging.getLogger("splink").setLevel(logging.ERROR)
    learn = linker.training
    learn.estimate_probability_two_random_records_match(
        [block_on(*k) for k in declared.SURE], recall=declared.SURE_SHARE
    )
    learn.estimate_u_using_random_sampling(max_pairs=training.U_PAIRS, seed=1)
    for key in declared.LEARN_FROM:
        learn.estimate_parameters_using_expectation_maximisation(
            block_on(*key), estimate_without_term_frequencies=True, max_pairs=training.EM_PAIRS
        )
    return linker, linker.inference.predict(threshold_match_weight=model.lower / 1000, warning_mode="never")


def accuracy(people: int) -> None:
    """Print F1 of ours and of Splink alone, the ceiling, and each origin."""
    import numpy as np

    from peelian.county.mentions import mentions
    from peelian.identity import evaluation, measures, scores, training
    from peelian.identity import model as declared
    from peelian.identity.standardise import MENTION, standardise

    made = mentions(people, people * 5 // 4, seed=77)
    columns = standardise(made.select(*MENTION))
    truth = made.select("key", "person", origin="heritage")
    model = training.frozen(
        training.fit(columns, seed=1), declared.KEYS, {c: training.shares(columns[c]) for c in declared.FREQUENCIES},
        size=len(columns), lower=declared.LOWER, upper=declared.UPPER,
    )  # fmt: skip
    found = evaluation.evaluate(model, columns, truth, rng=np.random.default_rng(1))
    linker, predicted = splink_alone(scores.prepared(model, columns).to_arrow(), model)
    peer = []
    for bits in range(0, 16):
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=bits)
        partition = truth.join(clusters.as_duckdbpyrelation().pl().select("key", cluster="cluster_id"), on="key")
        peer.append((measures.agreement(partition), bits))
    pairs, bits = max(peer, key=lambda p: p[0].f1)
    cubed, cubed_bits = max(peer, key=lambda p: p[0].b_cubed)
    print(f"{people:,} people, {len(made):,} mentions")
    print(f"{'':24}{'ours':>8}{'Splink':>8}{'ceiling':>9}")
    print(
        f"{'F1 over pairs':24}{found.found.f1:8.4f}{pairs.f1:8.4f}{found.best.f1:9.4f}   Splink at {bits} bits, its best"
    )
    print(
        f"{'B-cubed F1':24}{found.found.b_cubed:8.4f}{cubed.b_cubed:8.4f}{found.best.b_cubed:9.4f}   Splink at {cubed_bits} bits"
    )
    print(f"precision {found.found.precision:.4f}, recall {found.found.recall:.4f}")
    print(f"{'names':12}{'mentions':>9}{'F1':>8}  {'95 %':17}{'ceiling':>8}  gap to English")
    english = next(o for o in found.origins if o.name == "english")
    for o in found.origins:
        gap = o.f1.value - english.f1.value
        wide = ((o.f1.high - o.f1.low) ** 2 + (english.f1.high - english.f1.low) ** 2) ** 0.5 / 2
        print(
            f"{o.name:12}{o.mentions:9,}{o.f1.value:8.4f}  {o.f1.low:.4f} to {o.f1.high:.4f} {o.ceiling:8.4f}  {gap:+.4f} ({gap - wide:+.4f} to {gap + wide:+.4f})"
        )


def land(made: Any, name: str, actor: Any, at: datetime, folder: Path) -> None:
    """Write mentions as a file of the force's people and land it."""
    import polars as pl

    from peelian.records.landing import ingest

    rows = made.with_columns(
        number=pl.col("reference") + "/" + pl.col("feed").str.head(2), role=pl.when(pl.col("role").is_in(ROLES)).then("role").otherwise(pl.lit("victim")),
        born_on=pl.col("born_on").dt.strftime("%Y-%m-%d").fill_null(""),
    )  # fmt: skip
    path = folder / name
    rows.select((pl.col(c) if c else pl.lit("")).alias(title) for title, c in FEED.items()).write_csv(path)
    (result,) = ingest("force-people", [path], actor=actor, at=at)
    assert not result.error, result.error
    print(f"landed {result.accepted:,} of {result.read:,}", flush=True)


def speed(size: int) -> None:
    """Print the times of a full run, of Splink alone, of new mentions, and of typed records."""
    import numpy as np

    from peelian.access.actor import visible
    from peelian.cli import acting, ready

    ready()
    from peelian.county.mentions import mentions
    from peelian.identity import reasons, scores, training
    from peelian.identity.fold import fold
    from peelian.identity.link import link
    from peelian.identity.mentions import current_mentions
    from peelian.identity.models import Known
    from peelian.identity.standardise import MENTION, standardise

    actor = acting("operator", "crime-analysis")
    folder = Path(os.environ["PEELIAN_HOME"])
    made = mentions(max(1_000, size * 4 // 5), size + NEW, seed=78).sample(fraction=1, shuffle=True, seed=1)
    land(made[:size], "first.csv", actor, AT, folder)

    since = perf_counter()
    columns = standardise(current_mentions().select(*MENTION))
    trained = training.train(columns, by="benchmark", at=AT, seed=1)
    model = training.load(trained.version)
    found = scores.score_all(model, columns)
    scores.save(model, found, mentions=len(columns), at=AT)
    people = fold(found, upper=model.upper)
    ledger = perf_counter() - since
    print(
        f"lake to ledger: {ledger:.1f} s, {len(columns):,} mentions, {len(found):,} pairs, {len(people.frame):,} linked",
        flush=True,
    )

    since = perf_counter()
    first = link(actor=actor, at=AT + timedelta(hours=1), model=trained.version)
    full = perf_counter() - since
    print(f"without training, with all that search and pages read: {full:.1f} s, {first}", flush=True)

    since = perf_counter()
    table = scores.prepared(model, columns).to_arrow()
    ready_made = perf_counter() - since
    since = perf_counter()
    linker, predicted = splink_alone(table, model)
    linker.clustering.cluster_pairwise_predictions_at_threshold(predicted, threshold_match_weight=model.upper / 1000)
    alone = perf_counter() - since
    print(
        f"Splink alone: {alone:.1f} s (without {ready_made:.1f} s to hand it its columns); ratio {ledger / alone:.2f}, limit 1.25",
        flush=True,
    )

    land(made[size:], "second.csv", actor, AT + timedelta(hours=2), folder)
    since = perf_counter()
    second = link(actor=actor, at=AT + timedelta(hours=3))
    new = perf_counter() - since
    print(f"{NEW:,} new: {new:.1f} s, {second}; {new / full:.3f} of the full time, limit 0.1", flush=True)

    fields = ("surname", "forenames", "sex", "born_on", "phone", "address", "postcode")
    took, met = [], 0
    for row in made.sample(TYPED + 5, seed=2).iter_rows(named=True):
        since = perf_counter()
        met += bool(reasons.score_one(model, {f: row[f] for f in fields}, visible(Known.objects.all(), actor)))
        took.append(perf_counter() - since)
    p50, p95 = np.quantile(took[5:], (0.5, 0.95)) * 1000
    print(f"typed record: p50 {p50:.0f} ms, p95 {p95:.0f} ms, limit 300 ms; {met} of {len(took)} met somebody")


def main() -> None:
    """Run what is asked for."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--mentions", type=int, default=1_000_000)
    ask.add_argument("--people", type=int, default=200_000)
    ask.add_argument("--only", choices=("accuracy", "speed"))
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"PEELIAN_HOME": home, "DJANGO_SETTINGS_MODULE": "peelian.settings"}
        import django

        django.setup()
        if asked.only != "speed":
            accuracy(asked.people)
        if asked.only != "accuracy":
            speed(asked.mentions)


if __name__ == "__main__":
    main()
