"""Random lives of several buildings, live and as history, against a plain dictionary model.

After every step each unit, each building and the book agree with the model to the fen, and no account is
below zero unless history said so.
"""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from audit.replay import replay
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    ChangeOwner,
    CollectDeposit,
    Command,
    CreditIncome,
    OpenBalance,
    ReceiveGains,
    Recording,
    RecordRepair,
    Refund,
    RefundDeposit,
    RegisterUnits,
    RepairPayment,
    ReverseEntry,
)
from ledger.errors import Refused
from ledger.events import DepositLine, GainLine, OpeningLine, UnitLine
from ledger.store.memory import MemoryLog

AREAS = {
    "B1": {"101": 8931, "102": 10247, "201": 12005},
    "B2": {"101": 10000, "102": 5000},
    "B3": {"1": 7777},
}
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
FIRST, LAST = date(2012, 1, 1), date(2016, 12, 31)
ACCOUNTS = st.sampled_from([(code, unit) for code, units in AREAS.items() for unit in units])
BUILDINGS = st.sampled_from(sorted(AREAS))
FEN = st.integers(1, 1_000_000)
DAYS = st.dates(FIRST, LAST)
RECORDINGS = st.sampled_from([LIVE, HISTORY])


def by_share(total: int, weights: dict) -> dict:
    """Largest remainder with fractions: the naive way, in no code of the ledger."""
    whole = sum(weights.values())
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    shares = {key: int(amount) for key, amount in exact.items()}
    ranked = sorted(exact, key=lambda key: (shares[key] - exact[key], key))
    for key in ranked[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


class Lives(RuleBasedStateMachine):
    """The ledger beside a model: principal, interest and entries of each account, and the book's pool."""

    def __init__(self) -> None:
        super().__init__()
        self.log = MemoryLog()
        now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.application = Application(self.log, policy.load(), lambda: now)
        self.principal: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.interest: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.entries: defaultdict[tuple[str, str], list[tuple[date, int, bool]]] = defaultdict(list)
        self.settled: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.gains: list[tuple[date, int]] = []
        self.boundary: date | None = None
        self.deposits: list[dict] = []
        self.opened: set[tuple[str, str]] = set()
        self.owner: dict[tuple[str, str], tuple[str, date]] = {}
        self.overdrawn = False
        self.refusals = 0
        self.received = 0
        self.number = 0

    # What the ledger is asked, and what it must have done

    def does(self, command: Command, recording: Recording) -> str:
        """The command is recorded; the name of its first event."""
        return self.application.execute([command], recording).events[0]

    def refuses(self, command: Command, code: str) -> None:
        """The live command is refused: one refusal is on record, and nothing else changed."""
        with pytest.raises(Refused) as refused:
            self.application.execute([command], LIVE)
        assert code in {found.code for found in refused.value.refusals}
        self.refusals += 1

    def moves(self, key: tuple[str, str], on: date, principal: int, interest: int = 0) -> None:
        self.principal[key] += principal
        self.interest[key] += interest
        self.entries[key].append((on, principal + interest, False))

    def held(self, key: tuple[str, str]) -> int:
        return self.principal[key] + self.interest[key]

    # Steps

    @initialize()
    def houses(self) -> None:
        for code, areas in AREAS.items():
            units = tuple(
                UnitLine(
                    unit=unit, fund="commodity", usage="residential", area_dm2=area, owner_ref=f"p-{unit}"
                )
                for unit, area in areas.items()
            )
            command = RegisterUnits(
                building=code,
                name=code,
                county="532301",
                estate="E1",
                estate_name="彝人古镇",
                management="professional",
                lift=True,
                storeys=18,
                completed_on=date(2010, 1, 1),
                units=units,
            )
            self.does(command, HISTORY)
            self.owner |= {(code, unit): (f"p-{unit}", date.min) for unit in areas}

    @rule(key=ACCOUNTS, fen=FEN, on=DAYS, recording=RECORDINGS)
    def deposit(self, key, fen, on, recording) -> None:
        self.number += 1
        line = DepositLine(unit=key[1], amount_fen=fen, receipt_no=f"{self.number:08}")
        command = CollectDeposit(building=key[0], kind="first", value_date=on, lines=(line,))
        name = self.does(command, recording)
        self.deposits.append(
            {"key": key, "on": on, "left": fen, "fen": fen, "no": line.receipt_no, "at": name}
        )
        self.moves(key, on, fen)
        self.received += fen

    @precondition(lambda self: self.deposits)
    @rule(data=st.data())
    def a_receipt_is_not_used_twice(self, data) -> None:
        known = data.draw(st.sampled_from(self.deposits))
        if known["left"] is None:
            return
        line = DepositLine(unit=known["key"][1], amount_fen=1, receipt_no=known["no"])
        again = CollectDeposit(building=known["key"][0], kind="first", value_date=LAST, lines=(line,))
        self.refuses(again, "receipt-used")

    @rule(key=ACCOUNTS, principal=FEN, interest=st.integers(0, 9999), on=DAYS)
    def opening(self, key, principal, interest, on) -> None:
        line = OpeningLine(unit=key[1], principal_fen=principal, interest_fen=interest)
        command = OpenBalance(building=key[0], value_date=on, lines=(line,))
        if key in self.opened:
            self.refuses(command, "opening-twice")
        elif self.entries[key]:
            self.refuses(command, "opening-late")
        else:
            self.does(command, LIVE)
            self.opened.add(key)
            self.moves(key, on, principal, interest)
            self.received += principal + interest

    @rule(code=BUILDINGS, fen=FEN, on=DAYS, recording=RECORDINGS)
    def income(self, code, fen, on, recording) -> None:
        self.does(CreditIncome(building=code, category="operating", value_date=on, amount_fen=fen), recording)
        for unit, share in by_share(fen, AREAS[code]).items():
            if share:
                self.moves((code, unit), on, share)
        self.received += fen

    @rule(fen=FEN, on=DAYS, recording=RECORDINGS)
    def gain(self, fen, on, recording) -> None:
        line = GainLine(category="demand", amount_fen=fen)
        self.does(ReceiveGains(county="532301", fund="commodity", value_date=on, lines=(line,)), recording)
        self.gains.append((on, fen))
        self.received += fen

    @precondition(lambda self: self.deposits)
    @rule(data=st.data(), fen=FEN, later=st.integers(0, 900), recording=RECORDINGS)
    def refund(self, data, fen, later, recording) -> None:
        known = data.draw(st.sampled_from(self.deposits))
        if known["left"] is None:
            return
        key, on = known["key"], known["on"] + timedelta(later)
        fen = data.draw(st.sampled_from([fen, known["left"] or fen]))
        command = RefundDeposit(
            building=key[0],
            reason="overpaid",
            refunded_on=on,
            lines=(Refund(unit=key[1], amount_fen=fen, receipt_no=known["no"]),),
        )
        if recording is LIVE and fen > known["left"]:
            self.refuses(command, "refund-exceeds" if known["left"] else "refund-twice")
            return
        if recording is LIVE and fen > self.held(key):
            self.refuses(command, "balance-short")
            return
        self.does(command, recording)
        principal = min(fen, max(self.principal[key], 0), known["left"])
        interest = min(fen - principal, max(self.interest[key], 0))
        self.moves(key, on, interest - fen, -interest)
        known["left"] = max(known["left"] - fen, 0)
        known["given"] = True
        self.received -= fen
        self.overdrawn |= self.held(key) < 0

    @rule(codes=st.sets(BUILDINGS, min_size=1), fen=FEN, on=DAYS)
    def repair(self, codes, fen, on) -> None:
        self.number += 1
        command = RecordRepair(
            project=f"P{self.number}",
            county="532301",
            estate="E1",
            buildings=tuple(sorted(codes)),
            object="电梯",
            content="更换曳引机",
            emergency=False,
            payments=(RepairPayment(stage="final", amount_fen=fen, paid_on=on),),
        )
        self.refuses(command, "history-only")
        self.does(command, HISTORY)
        scope = {(code, unit): area for code in codes for unit, area in AREAS[code].items()}
        for key, share in by_share(fen, scope).items():
            if share:
                interest = min(share, max(self.interest[key], 0))
                self.moves(key, on, interest - share, -interest)
                self.overdrawn |= self.held(key) < 0
        self.received -= fen

    @rule(key=ACCOUNTS, owner=st.sampled_from(["p-9", "p-8", "p-7"]), on=DAYS, recording=RECORDINGS)
    def transfer(self, key, owner, on, recording) -> None:
        command = ChangeOwner(building=key[0], unit=key[1], transferred_on=on, owner_ref=owner)
        now, since = self.owner[key]
        if recording is LIVE and owner == now:
            self.refuses(command, "owner-same")
        elif recording is LIVE and on < since:
            self.refuses(command, "transfer-early")
        else:
            self.does(command, recording)
            self.owner[key] = owner, on

    @precondition(lambda self: self.deposits)
    @rule(data=st.data())
    def reverse(self, data) -> None:
        known = data.draw(st.sampled_from(self.deposits))
        stream, _, version = known["at"].rpartition("@")
        command = ReverseEntry(stream=stream, version=int(version), reason="录错")
        if known["left"] is None:
            self.refuses(command, "already-reversed")
        elif known.get("given"):
            self.refuses(command, "refund-stands")
        else:
            self.does(command, LIVE)
            self.moves(known["key"], known["on"], -known["fen"])
            self.received -= known["fen"]
            self.overdrawn |= self.held(known["key"]) < 0
            known["left"] = None

    @rule(through=DAYS)
    def distribute(self, through) -> None:
        boundary = through + timedelta(1)
        pool = sum(fen for on, fen in self.gains if on < boundary)
        weights = {key: self.weight(key, boundary) for key in self.owner}
        wrong = (self.boundary is not None and boundary <= self.boundary) or pool <= 0
        if wrong or not any(weights.values()):
            with pytest.raises(Refused):
                self.application.distribute("532301", "commodity", through, LIVE)
            self.refusals += 1
            return
        self.application.distribute("532301", "commodity", through, LIVE)
        of_building = {code: sum(weights[code, unit] for unit in AREAS[code]) for code in AREAS}
        shares = by_share(pool, of_building)
        for key in self.owner:
            waiting = [entry for entry in self.entries[key] if not entry[2] and entry[0] < boundary]
            self.settled[key] += sum(fen for _, fen, _ in waiting)
            self.entries[key] = [(on, fen, done or on < boundary) for on, fen, done in self.entries[key]]
        for code, share in shares.items():
            own = {unit: weights[code, unit] for unit in AREAS[code]}
            if share and any(own.values()):
                for unit, fen in by_share(share, own).items():
                    self.interest[code, unit] += fen
                    self.settled[code, unit] += fen
        self.gains = [(on, fen) for on, fen in self.gains if on >= boundary]
        self.boundary = boundary

    def weight(self, key, boundary) -> int:
        found = self.settled[key] * (boundary - self.boundary).days if self.boundary else 0
        found += sum(
            fen * (boundary - on).days for on, fen, done in self.entries[key] if not done and on < boundary
        )
        return max(found, 0)

    # What holds after every step

    @invariant()
    def units_buildings_and_book_agree(self) -> None:
        states = self.application.buildings(sorted(AREAS))
        for code, state in states.items():
            for (unit, _), account in state.accounts.items():
                key = code, unit
                found = (account.principal_fen, account.interest_fen)
                assert found == (self.principal[key], self.interest[key])
                assert account.balance_fen >= 0 or self.overdrawn
                assert state.owner_ref(unit) == self.owner[key][0]
        units = sum(account.balance_fen for state in states.values() for account in state.accounts.values())
        undistributed = sum(fen for _, fen in self.gains)
        assert units + undistributed == self.received

    @invariant()
    def each_refusal_is_one_event(self) -> None:
        rows = self.log.rows(0, 1_000_000)
        assert sum(row.topic == "command-refused" for row in rows) == self.refusals

    def teardown(self) -> None:
        """The second witness comes to the same balances."""
        found = replay(self.log)
        assert found.unreadable == ()
        money = pl.col("principal_fen", "interest_fen")
        sums = found.entries.group_by("building", "unit").agg(money.sum())
        for row in sums.iter_rows(named=True):
            key = row["building"], row["unit"]
            assert (row["principal_fen"], row["interest_fen"]) == (self.principal[key], self.interest[key])


Lives.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLives = pytest.mark.slow(Lives.TestCase)
