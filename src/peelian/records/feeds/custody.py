"""The force's custody records: who was detained when, for which crime, why it was necessary, and how they left."""

from __future__ import annotations

from .declare import DAY_AHEAD, MOMENT, Column, Feed, RowRule, london, one_of, pattern, text
from .force import NAMED, PERSON, REFERENCE, STATUS, WITHDRAWN, in_order, police

# Grounds on which an arrest is necessary: PACE Code G, in own words (general knowledge, unverified).
NECESSITY = ("to ascertain the name", "to ascertain the address", "to prevent injury or damage", "to protect a vulnerable person",
             "prompt and effective investigation", "to prevent disappearance")  # fmt: skip
BAILED = "bailed before charge"
DISPOSALS = ("charged", BAILED, "released under investigation", "no further action", "caution", "community resolution",
             "recalled to prison", "transferred")  # fmt: skip

FEED = Feed(
    name="force-custody",
    title="The force's custody records",
    version=1,
    record_class=police("custody", "Police and prosecutors; partners for offender management under an agreement"),
    columns=(
        Column("Custody Reference", REFERENCE, blank=False),
        Column("Status", STATUS.rule, blank=False),
        Column("Crime Reference", REFERENCE),
        Column("Offence", text(200)),
        Column("HO Class", pattern(r"\d{3}/\d{2}", "a Home Office class code such as 028/01, or empty")),
        Column("Station", text(120)),
        Column("Arrested At", MOMENT, blank=False),
        Column("Arrived At", MOMENT),
        Column("Authorised At", MOMENT),
        Column("Necessity", one_of(NECESSITY)),
        Column("Released At", MOMENT),
        Column("Disposal", one_of(DISPOSALS)),
        Column("Bail Date", DAY_AHEAD),
        *PERSON,
    ),
    rows=(
        in_order("Arrested At", "Arrived At", "arrival no earlier than the arrest"),
        in_order("Arrived At", "Authorised At", "detention authorised no earlier than the arrival"),
        in_order("Arrested At", "Released At", "release no earlier than the arrest"),
        RowRule(
            ("Released At", "Disposal"),
            "both, or neither while in custody",
            "(\"Released At\" = '') = (\"Disposal\" = '')",
        ),
        RowRule(
            ("Disposal", "Bail Date"),
            f"a bail date with the disposal {BAILED}, and with no other",
            f"(\"Bail Date\" <> '') = (\"Disposal\" = '{BAILED}')",
        ),
    ),
    id="Custody Reference",
    becomes=("event", "mention"),
    withdrawn=WITHDRAWN,
    members="*custody*.csv",
    maps={
        "kind": "'custody'",
        "reference": '"Custody Reference"',
        "category": "'custody'",
        "offence": '"Offence"',
        "ho_class": '"HO Class"',
        "start": london('"Arrested At"'),
        "end": london("nullif(\"Released At\", '')"),
        "precision": "'minute'",
        "reported": london('"Arrested At"'),
        "place_precision": "'none'",
        "place": '"Station"',
        "outcome": '"Disposal"',
        "key": '"Custody Reference"',
        "role": "'detainee'",
        **NAMED,
    },
)
FEEDS = (FEED,)
