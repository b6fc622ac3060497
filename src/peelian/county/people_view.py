"""How the force writes people down: its own spelling, short forms, slips, gaps and names the wrong way round.

Every function takes what is true and gives what is on the record. The shares are design: high enough that matching people
and places is real work, and higher for names that a call handler does not know how to spell.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .addresses import address_of, phone_of
from .names import pools
from .places_view import written_address
from .slips import slips, some
from .streams import Ints
from .world import World

_CALLED = {"William": "Bill", "Robert": "Bob", "Richard": "Rick", "Michael": "Mick", "James": "Jim", "Thomas": "Tom", "Daniel": "Dan",
           "Christopher": "Chris", "Matthew": "Matt", "Andrew": "Andy", "Anthony": "Tony", "David": "Dave", "Joseph": "Joe",
           "Samuel": "Sam", "Benjamin": "Ben", "Alexander": "Alex", "Nicholas": "Nick", "Edward": "Ted", "Charles": "Charlie",
           "Kenneth": "Ken", "Ronald": "Ron", "Raymond": "Ray", "Susan": "Sue", "Margaret": "Maggie", "Patricia": "Pat",
           "Elizabeth": "Liz", "Deborah": "Debbie", "Jacqueline": "Jackie", "Christine": "Chris", "Rebecca": "Becky",
           "Victoria": "Vicky", "Samantha": "Sam", "Katherine": "Kate", "Catherine": "Cathy", "Jennifer": "Jenny",
           "Joanne": "Jo", "Amanda": "Mandy", "Kathleen": "Kath", "Dorothy": "Dot", "Pamela": "Pam"}  # fmt: skip
_SOUNDS_LIKE = {"Stephen": "Steven", "Steven": "Stephen", "Ian": "Iain", "Geoffrey": "Jeffrey", "Alan": "Allan", "Mohammed": "Mohamed",
                "Muhammad": "Mohammed", "Sarah": "Sara", "Ann": "Anne", "Anne": "Ann", "Claire": "Clare", "Tracey": "Tracy",
                "Tracy": "Tracey", "Lesley": "Leslie", "Catherine": "Katherine", "Katherine": "Catherine", "Sophie": "Sofie",
                "Smith": "Smyth", "Clark": "Clarke", "Clarke": "Clark", "Brown": "Browne", "Taylor": "Tayler", "Davies": "Davis",
                "Davis": "Davies", "Thompson": "Thomson", "Thomson": "Thompson", "Reid": "Reed", "Reed": "Reid", "Moore": "More",
                "Phillips": "Philips", "Allen": "Allan", "Harris": "Harries", "Read": "Reed", "Lee": "Leigh"}  # fmt: skip
_FOLD = {
    "ł": "l",
    "Ł": "L",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "ß": "ss",
    "æ": "ae",
    "Æ": "Ae",
    "œ": "oe",
}
MARKERS = ("violent", "weapons", "drugs", "mental health", "self-harm", "ailment", "escaper")
MARKED = (0.30, 0.12, 0.30, 0.18, 0.10, 0.08, 0.03)  # of those whom the force suspects again and again


def plain_letters(values: pl.Series) -> pl.Series:
    """Names without accents, as most forces' systems keep them."""
    return (
        values.str.replace_many(list(_FOLD), list(_FOLD.values())).str.normalize("NFKD").str.replace_all(r"\p{M}", "")
    )


def names(world: World, rng: np.random.Generator, person: Ints) -> pl.DataFrame:
    """Columns ``Surname`` and ``Forenames`` of people as written down."""
    p, people, n = pools(), world.people, len(person)
    surname, forename = p.surnames.gather(people.surname[person]), p.forenames.gather(people.forename[person])
    middle = people.middle[person]
    strange = people.heritage[person] > 1  # neither English nor Irish
    folded = some(rng, n, 0.85)
    surname = plain_letters(surname).zip_with(folded, surname)
    forename = plain_letters(forename).zip_with(folded, forename)
    called = forename.replace(_CALLED)
    forename = called.zip_with(some(rng, n, 0.07), forename)
    alike = some(rng, n, 0.06)
    forename = forename.replace(_SOUNDS_LIKE).zip_with(alike, forename)
    surname = surname.replace(_SOUNDS_LIKE).zip_with(alike, surname)
    surname = slips(surname, rng, np.where(strange, 0.07, 0.03))
    forename = slips(forename, rng, np.where(strange, 0.05, 0.02))
    forename = forename.str.head(1).zip_with(some(rng, n, 0.015), forename)
    second = plain_letters(p.forenames.gather(np.maximum(middle, 0)))
    stated = pl.Series((middle >= 0) & (rng.random(n) < 0.4))
    both = forename + " " + second.str.head(1).zip_with(some(rng, n, 0.3), second)
    forename = both.zip_with(stated, forename)
    turned = some(rng, n, np.where(strange, 0.04, 0.008))
    surname, forename = forename.zip_with(turned, surname), surname.zip_with(turned, forename)
    loud = some(rng, n, 0.35)
    return pl.DataFrame({"Surname": surname.str.to_uppercase().zip_with(loud, surname), "Forenames": forename})


