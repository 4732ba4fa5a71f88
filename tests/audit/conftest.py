"""Histories made through the front door (commands, application), and a log that PostgreSQL keeps."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import psycopg2
import pytest
from msgspec.structs import replace

from audit.seal import Seal
from audit.verify import Verification, verify
from ledger import policy
from ledger.application import Application
from ledger.commands import (
    AdvancePettyCash,
    BuyBond,
    ChangeOwner,
    CloseAccount,
    ClosePeriod,
    CollectDeposit,
    CreditIncome,
    CustodyAmount,
    DesignateAccount,
    DestroyBuilding,
    EndInvestment,
    ExemptUnit,
    HandOver,
    IssuePublication,
    IssueReceipts,
    LiftExemption,
    MatureDeposit,
    ObligationPart,
    OpenBalance,
    OverrideDue,
    PayObligation,
    PayRepair,
    PlaceDeposit,
    ReceiveBondInterest,
    ReceiveGains,
    ReconcileStatement,
    Recording,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    RecordRepair,
    RecordSale,
    RecordStatement,
    RedeemBond,
    Refund,
    RefundDeposit,
    RegisterUnits,
    RepairPayment,
    ReturnCustody,
    ReturnPettyCash,
    ReturnRepairMoney,
    ReverseEntry,
    VoidReceipts,
    VoteFigures,
    WithdrawDeposit,
)
from ledger.errors import Refused
from ledger.events import Consent, DepositLine, GainLine, OpeningLine, Payee, StatementLine, UnitLine
from ledger.store.bulk import copy_rows
from ledger.store.feed import Feed, Row
from ledger.store.memory import MemoryLog
from ledger.store.tables import events
from projections.models import TABLES as MODEL_TABLES
from projections.models import read_models
from projections.runner import Follower

COUNTY = "532301"
HISTORY = Recording(actor="clerk", origin="history")


class Office:
    """A ledger in memory that takes commands; every day of 2012–2019 may be asked for."""

    def __init__(self, seed: int) -> None:
        self.log = MemoryLog()
        self.application = Application(self.log, policy.load(), lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))
        self._random = random.Random(seed)
        self._entries: list[str] = []
        self._gains: list[str] = []
        self._statements: list[str] = []
        self._receipts: list[tuple[str, str, str]] = []

    def open(self, building: str, units: int, *, public: bool = False) -> None:
        choose = self._random
        self._do(
            RegisterUnits(
                building=building,
                name=building,
                county=COUNTY,
                estate="E1",
                estate_name="和谐小区",
                management="self",
                lift=choose.random() < 0.5,
                storeys=6,
                completed_on=date(2011, 5, 1),
                warranty_until=None,
                units=tuple(
                    UnitLine(
                        unit=f"{number + 101}",
                        fund="public" if public else "commodity",
                        usage="residential",
                        area_dm2=choose.randint(3000, 20000),
                        owner_ref=f"p{building}{number}",
                    )
                    for number in range(units)
                ),
            )
        )

    def deposit(self, building: str, units: list[str], part: str = "owner") -> None:
        choose = self._random
        done = self._do(
            CollectDeposit(
                building=building,
                kind=choose.choice(["first", "top-up", "make-up"]),
                value_date=self._day(),
                lines=tuple(
                    DepositLine(
                        unit=unit,
                        part=part,
                        amount_fen=choose.randint(1, 2_000_000),
                        receipt_no=f"{choose.randint(1, 10**7):08d}",
                        bank_ref=choose.choice([None, "", "a,b", 'quo"te', "多\t行\n引"]),
                    )
                    for unit in units
                ),
            )
        )
        self._entries += done
        stream, _, version = done[0].rpartition("@")
        made = self.log.events(stream)[int(version) - 1].lines
        self._receipts += [(building, line.unit, line.receipt_no) for line in made]

    def refund(self) -> None:
        """Some of what was deposited, by a receipt on record or by one that nobody knows."""
        choose = self._random
        building, unit, receipt = choose.choice(self._receipts)
        line = Refund(
            unit=unit,
            amount_fen=choose.randint(1, 2_000_000),
            receipt_no=choose.choice([receipt, receipt, receipt, "unknown", None]),
            payee_ref="p9",
        )
        reason = choose.choice(["cancelled", "overpaid", "mistaken", "destroyed"])
        command = RefundDeposit(building=building, reason=reason, refunded_on=self._day(), lines=(line,))
        self._entries += self._do(command)

    def transfer(self, building: str, unit: str) -> None:
        choose = self._random
        self._do(
            ChangeOwner(
                building=building,
                unit=unit,
                transferred_on=self._day(),
                owner_ref=f"p{choose.randint(1, 99)}",
                deed_no=choose.choice([None, "云(2019)楚雄市不动产权第0000001号"]),
            )
        )

    def take_over(self, building: str, units: list[str], part: str = "owner") -> None:
        """Opening balances, where none stands."""
        choose = self._random
        command = OpenBalance(
            building=building,
            value_date=self._day(),
            basis=choose.choice([None, "移交清册"]),
            lines=tuple(
                OpeningLine(
                    unit=unit,
                    part=part,
                    principal_fen=choose.randint(1, 900_000),
                    interest_fen=choose.choice([0, choose.randint(1, 9_000)]),
                )
                for unit in units
            ),
        )
        self._allow(lambda: self._entries.extend(self._do(command)))

    def credit(self, building: str, unit: str | None = None) -> None:
        choose = self._random
        self._entries += self._do(
            CreditIncome(
                building=building,
                category=choose.choice(["operating", "disposal", "other"]),
                value_date=self._day(),
                amount_fen=choose.choice([1, choose.randint(1, 300_000)]),
                unit=unit,
                bank_ref=choose.choice([None, "r9"]),
            )
        )

    def gain(self, fund: str = "commodity") -> None:
        choose = self._random
        lines = (
            GainLine(category="demand", amount_fen=choose.randint(1, 500_000), account="6220"),
            GainLine(category="bond", amount_fen=choose.randint(1, 500_000), bank_ref="r1"),
        )
        self._gains += self._do(ReceiveGains(county=COUNTY, fund=fund, value_date=self._day(), lines=lines))

    def repair(self, project: str, buildings: list[str]) -> None:
        choose, day = self._random, self._day()
        payee = Payee(kind="firm", name="云南建工", account="5300")
        self._do(
            RecordRepair(
                project=project,
                county=COUNTY,
                estate="E1",
                buildings=tuple(buildings),
                object="屋面",
                content="防水",
                emergency=False,
                budget_fen=900_000,
                applied_on=day,
                vote=VoteFigures(voted_on=day, total_households=10),
                approved_on=day,
                accepted_on=day,
                settled_fen=800_000,
                payments=tuple(
                    RepairPayment(
                        stage=stage, amount_fen=choose.randint(1, 400_000), paid_on=day, payee=payee
                    )
                    for stage in ("first", "final")
                ),
            )
        )

    def pay_more(self, project: str) -> None:
        """One more payment of a project, and money that comes back, perhaps more than was paid."""
        choose = self._random
        stream = f"repair/{COUNTY}/{project}"
        self._do(
            PayRepair(
                county=COUNTY,
                project=project,
                stage="final",
                amount_fen=choose.randint(1, 90_000),
                paid_on=self._day(),
            )
        )
        paid = [
            f"{stream}@{version}"
            for version, event in enumerate(self.log.events(stream), 1)
            if event.TOPIC == "repair-paid"
        ]
        for _ in range(3):
            self._do(
                ReturnRepairMoney(
                    county=COUNTY,
                    project=project,
                    payment=choose.choice(paid),
                    amount_fen=choose.choice([1, 7, choose.randint(1, 100_000)]),
                    returned_on=self._day(),
                    reason="审减",
                )
            )

    def statement(self) -> None:
        """A day of a bank's statement; its balances need not follow."""
        choose = self._random
        lines = tuple(
            StatementLine(
                bank_ref=choose.choice([None, "", "r1", 'quo"te']),
                in_fen=choose.randint(1, 9) * (number % 2),
                out_fen=choose.randint(1, 9) * (1 - number % 2),
                balance_fen=choose.choice([None, choose.randint(-9, 9)]),
                summary=choose.choice([None, "结息"]),
            )
            for number in range(choose.randint(1, 3))
        )
        self._statements += self._do(RecordStatement(account="6220", value_date=self._day(), lines=lines))

    def decide(self) -> None:
        """What is due is decided, exempted and sold; receipts are handed out and voided."""
        day = date(2012, 3, 4)
        for command in (
            OverrideDue(building="B1", unit="101", due_fen=777, reason="面积待测", decided_on=day),
            OverrideDue(building="B1", unit="101", reason="面积已测", decided_on=day),
            ExemptUnit(
                building="B2", unit="102", reason="sole-owner", note="独栋", decided_on=day, until=day
            ),
            LiftExemption(building="B2", unit="102", reason="已出售", decided_on=day),
            RecordSale(building="P1", unit="101", proceeds_fen=9_000_000, received_on=day, seller="粮食局"),
            RecordSale(building="P1", unit="101", proceeds_fen=8_000_000, received_on=day, corrects=True),
            IssueReceipts(code="A", first="0001", last="0100", value_date=day, holder="一办"),
            VoidReceipts(code="A", first="0007", last="0008", value_date=day, reason="污损"),
        ):
            self._do(command)

    def lay_out(self) -> None:
        """A deposit broken off and ended, a bond, petty cash and other money; some of it taken back."""
        book = {"county": COUNTY, "fund": "commodity", "account": "6220"}
        day = date(2013, 3, 15)
        self._do(
            PlaceDeposit(
                **book, lot="D1", kind="time", bank="农行", amount_fen=900, rate_bp=300, term_months=12,
                placed_on=day, bank_ref='quo"te',
            )
        )  # fmt: skip
        self._do(
            WithdrawDeposit(**book, lot="D1", ended_on=date(2013, 6, 1), principal_fen=300, interest_fen=1)
        )
        [ended, _] = self._do(MatureDeposit(**book, lot="D1", ended_on=date(2014, 3, 15), interest_fen=18))
        self._take_back(ended)
        self._do(MatureDeposit(**book, lot="D1", ended_on=date(2014, 3, 15), interest_fen=17))
        self._do(
            BuyBond(
                **book, lot="G1", issue_code="1", issue_name="国债", channel="exchange", face_fen=100,
                cost_fen=101, rate_bp=300, bought_on=day, matures_on=date(2016, 3, 15),
                consent=Consent(kind="assembly", document_no="1", on=day),
            )
        )  # fmt: skip
        self._do(ReceiveBondInterest(**book, lot="G1", received_on=date(2014, 3, 15), interest_fen=3))
        self._do(
            RedeemBond(**book, lot="G1", redeemed_on=date(2015, 1, 2), principal_fen=101, interest_fen=-2)
        )
        for kind in ("pledge", "wealth"):
            lot = {"lot": kind, "invested_on": day, "description": "某产品"}
            self._do(RecordInvestment(**book, **lot, kind=kind, amount_fen=50))
            self._do(EndInvestment(**book, lot=kind, ended_on=date(2014, 1, 1), principal_fen=20))
        self._do(AdvancePettyCash(**book, holder_ref="p1", amount_fen=70, advanced_on=day))
        self._do(ReturnPettyCash(**book, holder_ref="p1", amount_fen=30, returned_on=day))
        self._do(RecordOtherIncome(**book, amount_fen=8, received_on=day, reason="滞纳金"))
        paid = RecordOtherExpense(
            **book, kind="office", amount_fen=5, paid_on=day, reason="办公", payee="某公司"
        )
        self._do(paid)
        [again] = self._do(paid)
        self._take_back(again)

    def _take_back(self, event: str) -> None:
        stream, _, version = event.rpartition("@")
        self._do(ReverseEntry(stream=stream, version=int(version), reason="录入错误"))

    def leave(self) -> None:
        """A building is destroyed and partly paid, another handed over and given back, a payment reversed."""
        self.open("D1", 2, public=True)
        self.open("H1", 2)
        self.deposit("D1", ["101", "102"])
        self.deposit("D1", ["101"], "seller")
        self.deposit("H1", ["101", "102"])
        self.repair("RH", ["H1", "B1"])
        self._do(ReverseEntry(stream=f"repair/{COUNTY}/RH", version=5, reason="付错"))
        lost = DestroyBuilding(building="D1", destroyed_on=date(2020, 1, 5), document="灭失证明")
        (destroyed,) = self._do(lost)
        parts = ObligationPart(line=0, amount_fen=1), ObligationPart(line=1, amount_fen=1)
        (paid,) = self._do(
            PayObligation(
                building="D1",
                obligation=destroyed,
                paid_on=date(2020, 1, 9),
                lines=parts,
                account="6220",
            )
        )
        stream, _, version = paid.rpartition("@")
        self._do(ReverseEntry(stream=stream, version=int(version), reason="付错", lines=(1,)))
        out = HandOver(
            buildings=("H1",),
            noticed_on=date(2020, 1, 1),
            handed_on=date(2020, 1, 9),
            assembly="业主大会",
            account="6220",
        )
        self._do(out)
        self._do(self.gains_of_2020(date(2020, 2, 1)))
        self.distribute(date(2020, 2, 29))
        money = CustodyAmount(building="H1", unit="101", principal_fen=70, interest_fen=5)
        self._do(ReturnCustody(buildings=("H1",), returned_on=date(2020, 4, 1), lines=(money,)))
        self._do(replace(out, handed_on=date(2020, 4, 30)))
        stream = "building/H1"
        self._do(ReverseEntry(stream=stream, version=len(self.log.events(stream)), reason="录错"))
        self.open("D2", 1)
        self.deposit("D2", ["101"])
        (destroyed,) = self._do(replace(lost, building="D2"))
        stream, _, version = destroyed.rpartition("@")
        self._do(ReverseEntry(stream=stream, version=int(version), reason="录错"))
        self._do(self.gains_of_2020(date(2020, 5, 1)))
        self.distribute(date(2020, 6, 30))

    @staticmethod
    def gains_of_2020(on: date) -> ReceiveGains:
        line = GainLine(category="time", amount_fen=1_234_567)
        return ReceiveGains(county=COUNTY, fund="commodity", value_date=on, lines=(line,))

    def close(self, period: str) -> None:
        self._do(ClosePeriod(county=COUNTY, fund="commodity", period=period))

    def designate(self, account: str, since: date) -> None:
        facts = {"bank": "建设银行", "name": "维修资金专户", "tender": "1号"}
        self._do(DesignateAccount(county=COUNTY, fund="commodity", account=account, since=since, **facts))

    def give_up(self, account: str, on: date) -> None:
        self._do(CloseAccount(county=COUNTY, fund="commodity", account=account, closed_on=on))

    def reconcile(self, account: str, through: date) -> None:
        self._allow(
            lambda: self._do(
                ReconcileStatement(county=COUNTY, fund="commodity", account=account, through=through)
            )
        )

    def publish(self, year: int, fund: str = "commodity", estate: str | None = None) -> None:
        day = date(year + 1, 3, 31)
        self._do(IssuePublication(county=COUNTY, fund=fund, year=year, published_on=day, estate=estate))

    def distribute(self, through: date, fund: str = "commodity") -> None:
        self._allow(lambda: self.application.distribute(COUNTY, fund, through, HISTORY))

    def reverse(self) -> None:
        """One line of some earlier opening, deposit, income, gain or statement, if it still stands."""
        chosen = self._random.choice([*self._entries, *self._gains, *self._statements])
        stream, _, version = chosen.rpartition("@")
        command = ReverseEntry(stream=stream, version=int(version), reason="录入错误", lines=(0,))
        self._allow(lambda: self.application.execute([command], HISTORY))

    def _do(self, command) -> list[str]:
        return list(self.application.execute([command], HISTORY).events)

    def _allow(self, action: Callable[[], object]) -> None:
        """What the rules refuse did not happen; that is part of a random history."""
        try:
            action()
        except Refused:
            return

    def _day(self) -> date:
        return date(2012, 1, 1) + timedelta(days=self._random.randrange(2900))


