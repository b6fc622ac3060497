"""Seized devices and other exhibits: which crimes have them, the route each takes, and how long it waits.

A district sends what a kiosk can read to its own kiosk, if it uses one; everything else goes to the force's laboratory, whose
digital queue is longer than what leaves it. Shares and times are design; waits of weeks to months are as the inspectorate found.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from .calendar import DAY
from .filing import Month
from .force import OPERATOR_SICK, UNUSED
from .streams import Ints, pick, stream
from .world import World

# Share of crimes with a seized device, by offence, else by police.uk category.
BY_TITLE = {"Stalking": 0.40, "Malicious communications": 0.30, "Harassment": 0.12, "Controlling or coercive behaviour": 0.45,
            "Threats to kill": 0.15, "Rape of a female aged 16 or over": 0.65, "Sexual assault on a female aged 13 or over": 0.35,
            "Possession with intent to supply - cocaine": 0.75}  # fmt: skip
BY_CATEGORY = {"Robbery": 0.10, "Burglary": 0.012, "Drugs": 0.03, "Possession of weapons": 0.03, "Violence and sexual offences": 0.02,
               "Other crime": 0.06, "Vehicle crime": 0.004}  # fmt: skip
# Share of crimes with another exhibit for the laboratory, and the kinds of exhibit.
OTHER = {"Burglary": 0.06, "Robbery": 0.08, "Drugs": 0.22, "Possession of weapons": 0.02, "Vehicle crime": 0.015,
         "Violence and sexual offences": 0.006, "Criminal damage and arson": 0.004}  # fmt: skip
DEVICES, DEVICE_MIX = ("phone", "tablet", "computer", "storage", "other device"), np.array([[72.0, 6, 11, 8, 3]])
EXHIBITS, EXHIBIT_MIX = ("DNA", "fingerprints", "footwear", "drugs", "toxicology"), np.array([[45.0, 30, 8, 0, 2]])
FAILED, FAILED_MIX = (
    ("device locked", "encrypted", "model not supported", "device damaged"),
    np.array([[45.0, 20, 25, 10]]),
)
MORE = 0.4  # further devices of a crime that has one
GRAVE = 0.5  # share of phones of sexual and supply cases that the laboratory must examine in full
A_DAY = 3  # examinations that one operator does in a day
OVERLOAD = 1.03  # digital submissions for each one that the laboratory finishes
BACKLOG = 75.0  # days that the digital queue is long when the calendar begins
NOT_YET = 1 << 40  # minute of a stage that never comes
COLUMNS = ("exhibit", "reference", "type", "district", "route", "site", "operator", "seized", "booked", "accepted", "started",
           "finished", "result", "reason", "fit", "planted")  # fmt: skip


class Exhibits:
    """The exhibits of the county, month by month, with all that ever happens to each."""

    def __init__(self, world: World) -> None:
        self.world, force = world, world.force
        kinds = world.kinds
        rows = list(zip(kinds.title, kinds.category, strict=True))[: kinds.crimes]
        self.share = np.array([BY_TITLE.get(t, BY_CATEGORY.get(c, 0.0)) for t, c in rows])
        self.other = np.array([OTHER.get(c, 0.0) for _, c in rows])
        self.grave = np.array([BY_TITLE.get(t, 0.0) > 0.6 for t, _ in rows])
        self.drugs = np.array([c == "Drugs" for _, c in rows])
        self.planted = force.sites["planted"].to_list()
        self.operators = force.sites["operators"].to_list()
        days = world.calendar.end // DAY
        duty = (force.shifts(world, 0, days) > 0) & ~force.sick & ~force.leave
        self.staffed = [duty[np.array(o, dtype=np.int64)] for o in self.operators]  # (operators, days) of each site
        self.done: dict[tuple[int, int], int] = {}  # examinations by (operator, day)
        fit = 1 - self.grave * GRAVE
        usual = world.weights[: kinds.crimes].sum(axis=1) * self.share * (1 + MORE)
        queue = np.isin(np.arange(len(self.planted)), [n for n, p in enumerate(self.planted) if p == UNUSED])
        by_district = np.bincount(world.ground.district, world.weights.sum(axis=0), len(self.planted))
        elsewhere = 1 - (DEVICE_MIX[0, :2].sum() / 100) * (1 - by_district[queue].sum() / by_district.sum())
        self.pace = DAY / max(usual @ (1 - fit) + usual @ fit * elsewhere, 1e-6) * OVERLOAD  # minutes between two
        self.next = BACKLOG * DAY

    def of(self, month: Month) -> pl.DataFrame:
        """The exhibits of the crimes recorded in a month, in order of seizure; times are minutes of the calendar."""
        rng = stream(self.world.seed, "exhibits", len(self.world.people), month.number)
        crimes = month.recorded
        kind = crimes["kind"].to_numpy()
        count = np.where(rng.random(len(kind)) < self.share[kind], 1 + rng.poisson(MORE, len(kind)), 0)
        digital = self._digital(np.repeat(np.arange(len(kind)), count), crimes, rng)
        with_other = np.flatnonzero(rng.random(len(kind)) < self.other[kind])
        both = pl.concat([digital, self._other(with_other, crimes, rng)])
        number = pl.int_range(1, pl.len() + 1) + month.number * 100_000
        return both.with_columns(exhibit="X" + number.cast(pl.String).str.zfill(8)).select(COLUMNS)

    def _frame(self, crimes: pl.DataFrame, row: Ints, **columns: object) -> pl.DataFrame:
        return pl.DataFrame(
            {"reference": crimes["reference"].gather(row), "district": self._district(crimes, row), **columns}
        )

    def _district(self, crimes: pl.DataFrame, row: Ints) -> Ints:
        return np.asarray(self.world.ground.district[crimes["area"].to_numpy()[row]], dtype=np.int64)

    def _digital(self, row: Ints, crimes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        n = len(row)
        seized = crimes["recorded"].to_numpy()[row] + rng.exponential(2 * DAY, n).astype(np.int64)
        order = np.argsort(seized, kind="stable")
        row, seized = row[order], seized[order]
        mix = pick(rng, DEVICE_MIX, np.zeros(n, dtype=np.int64))
        fit = (mix < 2) & ~(self.grave[crimes["kind"].to_numpy()[row]] & (rng.random(n) < GRAVE))
        district = self._district(crimes, row)
        booked = self.world.calendar.real(seized + 60 + rng.exponential(1.5 * DAY, n).astype(np.int64))
        roll, minutes, weeks = rng.random(n), rng.integers(45, 145, n), rng.lognormal(np.log(9), 0.6, n)
        reason = pick(rng, FAILED_MIX, np.zeros(n, dtype=np.int64))
        columns: dict[str, list[object]] = {
            c: []
            for c in ("route", "site", "operator", "accepted", "started", "finished", "result", "reason", "planted")
        }
        for i in range(n):
            planted = self.planted[district[i]]
            if fit[i] and planted != UNUSED:
                operator, start = self._slot(int(district[i]), int(booked[i]))
                site, route, accepted = int(district[i]), "kiosk", start
                finish = start + int(minutes[i])
                result = "failed" if roll[i] < 0.08 else "partly extracted" if roll[i] < 0.25 else "extracted"
            else:
                site, operator, route, result = -1, -1, "laboratory", "evidence found" if roll[i] < 0.6 else "nothing found" if roll[i] < 0.92 else "no result"  # fmt: skip
                accepted = int(booked[i]) + DAY * (1 + int(roll[i] * 4))
                start = int(max(accepted, self.next))
                # Others' cases are examined between two of the county's: the queue moves at its own pace.
                self.next = max(self.next, float(booked[i])) + self.pace
                finish = start + int(weeks[i] * DAY)
            why = "kiosk never used" if fit[i] and route == "laboratory" else "operator often sick" if route == "kiosk" and planted == OPERATOR_SICK else ""  # fmt: skip
            values = (
                route,
                site,
                operator,
                accepted,
                start,
                finish,
                result,
                FAILED[reason[i]] if result == "failed" else "",
                why,
            )
            for name, value in zip(columns, values, strict=True):
                columns[name].append(value)
        return self._frame(crimes, row, type=pl.Series(DEVICES).gather(mix), seized=seized, booked=booked, fit=fit,
                           **{c: pl.Series(v, dtype=pl.Int64 if c in _WHOLE else pl.String) for c, v in columns.items()})  # fmt: skip

    def _slot(self, site: int, booked: int) -> tuple[int, int]:
        """The first operator of a site who is on duty and has time, and the minute at which the examination starts."""
        staffed = self.staffed[site]
        for day in range(booked // DAY + 1, staffed.shape[1]):
            for turn, operator in enumerate(self.operators[site]):
                done = self.done.get((operator, day), 0)
                if staffed[turn, day] and done < A_DAY:
                    self.done[operator, day] = done + 1
                    return operator, day * DAY + 9 * 60 + done * 150
        return -1, NOT_YET

    def _other(self, row: Ints, crimes: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
        n = len(row)
        seized = crimes["recorded"].to_numpy()[row] + rng.exponential(DAY, n).astype(np.int64)
        mix = pick(rng, EXHIBIT_MIX, np.zeros(n, dtype=np.int64))
        mix = np.where(self.drugs[crimes["kind"].to_numpy()[row]], EXHIBITS.index("drugs"), mix)
        booked = self.world.calendar.real(seized + DAY + rng.exponential(3 * DAY, n).astype(np.int64))
        accepted = booked + DAY * rng.integers(0, 4, n)
        started = accepted + (rng.lognormal(np.log(6), 0.6, n) * DAY).astype(np.int64)
        finished = started + (rng.lognormal(np.log(14), 0.5, n) * DAY).astype(np.int64)
        roll = rng.random(n)
        refused = roll > 0.97
        result = np.where(roll < 0.45, "evidence found", np.where(roll < 0.85, "nothing found", "no result"))
        return self._frame(
            crimes,
            row,
            type=pl.Series(EXHIBITS).gather(mix),
            seized=seized,
            booked=booked,
            fit=np.zeros(n, dtype=bool),
            route=pl.repeat("laboratory", n, eager=True),
            site=np.full(n, -1),
            operator=np.full(n, -1),
            accepted=np.where(refused, NOT_YET, accepted),
            started=np.where(refused, NOT_YET, started),
            finished=np.where(refused, accepted + DAY, finished),
            result=pl.Series(np.where(refused, "refused", result)),
            reason=pl.repeat("", n, eager=True),
            planted=pl.repeat("", n, eager=True),
        )


_WHOLE = ("site", "operator", "accepted", "started", "finished")