def born(world: World, rng: np.random.Generator, person: Ints, missing: np.ndarray) -> pl.Series:
    """Dates of birth as ``YYYY-MM-DD``: some missing, with day and month changed, a year out, or set to 1 January."""
    n = len(person)
    true = (
        pl.DataFrame({"day": world.people.born[person]}).select(pl.col("day").cast(pl.Int32).cast(pl.Date)).to_series()
    )
    year, month, day = (true.dt.strftime(f).cast(pl.Int32) for f in ("%Y", "%m", "%d"))
    roll = pl.Series(rng.random(n))
    frame = pl.DataFrame({"true": true, "year": year, "month": month, "day": day, "roll": roll, "missing": missing})
    return frame.select(
        pl.when("missing").then(pl.lit(""))
        .when((pl.col("roll") < 0.015) & (pl.col("day") <= 12)).then(pl.date("year", "day", "month").dt.strftime("%Y-%m-%d"))
        .when(pl.col("roll").is_between(0.015, 0.022)).then(pl.date(pl.col("year") - 1, "month", pl.min_horizontal("day", 28)).dt.strftime("%Y-%m-%d"))
        .when(pl.col("roll").is_between(0.022, 0.03)).then(pl.date("year", 1, 1).dt.strftime("%Y-%m-%d"))
        .otherwise(pl.col("true").dt.strftime("%Y-%m-%d"))
    ).to_series()  # fmt: skip


def phones(world: World, rng: np.random.Generator, person: Ints, missing: np.ndarray) -> pl.Series:
    """Telephone numbers with and without blanks or +44; some missing, some the second number of the person."""
    n = len(person)
    first, second = phone_of(world.people, person), phone_of(world.people, person, line=1)
    number = second.zip_with(some(rng, n, 0.1), first)
    close = number.str.replace_all(" ", "")
    number = close.zip_with(some(rng, n, 0.45), number)
    abroad = ("+44" + close.str.slice(1)).zip_with(some(rng, n, 0.08), number)
    return pl.DataFrame({"number": abroad, "missing": missing}).select(
        pl.when("missing").then(pl.lit("")).otherwise("number")
    ).to_series()  # fmt: skip


def homes_as_written(world: World, rng: np.random.Generator, home: Ints, missing: np.ndarray) -> pl.DataFrame:
    """Columns ``Address`` and ``Postcode``; postcodes are missing more often."""
    true = address_of(world.ground, world.people.homes, home)
    gone = pl.Series(missing)
    blank = pl.Series([""])
    address = written_address(rng, true["address"], true["town"])
    no_code = pl.Series(rng.random(len(home)) < 0.15) | gone
    return pl.DataFrame(
        {"Address": blank.zip_with(gone, address), "Postcode": blank.zip_with(no_code, true["postcode"])}
    )


def former_home(world: World, person: Ints) -> Ints:
    """An earlier address of each person: another home of the county, always the same for the same person."""
    total = len(world.people.homes.area)
    return np.asarray((world.people.home[person].astype(np.int64) + 7_919 + person.astype(np.int64) * 104_729) % total)


def markers(world: World, rng: np.random.Generator, person: Ints) -> pl.Series:
    """Warning markers of known offenders, most of them on each record; empty for everybody else."""
    known = np.isin(person, world.offenders.member, kind="table")
    shown = np.zeros((len(person), len(MARKERS)), dtype=bool)
    for column, share in enumerate(MARKED):
        fixed = (person.astype(np.int64) * 7_919 + column * 104_729) % 1_000 < share * 1_000
        shown[:, column] = known & fixed & (rng.random(len(person)) < 0.85)
    table = [";".join(MARKERS[i] for i in range(len(MARKERS)) if mask >> i & 1) for mask in range(1 << len(MARKERS))]
    return pl.Series(table).gather(shown @ (1 << np.arange(len(MARKERS))))