def busy_office(seed: int, steps: int = 100) -> Office:
    """An office with three commercial buildings, one of sold public housing, and a random history."""
    office = Office(seed)
    choose = random.Random(seed)
    units = {"B1": 5, "B2": 3, "B3": 1}
    for building, count in units.items():
        office.open(building, count)
    office.open("P1", 3, public=True)
    throughs = sorted(date(2012 + number, 12, 31) for number in range(8))
    office.take_over("B3", ["101"])
    office.deposit("B1", ["101", "102"])
    office.credit("B1")
    office.refund()
    office.transfer("B1", "101")
    office.gain()
    office.lay_out()
    office.statement()
    office.decide()
    office.close("2015-06")
    office.designate("6220", date(2012, 1, 1))
    office.give_up("6220", date(2014, 12, 31))
    office.designate("6221", date(2014, 12, 31))
    office.reconcile("6220", date(2019, 12, 31))
    office.publish(2014)
    for number in range(steps):
        building = choose.choice(list(units))
        names = [f"{unit + 101}" for unit in range(units[building]) if choose.random() < 0.7] or ["101"]
        match choose.randrange(12):
            case 0 | 1 | 2:
                office.deposit(building, names)
            case 3:
                office.deposit("P1", ["101", "103"], choose.choice(["owner", "seller"]))
            case 4:
                office.gain(choose.choice(["commodity", "commodity", "public"]))
            case 5:
                office.repair(f"R{number}", choose.sample([*units, "P1"], choose.randint(1, 3)))
                office.pay_more(f"R{number}")
            case 6:
                office.statement()
                office.reverse()
            case 8:
                office.take_over(building, names)
                office.take_over("P1", ["102"], choose.choice(["owner", "seller"]))
            case 9:
                office.credit(choose.choice([*units, "P1"]), choose.choice([None, None, "101"]))
            case 10:
                office.refund()
            case 11:
                office.transfer(building, names[0])
            case 7 if throughs:
                through = throughs.pop(0)
                office.distribute(through)
                office.distribute(through, "public")
    office.leave()
    office.reconcile("6220", date(2016, 12, 31))
    office.reconcile("6220", date(2020, 12, 31))
    office.reconcile("6221", date(2020, 12, 31))
    office.publish(2015)
    office.publish(2019, "public", "E1")
    return office


