"""From the lake to the ledger: mentions read, what is new or changed scored, the touched components folded and projected.

Killed at any instant and run again, it ends as one clean run: scores are kept before anything is folded, a score batch counts as
folded only when its persons are written, and what is written already is not written again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db import connection, transaction

from peelian.access.actor import Actor, record_act, require_police
from peelian.access.refs import ref_of
from peelian.records.failpoints import failpoint
from peelian.records.lock import landing_lock, ledger_lock
from peelian.records.staging import Progress

from . import queue, safety, scores, thresholds, training
from .fold import LINKS, beside, in_force, refold
from .mentions import current_mentions, search_keys
from .models import Known, LinkModel, Review, ScoreBatch
from .persons import SAFETY
from .projection import HELD, ROW, Region, write
from .settling import decisions_held, issued_held, links_held, model_used, staff_parts, within
from .staff import restrict_staff
from .standardise import MENTION, standardise
from .things.projecting import project
from .training import Frozen

SEED = 1  # of the training: the same mentions give the same model


@dataclass(frozen=True)
class LinkResult:
    """What a run did: mentions held, those scored, pairs that came of them, components written, and the model's version."""

    mentions: int
    scored: int
    pairs: int
    components: int
    model: str
    gone: int


def link(*, actor: Actor, at: datetime, model: str = "", progress: Progress | None = None) -> LinkResult:
    """Bring who is who up to the records that are current.

    Parameters
    ----------
    actor : Actor
        One of the force's own people. Mentions of all classes are compared; who may see which is decided when they are read.
    at : datetime
        The instant of the run.
    model : str, optional
        Version of a trained model to use from now on, or ``new`` to train one; without it the model in use, and where there is none
        a first one is trained. Another model scores every pair anew.

    Returns
    -------
    LinkResult

    Raises
    ------
    PeelianError
        ``peelian.E602`` for a version that is not there; where no model is in use, what training one raises.
    """
    require_police(actor)
    step = progress or (lambda done, total, what: None)
    with landing_lock():
        step(0, 3, "linking people")
        mentions = current_mentions()
        used = _model(mentions, model, actor, at)
        frozen = training.load(used.version)
        step(1, 3, "linking people")
        last = ScoreBatch.objects.exclude(folded_at=None).order_by("-folded_at", "digest").first()
        first = last is None or last.model_id != used.pk
        scored, pairs = _score(frozen, mentions, first, at)
        failpoint("scored")
        step(2, 3, "linking people")
        with ledger_lock():
            result = _fold(frozen, used, mentions, first, actor, at, step)
        project(progress=step)
        step(3, 3, "linking people")
    return LinkResult(len(mentions), scored, pairs, result[0], used.version, result[1])


def _model(mentions: pl.DataFrame, asked: str, actor: Actor, at: datetime) -> LinkModel:
    used = model_used()
    if asked == "new" or (used is None and not asked):
        chosen = training.train(standardise(mentions.select(list(MENTION))), by=actor.user.username, at=at, seed=SEED)
    elif asked:
        training.load(asked)
        chosen = LinkModel.objects.get(pk=asked)
    else:
        assert used is not None
        chosen = used
    held = thresholds.in_force(chosen, at=at)
    if held != (chosen.lower, chosen.upper):
        chosen = training.cut(training.load(chosen.version), *held, by=actor.user.username, at=at)
    if used is None or chosen.pk != used.pk:
        with transaction.atomic():
            LinkModel.objects.filter(pk=chosen.pk).update(used_from=at)
            record_act(actor, "alteration", "linkage model put to use", detail={"model": chosen.pk}, at=at)
    return chosen


