"""A town as a plain dictionary model beside the ledger: what random lives (``test_lives``) are compared with.

The arithmetic is naive and shares no code with the ledger. Files ``town_….py`` add the steps.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count

import polars as pl
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.application import Application
from ledger.commands import CollectDeposit, Recording, RegisterUnits
from ledger.errors import Refused
from ledger.events import DepositLine, UnitLine
from ledger.store.memory import MemoryLog

COUNTY = "532301"
HOUSES = {
    "B1": {"101": (8931, "commodity"), "102": (10247, "commodity"), "201": (12005, "commodity")},
    "B2": {"101": (10000, "commodity"), "102": (5000, "commodity")},
    "B3": {"1": (7777, "commodity"), "2": (6001, "public"), "3": (9003, "public")},
}
"""Areas in 0.01 m² and fund kinds; B3 is a mixed building, art. 20."""

FUNDS = ("commodity", "public")
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
RECORDINGS = st.sampled_from([LIVE, HISTORY])
FIRST, LAST = date(2012, 1, 1), date(2016, 12, 31)
DAYS = st.dates(FIRST, LAST)
FEN = st.integers(1, 1_000_000)
BUILDINGS = st.sampled_from(sorted(HOUSES))
POLICY = policy.load()


def by_share(total: int, weights: dict) -> dict:
    """Largest remainder with fractions, the naive way; a debt is the mirror image."""
    if total < 0:
        return {key: -share for key, share in by_share(-total, weights).items()}
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    shares = {key: int(amount) for key, amount in exact.items()}
    ranked = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in ranked[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


class Town(RuleBasedStateMachine):
    """Units and accounts, an account being (building, unit, part); amounts in fen.

    ``entries`` are (day, principal, interest) of each account in the order of the log, ``waiting`` those that
    no settlement has taken, as (day, amount); ``totals`` are those of the house plan §6 by fund kind.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log = MemoryLog()
        now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.today = date(2026, 11, 23)
        self.application = Application(self.log, POLICY, lambda: now)
        self.units: dict[tuple[str, str], dict] = {}
        self.principal: defaultdict[tuple, int] = defaultdict(int)
        self.interest: defaultdict[tuple, int] = defaultdict(int)
        self.deposited: defaultdict[tuple, int] = defaultdict(int)
        self.first: defaultdict[tuple, int] = defaultdict(int)
        self.standing: defaultdict[tuple, int] = defaultdict(int)
        self.entries: defaultdict[tuple, list] = defaultdict(list)
        self.waiting: defaultdict[tuple, list] = defaultdict(list)
        self.settled: defaultdict[tuple, int] = defaultdict(int)
        self.totals: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.gains: dict[str, list] = {fund: [] for fund in FUNDS}
        self.boundary: dict[str, date | None] = dict.fromkeys(FUNDS)
        self.rated: dict[str, bool] = dict.fromkeys(FUNDS, False)
        self.records: list[dict] = []
        self.destroyed: dict[str, list] = {code: [] for code in HOUSES}
        self.custody: dict[str, list] = {code: [] for code in HOUSES}
        self.owed: list[dict] = []
        self.freezes: defaultdict[tuple[str, str], list] = defaultdict(list)
        self.overdrawn = False
        self.refusals = 0
        self.numbers = count(1)

    @initialize()
    def houses(self) -> None:
        for code, units in HOUSES.items():
            lines = tuple(
                UnitLine(
                    unit=unit,
                    fund=fund,
                    usage="residential",
                    area_dm2=area,
                    owner_ref=f"p-{unit}",
                    seller="一局" if fund == "public" else None,
                )
                for unit, (area, fund) in units.items()
            )
            command = RegisterUnits(
                building=code,
                name=code,
                county=COUNTY,
                estate="E1",
                estate_name="彝人古镇",
                management="professional",
                lift=True,
                storeys=18,
                completed_on=date(2010, 1, 1),
                units=lines,
            )
            self.does(command, HISTORY)
            for line in lines:
                self.opens(code, line.unit, line.area_dm2, line.fund, line.owner_ref)
            for key in self.accounts(code):
                self.moves_in(key)

    def moves_in(self, key) -> None:
        """Every account begins with some money."""
        fen, number = 10_000 * next(self.numbers), f"{next(self.numbers):08}"
        line = DepositLine(unit=key[1], part=key[2], amount_fen=fen, receipt_no=number)
        command = CollectDeposit(building=key[0], kind="first", value_date=FIRST, lines=(line,))
        at = self.does(command, HISTORY)
        self.moves(key, FIRST, "deposit", fen, first=True)
        self.keeps(at, "deposit", FIRST, [(key, fen, 0)], no=[number], given=[0], first=True)

    # What the ledger is asked, and what it must have done

    def does(self, command, recording) -> str:
        """The command is recorded; the name of its first event."""
        return self.application.execute([command], recording).events[0]

    def refuses(self, ask, codes, recording=LIVE) -> None:
        """Asking is refused for one of the reasons: a live refusal is on record, and nothing else."""
        before = len(self.log.rows(0, 1_000_000))
        with pytest.raises(Refused) as refused:
            ask()
        assert set(codes) & {found.code for found in refused.value.refusals}, (codes, refused.value)
        grown = self.log.rows(0, 1_000_000)[before:]
        assert [row.topic for row in grown] == ["command-refused"] * (recording is LIVE)
        self.refusals += len(grown)

    def asks(self, command, recording, rules=(), always=()) -> str | None:
        """Record it, or see it refused: live for what breaks ``rules``, ever for what is wrong ``always``."""
        wrong = {*always, *(rules if recording.origin == "live" else ())}
        if not wrong:
            return self.does(command, recording)
        self.refuses(lambda: self.application.execute([command], recording), wrong, recording)
        return None

    # The model

    def opens(self, code, unit, area, fund, owner) -> None:
        self.units[code, unit] = {
            "area": area,
            "fund": fund,
            "owner": owner,
            "since": date.min,
            "heirs": None,
        }

    def passes_on(self, code, units, areas) -> None:
        """Units of a building were closed, and others took their place."""

    def accounts(self, code=None, fund=None) -> list[tuple]:
        return [
            (building, unit, part)
            for (building, unit), facts in self.units.items()
            if code in (None, building) and fund in (None, facts["fund"])
            for part in (("owner", "seller") if facts["fund"] == "public" else ("owner",))
        ]

    def open_units(self, code) -> dict[str, int]:
        """The areas of the units that no split or merger closed."""
        return {
            unit: facts["area"]
            for (building, unit), facts in self.units.items()
            if building == code and not facts["heirs"]
        }

    def moves(self, key, on, kind, principal, interest=0, first=False, stands=1) -> None:
        """One entry of one account."""
        self.principal[key] += principal
        self.interest[key] += interest
        self.entries[key].append((on, principal, interest))
        self.waiting[key].append((on, principal + interest))
        self.standing[key] += stands
        if kind in ("opening", "deposit", "refund", "moved"):
            self.deposited[key] += principal
        if first:
            self.first[key] += principal
        fund, whole = self.fund(key), principal + interest
        if kind == "opening":
            self.totals[fund, "growth"] += interest
            whole = principal
        total = {
            "opening": "deposits",
            "deposit": "deposits",
            "income": "other",
            "withdrawal": "withdrawn",
            "return": "withdrawn",
            "refund": "refunded",
            "custody": "refunded",
        }.get(kind)
        if total is not None:
            self.totals[fund, total] += -whole if total in ("withdrawn", "refunded") else whole

    def earns(self, key, fen, on) -> None:
        """Interest of a settlement: it is settled at once."""
        self.interest[key] += fen
        self.entries[key].append((on, 0, fen))
        self.settled[key] += fen
        self.standing[key] += 1

    def gains_more(self, fund, on, fen) -> None:
        self.gains[fund].append((on, fen))
        self.totals[fund, "growth"] += fen

    def pays(self, key, on, kind, fen) -> tuple[int, int]:
        """Money out of an account, of its interest first; what of it was principal, what interest."""
        interest = min(fen, max(self.interest[key], 0))
        self.moves(key, on, kind, interest - fen, -interest)
        self.overdrawn |= self.held(key) < 0
        return fen - interest, interest

    def keeps(self, at, kind, on, lines, **more) -> dict:
        """An event that can be reversed: its lines are (account, principal, interest)."""
        record = {"at": at, "kind": kind, "on": on, "lines": list(lines), "gone": set(), **more}
        self.records.append(record)
        return record

    def fund(self, key) -> str:
        return self.units[key[:2]]["fund"]

    def held(self, key) -> int:
        return self.principal[key] + self.interest[key]

    def held_on(self, key, on) -> tuple[int, int]:
        """Principal and interest at the end of a day."""
        found = [entry for entry in self.entries[key] if entry[0] <= on]
        return sum(entry[1] for entry in found), sum(entry[2] for entry in found)

    def last_day(self, *keys) -> date:
        return max((entry[0] for key in keys for entry in self.entries[key]), default=date.min)

    def assembly(self, code) -> str | None:
        return self.custody[code][-1][1] if self.custody[code] else None

    def shut(self, code, sellers_only=False) -> set[str]:
        """Why nothing live moves in a building any more."""
        if self.destroyed[code]:
            return {"building-destroyed"}
        return {"custody-out"} if self.assembly(code) and not sellers_only else set()

    def has_left(self, key) -> bool:
        code, _, part = key
        return bool(self.destroyed[code]) or (part == "owner" and self.assembly(code) is not None)

    def closed(self, code, *units) -> set[str]:
        return {"unit-closed"} if any(self.units[code, unit]["heirs"] for unit in units) else set()

    # Settlements

    def inherited(self, found: dict) -> dict:
        """What falls on closed accounts goes to those that took their place, by their areas then."""
        for (code, unit), facts in self.units.items():
            for part in ("owner", "seller"):
                left = found.get((code, unit, part), 0) if facts["heirs"] else 0
                if left:
                    found[code, unit, part] = 0
                    for heir, share in by_share(left, facts["heirs"]).items():
                        found[code, heir, part] += share
        return found

    def weights(self, fund, boundary) -> dict[tuple, int]:
        """Fen × days of every account of a book; below zero they count as zero."""
        before = self.boundary[fund]
        found = {}
        for key in self.accounts(fund=fund):
            days = [fen * (boundary - on).days for on, fen in self.waiting[key] if on < boundary]
            settled = self.settled[key] * (boundary - before).days if before else 0
            found[key] = 0 if self.has_left(key) else settled + sum(days)
        return {key: max(weight, 0) for key, weight in self.inherited(found).items()}

    def settles(self, fund, boundary) -> None:
        for key in self.accounts(fund=fund):
            self.settled[key] += sum(fen for on, fen in self.waiting[key] if on < boundary)
            self.waiting[key] = [(on, fen) for on, fen in self.waiting[key] if on >= boundary]
        self.boundary[fund] = boundary

    def pool(self, fund, on) -> int:
        return sum(fen for day, fen in self.gains[fund] if day <= on)

    def gains_to_come(self, code, on) -> bool:
        """Whether a book holds gains of which the building has a share to come."""
        boundary = on + timedelta(1)
        for fund in {facts["fund"] for (building, _), facts in self.units.items() if building == code}:
            before = self.boundary[fund]
            weights = self.weights(fund, boundary) if before is None or before < boundary else {}
            some = any(weight for key, weight in weights.items() if key[0] == code)
            if some and self.pool(fund, on) > 0 and not self.rated[fund]:
                return True
        return False

    # What holds after every step

    @invariant()
    def every_account_is_as_the_model_says(self) -> None:
        for code, state in self.application.buildings(sorted(HOUSES)).items():
            assert {(code, *key) for key in state.accounts} == set(self.accounts(code))
            for place, account in state.accounts.items():
                key = (code, *place)
                assert (account.principal_fen, account.interest_fen) == (
                    self.principal[key],
                    self.interest[key],
                )
                assert account.deposited_fen == self.deposited[key]
                assert account.balance_fen >= 0 or self.overdrawn
                assert state.owner_ref(place[0]) == self.units[key[:2]]["owner"]

    @invariant()
    def units_and_book_agree(self) -> None:
        for fund in FUNDS:
            units = sum(self.held(key) for key in self.accounts(fund=fund))
            pool = sum(fen for _, fen in self.gains[fund]) + self.totals[fund, "book"]
            assert units == self.balance(fund) - pool

    def balance(self, fund) -> int:
        total = {name: self.totals[fund, name] for name in ("deposits", "growth", "other", "book")}
        return sum(total.values()) - self.totals[fund, "withdrawn"] - self.totals[fund, "refunded"]

    @invariant()
    def each_refusal_is_one_event(self) -> None:
        rows = self.log.rows(0, 1_000_000)
        assert sum(row.topic == "command-refused" for row in rows) == self.refusals

    def teardown(self) -> None:
        """The second witness comes to the same balances and totals, and finds no contradiction."""
        found = replay(self.log)
        assert list(consistency(found)) == []
        sums = found.entries.group_by("building", "unit", "part").agg(
            pl.col("principal_fen", "interest_fen").sum()
        )
        for *place, principal, interest in sums.iter_rows():
            key = tuple(place)
            assert (principal, interest) == (self.principal[key], self.interest[key])
        for fund in FUNDS:
            assert self.witnessed(found, fund) == {
                name: self.totals[fund, name]
                for name in ("deposits", "growth", "other", "book", "withdrawn", "refunded")
            }
        owed = found.obligations.select(pl.col("amount_fen").sum()).item()
        assert owed == sum(each["fen"] - each["paid"] for each in self.owed if not each["gone"])

    def witnessed(self, found, fund) -> dict[str, int]:
        """The totals of §6 by the events alone."""
        entries = found.entries.filter(pl.col("fund") == fund)

        def moved(kinds, columns=("principal_fen", "interest_fen")) -> int:
            return sum(entries.filter(pl.col("kind").is_in(kinds))[column].sum() for column in columns)

        book = found.treasury.filter(pl.col("fund") == fund)

        def booked(kind) -> int:
            return book.filter(pl.col("kind") == kind)["amount_fen"].sum()

        return {
            "deposits": moved(["deposit", "opening"], ["principal_fen"]),
            "growth": found.gains.filter(pl.col("fund") == fund)["amount_fen"].sum()
            + moved(["opening"], ["interest_fen"]),
            "other": moved(["income"]),
            "book": booked("other-income") - booked("other-expense"),
            "withdrawn": -moved(["withdrawal", "return"]),
            "refunded": -moved(["refund", "custody"]),
        }
