"""The linkage model as a document: what is compared, how much each finding says, which pairs are looked at, and how good it is."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist

from peelian.core.document import (
    Column,
    Document,
    Estimate,
    Figure,
    Finding,
    Note,
    Paragraph,
    Section,
    Source,
    Table,
)
from peelian.identity.evaluation import PEOPLE, Evaluation
from peelian.identity.model import WORDS
from peelian.identity.models import LinkModel
from peelian.identity.scores import weight_of
from peelian.identity.training import Frozen

from . import charts

_SPLINK = Source("Splink 5", "Linacre et al., International Journal of Population Data Science 7(3) (2022)")
_METHODS = (
    Source("Match weights", "Fellegi and Sunter, Journal of the American Statistical Association 64, 1183-1210 (1969)"),
    Source("Names by frequency", "Winkler, US Census Bureau, Statistical Research Division, RR 2000/06 (2000)"),
    Source("Fitting", "expectation maximisation; Splink 5"),
    Source("B-cubed", "Amigo et al., Information Retrieval 12(4), 461-486 (2009)"),
)
_ORIGIN = {"english": "English", "irish": "Irish", "polish": "Polish", "romanian": "Romanian", "lithuanian": "Lithuanian",
           "portuguese": "Portuguese", "italian": "Italian", "turkish": "Turkish", "indian": "Indian", "pakistani": "Pakistani",
           "nigerian": "Nigerian", "ghanaian": "Ghanaian", "kenyan": "Kenyan", "slovak": "Slovak"}  # fmt: skip


def linkage_document(row: LinkModel, model: Frozen, tried: Evaluation, *, on: date) -> Document:
    """The model in use, for whoever answers for its links: an analyst, a reviewer, the data-protection officer."""
    made_up = Source("Made-up county", f"{PEOPLE:,} people, six sources, {tried.mentions:,} mentions; nobody is real")
    return Document(
        title="How mentions of people are linked",
        subtitle=f"Model {row.version}, trained on {row.trained_on['mentions']:,} mentions on {Column('', 'date').show(row.trained_at.date())}",
        marking="OFFICIAL",
        edition=on,
        meta=(
            ("Trained by", row.trained_by),
            ("In use", f"from {Column('', 'date').show(row.used_from.date())}" if row.used_from else "no"),
            ("Passing on", "This page holds no name and no record"),
        ),
        sections=(
            Section("Findings", _findings(model, tried)),
            Section("What is compared, and how much it says", _weights(model)),
            Section("Rare names say more", _names(model)),
            Section("Which pairs are looked at", _keys(model)),
            Section("How good it is where the truth is known", _tried(tried, made_up)),
            Section(
                "Methods",
                (Table("Methods used", (Column("Method"), Column("Reference")), tuple((m.label, m.detail) for m in _METHODS)),),
            ),
        ),
    )  # fmt: skip


def _findings(model: Frozen, tried: Evaluation) -> tuple[Finding | Note, ...]:
    best, worst = max(tried.origins, key=lambda o: o.f1.value), min(tried.origins, key=lambda o: o.f1.value)
    # Of many origins the best and the worst always differ: the gap counts where it is wide for the widest of all pairs of them.
    spread = sum(((o.f1.high - o.f1.low) / (2 * 1.96)) ** 2 for o in (best, worst)) ** 0.5
    looks = len(tried.origins) * (len(tried.origins) - 1) / 2
    apart = best.f1.value - worst.f1.value > NormalDist().inv_cdf(1 - 0.025 / max(looks, 1)) * spread
    return (
        Finding(
            "thresholds",
            f"A pair of {_bits(model.upper)} bits or more is linked; from {_bits(model.lower)} bits a person decides; below, "
            "nothing is kept.",
        ),
        Finding(
            "found",
            f"On the made-up county it links {_percent(tried.found.recall)} of the pairs that are one person, and "
            f"{_percent(tried.found.precision)} of its links are right.",
        ),
        Finding(
            "origins",
            f"It does best for names that are {_origin(best.name)} and least well for {_origin(worst.name)}: F1 {best.f1.value:.3f} and "
            f"{worst.f1.value:.3f}; so wide a gap among {len(tried.origins)} origins is {'hardly' if apart else 'easily'} chance.",
        ),
        Note(
            "A link is a proposal from likeness. Nobody is to be arrested, searched or refused anything because of a link alone: "
            "look at its reasons and at the records.",
        ),
    )


def _weights(model: Frozen) -> tuple[Paragraph | Figure, ...]:
    rows = [
        (WORDS.get(c["output_column_name"], ""), level["label_for_charts"], weight_of(level) / 1000, level["m_probability"], level["u_probability"])
        for c in model.comparisons
        for level in c["comparison_levels"]
        if not level.get("is_null_level")
    ]  # fmt: skip
    table = Table(
        "Steps of each comparison; the first that holds counts",
        (Column("Compared"), Column("Found"), Column("Weight", "number", "bits", 1), Column("One person", "percent", decimals=2),
         Column("Two people", "percent", decimals=4)),
        tuple(rows),
        note="One person: the share of pairs of one person in which this is found. Two people: the share of pairs taken at random.",
        sources=(_SPLINK,),
    )  # fmt: skip
    strongest = max(rows, key=lambda r: r[2])
    return (
        Paragraph(
            "Each finding adds its weight; one bit more is twice the odds that two mentions are one person. What one of the two "
            f"records does not say adds nothing. Before anything is compared the weight is {model.prior:.1f} bits: of mentions taken "
            "at random hardly any two are one person."
        ),
        Figure(
            f"{strongest[0]}: {strongest[1]} says most for one person",
            charts.weights([f"{what}: {found}" for what, found, *_ in rows], [weight for _, _, weight, *_ in rows]),
            alt="Bars of the weight of each finding in bits: to the right for one person, to the left for two. The table has them.",
            table=table,
            sources=(_SPLINK, Source("Records of this installation", f"{model.size:,} mentions")),
        ),
    )


def _names(model: Frozen) -> tuple[Paragraph | Table, ...]:
    rows = []
    for column, words in (("surname", "Surname"), ("forename", "Forename")):
        exact = next(
            weight_of(level) for c in model.comparisons for level in c["comparison_levels"] if level.get("tf_adjustment_column") == column
        )  # fmt: skip
        add = model.rarity[column]["add"].sort()
        each = (add[0], add[len(add) // 2], model.rarest(column))
        rows.append((words, len(add), *((exact + int(a)) / 1000 for a in each)))
    table = Table(
        "Weight of the same name",
        (Column("Name"), Column("Different names", "number"), Column("The commonest", "number", "bits", 1),
         Column("Half are rarer than", "number", "bits", 1), Column("One never met before", "number", "bits", 1)),
        tuple(rows),
        sources=(_SPLINK,),
    )  # fmt: skip
    return (Paragraph("The same name says less, the more people bear it. The shares are frozen with the model."), table)


def _keys(model: Frozen) -> tuple[Paragraph | Table, ...]:
    words = {
        "surname": "surname", "forename": "forename", "born": "date of birth", "postcode": "postcode", "phone": "telephone",
        "names": "both names in any order", "year": "year of birth", "street": "street", "rare": "both names, where they are rare enough to reach the review by themselves",
    }  # fmt: skip
    return (
        Paragraph(
            "Two mentions are compared where all of one line agrees. Two people in different roles of one record are never linked."
        ),
        Table(
            "Blocking keys",
            (Column("Agrees in"),),
            tuple((" and ".join(words[c] for c in key),) for key in model.keys),
        ),
    )


def _tried(tried: Evaluation, made_up: Source) -> tuple[Paragraph | Table | Figure, ...]:
    table = Table(
        "By origin of names",
        (Column("Names"), Column("Mentions", "number"), Column("F1 over pairs", "number", decimals=3), Column("Links that are right", "percent", decimals=1),
         Column("Pairs found", "percent", decimals=1), Column("Ceiling of F1", "number", decimals=3)),
        tuple((_origin(o.name), o.mentions, o.f1, o.precision, o.recall, o.ceiling) for o in tried.origins),
        note="Intervals of 95 % from people drawn again 200 times. The ceiling is what no weights could pass, since records that say too "
             "little are never compared.",
        sources=(made_up,),
    )  # fmt: skip
    whole = Table(
        "All mentions",
        (Column("Measure"), Column("This model", "number", decimals=3), Column("Ceiling", "number", decimals=3)),
        (
            ("F1 over pairs", tried.found.f1, tried.best.f1),
            ("B-cubed F1", tried.found.b_cubed, tried.best.b_cubed),
        ),
        sources=(made_up,),
    )
    return (
        Paragraph(
            "No force knows the truth about its own records. Every model is therefore tried on one made-up county, whose people "
            "it never met, with the slips, gaps and exchanged names that records have."
        ),
        whole,
        Figure(
            "What is missed or wrong, by the origin of names",
            charts.intervals(
                [_origin(o.name) for o in tried.origins],
                [Estimate(*(100 * (1 - f1) for f1 in (o.f1.value, o.f1.high, o.f1.low))) for o in tried.origins],
                unit="Short of perfect: 100 % less F1 (%)",
                reference=100 * (1 - tried.found.f1),
                reference_label="all",
            ),
            alt="How far F1 falls short of perfect for each origin of names, with its interval, beside all mentions. The table has the figures.",
            table=table,
            sources=(made_up,),
        ),
    )


def _origin(name: str) -> str:
    return _ORIGIN.get(name, name)


def _bits(thousandths: int) -> str:
    return f"{thousandths / 1000:g}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}%"