def held_now() -> pl.DataFrame:
    """What `Known` holds: `projection.HELD`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, content, component_id, batch_id, line FROM {connection.ops.quote_name(Known._meta.db_table)}"
        )
        return pl.DataFrame(cursor.fetchall(), schema=HELD, orient="row")


def _score(model: Frozen, mentions: pl.DataFrame, first: bool, at: datetime) -> tuple[int, int]:
    """Score what is new or changed and keep the scores; how many mentions and pairs."""
    held = held_now()
    known = mentions.join(held, on=["key", "content"], how="semi")
    new = mentions if first else mentions.join(known, on="key", how="anti")
    if not len(new):
        return 0, 0
    if first:
        found = scores.score_all(model, standardise(new.select(list(MENTION))))
    else:
        found = scores.score_new(
            model, standardise(new.select(list(MENTION))), standardise(known.select(list(MENTION)))
        )
    batch = scores.save(model, found, mentions=len(new), at=at)
    ScoreBatch.objects.filter(pk=batch.pk).update(folded_at=None)
    return len(new), len(found)


def _fold(
    model: Frozen, used: LinkModel, mentions: pl.DataFrame, first: bool, actor: Actor, at: datetime, step: Progress
) -> tuple[int, int]:
    """Fold what is not folded yet and write it; components written, mentions gone."""
    held = held_now()
    own = held.filter(~pl.col("key").str.starts_with(f"{SAFETY}/"))
    waiting = list(ScoreBatch.objects.filter(model=used, folded_at=None).order_by("digest"))
    found = _good(pl.concat([pl.DataFrame(schema=scores.SCORES), *(scores.read(b.digest) for b in waiting)]), mentions)
    fresh = mentions.join(own, on=["key", "content", "batch", "line"], how="anti")
    gone = own.join(mentions, on="key", how="anti")["key"]
    decisions, issued = in_force(decisions_held()), issued_held()
    links = found.select(list(LINKS))
    if first:
        Review.objects.filter(
            kind="grey", closed_at=None
        ).delete()  # on the scores of another model, or of a run that was killed
        keys, near = mentions["key"], held
    else:
        touched = beside(_touched(found, model.upper, {*fresh["key"], *gone}), decisions, issued)
        near = components_of(held, touched)
        keys = pl.concat([near["key"], pl.Series("key", list(touched), dtype=pl.String)])
        keys = mentions.filter(pl.col("key").is_in(keys.unique().implode()))["key"]
        same = mentions.join(own, on=["key", "content"], how="semi").filter(pl.col("key").is_in(keys.implode()))
        links = pl.concat([links_held(near["component"], same["key"]), links])
    links = links.filter(pl.col("weight") >= model.upper)
    folded = refold(set(keys), links, decisions, issued, upper=model.upper)
    marked = _marked(mentions.filter((pl.col("markers") != "") & pl.col("key").is_in(keys.implode())))
    sources = rows_of(mentions.filter(pl.col("key").is_in(pl.Series(list(marked), dtype=pl.String).implode())))
    region = Region(
        held=near,
        keys=keys,
        links=links,
        issued=within(issued, keys),
        marked=marked,
        sources={row["key"]: row for row in sources.iter_rows(named=True)},
        rows=rows_of(fresh),
    )
    safety.record_class()
    written = write(region, folded, progress=step)
    restrict_staff(staff_parts(folded), actor, at)
    grey = found.filter(pl.col("weight") < model.upper)
    content = dict(mentions.select("key", "content").iter_rows())
    queue.refresh(keys.to_list(), folded, grey, decisions, content=content, at=at)
    with transaction.atomic():
        ScoreBatch.objects.filter(pk__in=[b.pk for b in waiting]).update(folded_at=at)
        told = {
            "model": used.pk,
            "mentions": len(mentions),
            "gone": len(gone),
            "pairs": len(found),
            "components": written,
        }
        record_act(actor, "combination", "mentions linked", detail=told, at=at)
        failpoint("linking")
    return written, len(gone)


def _touched(found: pl.DataFrame, upper: int, came: set[str]) -> set[str]:
    """Mentions whose components are to be folded: what came or went, what links join, and grey pairs that have no end among these.

    A grey pair joins nothing: whether it is moot shows at its new end. Without one it is of a run that was killed.
    """
    strong = found.filter(pl.col("weight") >= upper)
    touched = {*came, *strong["a"], *strong["b"]}
    grey = found.filter(pl.col("weight") < upper).select("a", "b").iter_rows()
    return touched | {key for a, b in grey if a not in touched and b not in touched for key in (a, b)}


def _good(found: pl.DataFrame, mentions: pl.DataFrame) -> pl.DataFrame:
    """Scores of mentions as they are now: of a record that changed or went, the old ones count no more."""
    for side in ("a", "b"):
        now = mentions.select(pl.col("key").alias(side), pl.col("content").alias(f"content_{side}"))
        found = found.join(now, on=[side, f"content_{side}"], how="semi")
    return found.unique(["a", "b"], maintain_order=True)


def components_of(held: pl.DataFrame, touched: set[str]) -> pl.DataFrame:
    """The rows of `held` that are in a component with one of the touched, and the touched themselves."""
    mine = pl.col("key").is_in(pl.Series(list(touched), dtype=pl.String).implode())
    asked = held.filter(mine)["component"].drop_nulls().unique()
    return held.filter(mine | pl.col("component").is_in(asked.implode()))


def _marked(mentions: pl.DataFrame) -> dict[str, set[str]]:
    told = ((key, safety.dangers(markers.split(";"))) for key, markers in mentions.select("key", "markers").iter_rows())
    return {key: kinds for key, kinds in told if kinds}


def rows_of(mentions: pl.DataFrame) -> pl.DataFrame:
    """The rows of `Known` for mentions out of the lake."""
    keyed = search_keys(mentions).with_columns(
        ref=pl.Series([ref_of(key) for key in mentions["key"]], dtype=pl.String),
        record_class_id="record_class",
        batch_id="batch",
        born_on=pl.col("born_on").dt.strftime("%Y-%m-%d"),
    )
    return keyed.select(list(ROW)).cast(ROW)  # type: ignore[arg-type]