class Written:
    """Stored rows as a feed, as they are: rewritten, reordered or with some left out."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def rows(self, after: int, limit: int) -> list[Row]:
        return [row for row in self._rows if row.position > after][:limit]

    def scan(self, after: int = 0, upto: int | None = None, batch: int = 5000) -> Iterator[list[Row]]:
        wanted = [
            row for row in self._rows if row.position > after and (upto is None or row.position <= upto)
        ]
        for start in range(0, len(wanted), batch):
            yield wanted[start : start + batch]

    def horizon(self) -> int:
        return max((row.position for row in self._rows), default=0)


TABLES = [
    "log.events",
    "seal.leaves",
    "seal.heads",
    *(f"read.{table.name}" for table in MODEL_TABLES),
    "read.checkpoints",
]


class Kept:
    """A log in PostgreSQL with followers that caught up, and a hand that can tamper with it."""

    def __init__(self, database, rows: list[Row]) -> None:
        self.engine = database.engine
        self.feed = Feed(self.engine)
        self._admin_url = database.admin_url.replace("+psycopg2", "")
        self._run(lambda cursor: copy_rows(cursor, events, Row._fields, rows))
        self.follow()

    def follow(self, batch: int = 40) -> None:
        models = [*read_models(self.engine), Seal()]
        Follower(self.engine, models, self.feed, batch).catch_up()

    def verify(self) -> Verification:
        return verify(self.feed, self.engine)

    def tamper(self, statement: str, *values: object) -> None:
        """As the superuser, with every trigger off; something must have changed."""

        def change(cursor) -> None:
            cursor.execute(statement, values)
            assert cursor.rowcount > 0

        self._run(change)

    def save(self) -> None:
        """Remember the tables as they are."""
        copies = "; ".join(f"create table saved.{_copy(table)} as table {table}" for table in TABLES)
        self._run(lambda cursor: cursor.execute(f"create schema saved; {copies}"))

    def restore(self) -> None:
        """Put the tables back as they were saved."""
        back = "; ".join(
            f"delete from {table}; insert into {table} table saved.{_copy(table)}" for table in TABLES
        )
        self._run(lambda cursor: cursor.execute(back))

    def _run(self, action: Callable[..., object]) -> None:
        connection = psycopg2.connect(self._admin_url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute("set session_replication_role = replica")
                action(cursor)
        finally:
            connection.close()


def _copy(table: str) -> str:
    return table.replace(".", "_")


@pytest.fixture
def busy() -> Callable[..., Office]:
    """Offices with a random history, by seed."""
    return busy_office


@pytest.fixture(scope="session")
def office() -> type[Office]:
    """Offices to be opened, by seed."""
    return Office


@pytest.fixture(scope="session")
def written() -> type[Written]:
    """Rows as a feed."""
    return Written


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """A busy history as stored."""
    return busy_office(7).log.rows(0, 10**6)


@pytest.fixture(scope="module")
def _shelf(embedded, rows) -> Iterator[Kept]:
    with embedded.database() as database:
        kept = Kept(database, rows)
        kept.save()
        yield kept


@pytest.fixture
def kept(_shelf) -> Iterator[Kept]:
    """The busy history in PostgreSQL, sealed and projected, untouched by other cases."""
    yield _shelf
    _shelf.restore()


@pytest.fixture
def own(database, rows) -> Kept:
    """The same in a database of its own, for cases that change tables themselves."""
    return Kept(database, rows)
