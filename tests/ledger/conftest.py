"""An office with a ledger in memory, on a day of the test's choice."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from ledger import building, policy
from ledger.application import Application, Distribution, Outcome
from ledger.commands import CollectDeposit, Command, ReceiveGains, Recording, RegisterUnits
from ledger.events import DepositKind, DepositLine, Event, GainLine, UnitLine
from ledger.identity import Fund, Part, building_stream
from ledger.log import Log
from ledger.store.memory import MemoryLog

HISTORY = Recording(actor="officer-1", origin="history")
LIVE = Recording(actor="officer-1")


class Office:
    """Says commands in the words of the domain and looks at what became of them."""

    def __init__(self, log: Log | None = None) -> None:
        self.memory = MemoryLog()
        self.log: Log = log or self.memory
        self.moment = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.application = Application(self.log, policy.load(), lambda: self.moment)

    def execute(self, *commands: Command, recording: Recording = HISTORY) -> Outcome:
        return self.application.execute(commands, recording)

    def register(
        self,
        code: str,
        areas: dict[str, int],
        fund: Fund = "commodity",
        county: str = "532301",
        completed_on: date | None = date(2010, 6, 30),
    ) -> Outcome:
        return self.execute(self.units(code, areas, fund, county, completed_on))

    @staticmethod
    def units(
        code: str,
        areas: dict[str, int],
        fund: Fund = "commodity",
        county: str = "532301",
        completed_on: date | None = date(2010, 6, 30),
    ) -> RegisterUnits:
        return RegisterUnits(
            building=code,
            name="1幢",
            county=county,
            estate="E1",
            estate_name="彝人古镇",
            management="professional",
            lift=True,
            storeys=18,
            completed_on=completed_on,
            units=tuple(
                UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area)
                for unit, area in areas.items()
            ),
        )

    @staticmethod
    def deposit(
        code: str,
        unit: str,
        amount_fen: int,
        on: date,
        receipt_no: str | None = None,
        part: Part = "owner",
        kind: DepositKind = "first",
    ) -> CollectDeposit:
        line = DepositLine(unit=unit, part=part, amount_fen=amount_fen, receipt_no=receipt_no)
        return CollectDeposit(building=code, kind=kind, value_date=on, lines=(line,))

    @staticmethod
    def gains(*amounts_fen: int, on: date, county: str = "532301", fund: Fund = "commodity") -> ReceiveGains:
        lines = tuple(GainLine(category="demand", amount_fen=amount) for amount in amounts_fen)
        return ReceiveGains(county=county, fund=fund, value_date=on, lines=lines)

    def distribute(self, through: date, recording: Recording = HISTORY) -> Distribution:
        return self.application.distribute("532301", "commodity", through, recording)

    def account(self, code: str, unit: str, part: Part = "owner") -> building.Account:
        return self.application.buildings([code])[code].accounts[unit, part]

    def balances(self, *codes: str) -> dict[tuple[str, str], tuple[int, int]]:
        """Principal and interest of every account of some buildings, by building and unit (and part)."""
        return {
            (code, unit if part == "owner" else f"{unit}/{part}"): (
                account.principal_fen,
                account.interest_fen,
            )
            for code, state in self.application.buildings(codes).items()
            for (unit, part), account in state.accounts.items()
        }

    def events(self, stream: str) -> Sequence[Event]:
        return self.log.events(stream)

    def building_events(self, code: str) -> Sequence[Event]:
        return self.events(building_stream(code))

    def everything(self) -> list[tuple[str, int, str]]:
        """The whole log: stream, version and content of every event."""
        return [(row.stream, row.version, row.data) for row in self.memory.rows(0, 1_000_000)]


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture(scope="session")
def new_office() -> type[Office]:
    """Further offices, for comparing two histories."""
    return Office


@pytest.fixture
def history() -> Recording:
    return HISTORY


@pytest.fixture
def live() -> Recording:
    return LIVE
