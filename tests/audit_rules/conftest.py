"""A small ledger in order, to which a test adds one irregularity: given events, when audited, findings."""

from datetime import UTC, date, datetime, timedelta

import pytest

from audit.findings import Finding, run
from audit.replay import replay
from ledger import events as on
from ledger.events import Event
from ledger.identity import book_stream, building_stream, repair_stream
from ledger.log import Change
from ledger.money import split
from ledger.policy import load
from ledger.store.memory import MemoryLog

COUNTY = "532301"
UNITS = {"101": 8931, "102": 10247, "201": 12005}
VOTE = {
    "total_area_dm2": 31183,
    "total_households": 3,
    "present_area_dm2": 31183,
    "present_households": 3,
    "agreed_area_dm2": 31183,
    "agreed_households": 3,
}
FIRM = on.Payee(kind="firm", name="楚雄彝州建筑公司", account="5300-1")
RECORDED = datetime(2026, 11, 23, tzinfo=UTC)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


class Ledger:
    """Appends events as history would; every method returns the ids of the events it appended."""

    def __init__(self) -> None:
        self.log = MemoryLog()
        self.versions: dict[str, int] = {}
        self.areas: dict[str, dict[str, int]] = {}
        self.receipt = 0

    def append(self, stream: str, struct: type[Event], value_date: str, /, **facts: object) -> str:
        event = struct(
            actor="tester",
            recorded_at=RECORDED,
            value_date=day(value_date),
            origin="history",
            policy="test",
            **facts,
        )
        version = self.versions.get(stream, 0)
        self.versions[stream] = version + 1
        return self.log.append([Change(stream, version, (event,))]).events[0]

    def building(
        self,
        building: str,
        units: dict[str, int] | None = None,
        *,
        estate: str = "E1",
        county: str = COUNTY,
        lift: bool = True,
        storeys: int = 11,
        completed_on: str | None = "2009-06-30",
        warranty_until: str | None = "2014-06-30",
        fund: str = "commodity",
    ) -> list[str]:
        stream = building_stream(building)
        self.areas[building] = units or UNITS
        opened = self.append(
            stream,
            on.BuildingOpened,
            completed_on or "2009-06-30",
            name=building,
            county=county,
            estate=estate,
            estate_name=f"小区{estate}",
            management="professional",
            lift=lift,
            storeys=storeys,
            completed_on=day(completed_on),
            warranty_until=day(warranty_until),
        )
        lines = tuple(
            on.UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area)
            for unit, area in self.areas[building].items()
        )
        registered = self.append(stream, on.UnitsRegistered, completed_on or "2009-06-30", lines=lines)
        return [opened, registered]

    def opening(
        self,
        building: str,
        balances: dict[str, int],
        *,
        on_day: str = "2009-06-30",
        basis: str | None = "移交清册",
        part: str = "owner",
    ) -> str:
        """Opening balances of principal by unit."""
        lines = tuple(
            on.OpeningLine(unit=unit, part=part, principal_fen=amount) for unit, amount in balances.items()
        )
        return self.append(building_stream(building), on.BalanceOpened, on_day, basis=basis, lines=lines)

    def deposit(
        self,
        building: str,
        amounts: dict[str, int] | None = None,
        *,
        on_day: str = "2009-07-15",
        kind: str = "first",
        part: str = "owner",
        receipts: dict[str, str | None] | None = None,
    ) -> str:
        """Without amounts, what the standard with lift asks; receipts are consecutive unless given."""
        amounts = amounts or {unit: area * 93 for unit, area in self.areas[building].items()}
        lines = []
        for unit, amount in amounts.items():
            if receipts is not None and unit in receipts:
                number = receipts[unit]
            else:
                self.receipt += 1
                number = f"{self.receipt:08d}"
            lines.append(on.DepositLine(unit=unit, part=part, amount_fen=amount, receipt_no=number))
        return self.append(
            building_stream(building), on.DepositCollected, on_day, kind=kind, lines=tuple(lines)
        )

    def refund(
        self,
        building: str,
        unit: str,
        principal: int,
        interest: int = 0,
        *,
        of: str | None = None,
        on_day: str = "2012-01-10",
        reason: str = "overpaid",
    ) -> str:
        """Give back to one unit; with ``of`` from the first line of that deposit."""
        known = {} if of is None else {"deposit": of, "deposit_line": 0, "deposited_on": day("2009-07-15")}
        line = on.RefundLine(unit=unit, principal_fen=principal, interest_fen=interest, **known)
        return self.append(
            building_stream(building), on.DepositRefunded, on_day, reason=reason, lines=(line,)
        )

    def transfer(self, building: str, unit: str, owner: str, on_day: str, held: int = 930_000) -> str:
        return self.append(
            building_stream(building), on.OwnerChanged, on_day,
            unit=unit, owner_ref=owner, principal_fen=held, interest_fen=0,
        )  # fmt: skip

    def reverse(self, event: str, *lines: tuple[int, str, str, int]) -> str:
        """Reverse lines (index, unit, kind, opposite principal) of a building's event."""
        stream, _, version = event.rpartition("@")
        return self.append(
            stream,
            on.EntryReversed,
            "2009-07-15",
            version=int(version),
            reason="登记错误",
            lines=tuple(
                on.ReversalLine(line=line, unit=unit, kind=kind, principal_fen=amount)
                for line, unit, kind, amount in lines
            ),
        )

    def gain(self, amount_fen: int, on_day: str, county: str = COUNTY) -> str:
        return self.append(
            book_stream(county, "commodity"),
            on.BankGainsReceived,
            on_day,
            lines=(on.GainLine(category="time", amount_fen=amount_fen),),
        )

    def reverse_gain(self, event: str, amount_fen: int, on_day: str) -> str:
        stream, _, version = event.rpartition("@")
        return self.append(
            stream,
            on.GainsReversed,
            on_day,
            version=int(version),
            reason="登记错误",
            lines=(on.GainReversalLine(line=0, category="time", amount_fen=-amount_fen),),
        )

    def distribute(self, pool_fen: int, through: str, boundary: str, county: str = COUNTY) -> str:
        return self.append(
            book_stream(county, "commodity"),
            on.GainsDistributed,
            through,
            through=day(through),
            boundary=day(boundary),
            previous=None,
            pool_fen=pool_fen,
            shares=(),
        )

    def accrue(self, total_fen: int, settled_on: str, county: str = COUNTY) -> str:
        rate = on.ListedRate(product="demand", percent="0.35")
        return self.append(
            book_stream(county, "commodity"),
            on.RatesAccrued,
            settled_on,
            settled_on=day(settled_on),
            previous=None,
            bank="PBOC",
            this_year=rate,
            carried=rate,
            demand=rate,
            waiting_fen=0,
            total_fen=total_fen,
            shares=(),
        )

    def repair(self, project: str = "P1", start: str = "2015-03-01", **changes: object) -> list[str]:
        """A project in order from its application on, each fact by name; ``None`` leaves a fact out.

        Returns the ids of the repair's events. Payments are (stage, fen, day, other facts).
        """

        def after(days: int) -> str:
            return (date.fromisoformat(start) + timedelta(days)).isoformat()

        facts: dict[str, object] = {
            "estate": "E1",
            "county": COUNTY,
            "buildings": ("B1",),
            "object": "电梯",
            "content": f"更换{project}曳引机",
            "emergency": False,
            "budget": 120_037,
            "applied": start,
            "handler": "p-handler",
            "voted": after(9),
            "vote": VOTE,
            "noticed": after(11),
            "approved": after(24),
            "approver": "p-approver",
            "started": after(30),
            "payments": (("first", 50_011, after(33), {}), ("final", 60_013, after(111), {})),
            "accepted": after(101),
            "settled": 110_024,
        } | changes
        stream = repair_stream(str(facts["county"]), project)
        planned_on = facts["applied"] or facts["payments"][0][2]
        return [
            self.append(stream, on.RepairProposed, planned_on, **self._plan(project, facts)),
            *self._procedure(stream, facts),
            *(self._pay(stream, facts, *payment) for payment in facts["payments"]),
            *self._closing(stream, facts),
        ]

    @staticmethod
    def _plan(project: str, facts: dict[str, object]) -> dict[str, object]:
        names = ("county", "estate", "buildings", "object", "content", "emergency")
        return {name: facts[name] for name in names} | {
            "project": project,
            "budget_fen": facts["budget"],
            "applied_on": day(facts["applied"]),
            "handler_ref": facts["handler"],
        }

    def _procedure(self, stream: str, facts: dict[str, object]) -> list[str]:
        steps = [
            ("voted", on.VoteCounted, facts["vote"]),
            ("noticed", on.NoticePosted, {}),
            ("approved", on.RepairApproved, {"approver_ref": facts["approver"]}),
            ("started", on.RepairStarted, {}),
        ]
        return [self.append(stream, kind, facts[name], **own) for name, kind, own in steps if facts[name]]

    def _closing(self, stream: str, facts: dict[str, object]) -> list[str]:
        ids = []
        if facts["accepted"]:
            ids.append(self.append(stream, on.RepairAccepted, facts["accepted"]))
        if facts["settled"]:
            last = facts["accepted"] or facts["payments"][-1][2]
            ids.append(self.append(stream, on.RepairSettled, last, amount_fen=facts["settled"]))
        return ids

    def _pay(
        self,
        stream: str,
        facts: dict[str, object],
        stage: str,
        amount: int,
        on_day: str,
        own: dict[str, object],
    ) -> str:
        buildings = facts["buildings"]
        paid = self.append(
            stream,
            on.RepairPaid,
            on_day,
            stage=stage,
            amount_fen=amount,
            buildings=buildings,
            **({"payee": FIRM} | own),
        )
        units = [
            (building, unit, area) for building in buildings for unit, area in self.areas[building].items()
        ]
        shares = split(amount, [area for _, _, area in units])
        for building in buildings:
            lines = tuple(
                on.WithdrawalLine(unit=unit, principal_fen=share, interest_fen=0)
                for (place, unit, _), share in zip(units, shares, strict=True)
                if place == building
            )
            self.append(building_stream(building), on.WithdrawalPaid, on_day, payment=paid, lines=lines)
        return paid

    def findings(self) -> list[Finding]:
        return run(replay(self.log), load())

    def found(self, rule: str | None = None) -> list[tuple[str, str, str, tuple[str, ...]]]:
        """Rule, subject, amount in yuan and evidence of every finding of the whole audit, or of one rule."""
        return [
            (finding.rule, subject(finding), finding.amount, finding.events)
            for finding in self.findings()
            if rule in (None, finding.rule)
        ]


def subject(finding: Finding) -> str:
    names = (finding.county, finding.estate, finding.building, finding.unit, finding.project)
    return " ".join(name for name in names if name)


@pytest.fixture
def empty() -> Ledger:
    return Ledger()


@pytest.fixture
def ledger() -> Ledger:
    """Building B1 of estate E1 with three units, deposits by the standard, and one repair in order."""
    made = Ledger()
    made.building("B1")
    made.deposit("B1")
    made.repair("P1")
    return made
