"""The registers over small scripted histories, with figures worked by hand."""

from datetime import date

import openpyxl
import pytest

from audit.compare import compare
from audit.replay import replay
from ledger.errors import InputError
from ledger.events import (
    BankAccountDesignated,
    BuildingShare,
    DepositCollected,
    DepositLine,
    Developer,
    DueOverridden,
    EmergencyDeclared,
    EntryReversed,
    Evidence,
    GainsDistributed,
    ImportUndone,
    NoticePosted,
    Payee,
    PaymentReversed,
    ProjectUnit,
    ReceiptsIssued,
    ReceiptsVoided,
    RepairAccepted,
    RepairApproved,
    RepairClosed,
    RepairMoneyReturned,
    RepairPaid,
    RepairProposed,
    RepairRefused,
    RepairReviewed,
    RepairSettled,
    RepairStarted,
    ReturnLine,
    ReversalLine,
    SelfRaised,
    StatementLine,
    StatementRecorded,
    UnitExempted,
    VoteCounted,
    WithdrawalLine,
    WithdrawalPaid,
    WithdrawalReturned,
)
from ledger.log import Change
from ledger.store.feed import Feed
from ledger.store.tables import imports
from projections.views import VIEWS
from projections.views.view import ask
from projections.views.workbook import write_workbook
from tests.projections.conftest import TODAY, said

FIRM = Payee(kind="firm", name="云南建工", account="5300")


def picked(found, *names):
    return [tuple(row[name] for name in names) for row in found.rows]


# Deposits and refunds


@pytest.fixture
def deposits(town):
    town.open("B1", ("101", "102"))
    lines = (
        DepositLine(
            unit="101", amount_fen=9_000, receipt_no="0001", bank_ref="r1", account="6220", payer_ref="p-9"
        ),
        DepositLine(unit="102", amount_fen=8_000, receipt_no="0002"),
    )
    made = DepositCollected(kind="first", lines=lines, **said(date(2019, 6, 30)))
    version = town.append("building/B1", made)
    back = ReversalLine(line=1, unit="102", kind="deposit", principal_fen=-8_000)
    town.append(
        "building/B1", EntryReversed(version=version, reason="录错", lines=(back,), **said(made.value_date))
    )
    town.refund("B1", date(2019, 8, 1), {"101": (500, 0)})
    return town


def test_a_deposit_shows_its_papers_and_its_reversal_in_red(deposits, shown):
    found = shown("deposits")
    columns = ("unit", "kind", "amount", "receipt_no", "bank_ref", "account", "person", "reversal")
    assert picked(found, *columns) == [
        ("101", "first", "90.00", "0001", "r1", "6220", "p-9", False),
        ("102", "first", "80.00", "0002", None, None, None, False),
        ("102", "first", "-80.00", "0002", None, None, None, True),
    ]
    assert found.totals == {"amount": "90.00"}
    assert picked(shown("deposits", filters={"receipt_no": "0002"}), "amount") == [("80.00",), ("-80.00",)]


def test_a_deposit_is_found_by_day_kind_county_and_estate(deposits, shown):
    assert shown("deposits", filters={"from": "2019-07-01"}).count == 0
    assert shown("deposits", filters={"to": "2019-06-30", "kind": "首期", "estate": "E1"}).count == 3
    assert shown("deposits", counties=["532322"]).count == 0
    assert shown("deposits", as_of=date(2019, 6, 29)).count == 0


def test_a_refund_shows_what_it_gives_back(deposits, shown):
    found = shown("refunds")
    assert picked(found, "unit", "reason", "principal", "amount", "kind", "booked") == [
        ("101", "cancelled", "5.00", "5.00", "first", "refund-untraced")
    ]


# Repairs


def test_the_second_witness_reads_every_step_alike(repair, paid, follower, database):
    repair.propose(object_code=None, object="消防")
    for event in (
        VoteCounted(total_households=3, agreed_households=2, **said(date(2019, 3, 10))),
        NoticePosted(**said(date(2019, 3, 11))),
        NoticePosted(after_the_fact=True, **said(date(2019, 3, 11))),
        EmergencyDeclared(ground="fire", **said(date(2019, 3, 2))),
        RepairReviewed(passed=False, **said(date(2019, 3, 19))),
        RepairApproved(amount_fen=85_000, **said(date(2019, 3, 21))),
        RepairStarted(**said(date(2019, 4, 1))),
        RepairAccepted(**said(date(2019, 5, 1))),
        RepairSettled(amount_fen=80_000, **said(date(2019, 5, 2))),
        RepairClosed(**said(date(2019, 5, 3))),
        RepairRefused(stage="approval", reason="不符", **said(date(2019, 3, 3))),
        PaymentReversed(version=1, reason="错", amount_fen=-1, returned=True, **said(date(2019, 3, 3))),
        RepairPaid(stage="final", amount_fen=1, buildings=("B1",), **said(date(2019, 3, 3))),
    ):
        repair.step("any", event)
    follower.catch_up()
    witness = replay(Feed(database.engine))
    assert witness.unreadable == ()
    with database.engine.connect() as connection:
        assert list(compare(connection, witness, witness.position)) == []


@pytest.fixture
def repair(town):
    """A project over two kinds of units, step by step; the position after each is kept."""
    town.open("B1", ("101", "102"))
    town.open("B2", ("201",), fund="public")
    town.deposit("B1", date(2015, 1, 1), {"101": 50_000, "102": 50_000})
    return Repair(town)


class Repair:
    def __init__(self, town) -> None:
        self.town = town
        self.at = {}

    def step(self, name, event) -> int:
        version = self.town.append("repair/532301/P1", event)
        self.at[name] = self.town.position
        return version

    def propose(self, **own) -> None:
        facts = {
            "project": "P1", "county": "532301", "estate": "E1", "buildings": ("B1", "B2"),
            "object": "2号电梯", "object_code": "lift", "content": "更换曳引机", "emergency": False,
            "budget_fen": 90_000, "applied_on": date(2019, 3, 1),
        }  # fmt: skip
        papers = (Evidence(name="申请表.pdf", sha256="0" * 64),)
        event = RepairProposed(**(facts | own), **(said(date(2019, 3, 1)) | {"evidence": papers}))
        self.step("proposed", event)

    def pay(self, day, amount, of_b1, of_b2=0, **own) -> int:
        """A payment, and what the accounts of each building pay of it."""
        paid = RepairPaid(
            stage="first", amount_fen=amount, payee=FIRM, buildings=("B1", "B2"), invoice_no="1", **own,
            **said(day),
        )  # fmt: skip
        version = self.step("paid", paid)
        for building, unit, part in (("B1", "101", of_b1), ("B2", "201", of_b2)):
            line = WithdrawalLine(unit=unit, principal_fen=part, interest_fen=0)
            event = WithdrawalPaid(payment=f"repair/532301/P1@{version}", lines=(line,), **said(day))
            self.withdrawal = self.town.append(f"building/{building}", event)
        return version


def test_a_project_is_as_far_as_its_furthest_step(repair, shown):
    repair.propose()
    day = date(2019, 4, 1)
    steps = {
        "voted": VoteCounted(total_households=3, agreed_households=2, **said(date(2019, 3, 10))),
        "noticed": NoticePosted(**said(date(2019, 3, 11))),
        "handed-back": RepairReviewed(passed=False, **said(date(2019, 3, 19))),
        "reviewed": RepairReviewed(passed=True, **said(date(2019, 3, 20))),
        "approved": RepairApproved(amount_fen=85_000, **said(date(2019, 3, 21))),
        "working": RepairStarted(**said(day)),
        "accepted": RepairAccepted(**said(date(2019, 5, 1))),
        "settled": RepairSettled(amount_fen=80_000, **said(date(2019, 5, 2))),
        "closed": RepairClosed(**said(date(2019, 5, 3))),
    }
    for name, event in steps.items():
        repair.step(name, event)
    for name in ("proposed", *steps):
        assert picked(shown("repairs", position=repair.at[name]), "state") == [(name,)]
    [row] = shown("repairs").rows
    assert (row["part"], row["object"], row["emergency"], row["papers"]) == ("lift", "2号电梯", False, 1)
    assert (row["budget"], row["approved"], row["settled"]) == ("900.00", "850.00", "800.00")
    assert (row["agreed_households"], row["total_households"]) == (2, 3)
    dates = [row[f"{name}_on"] for name in ("applied", "voted", "noticed", "approved", "started", "closed")]
    assert dates == ["2019-03-01", "2019-03-10", "2019-03-11", "2019-03-21", "2019-04-01", "2019-05-03"]
    assert picked(shown("repairs", as_of=day), "state", "closed_on") == [("working", None)]
    assert shown("repairs", as_of=date(2019, 2, 28)).count == 0


def test_a_refused_project_and_a_declared_emergency(repair, shown):
    repair.propose(object_code=None, object="消防")
    repair.step("declared", EmergencyDeclared(ground="fire", **said(date(2019, 3, 2))))
    repair.step("refused", RepairRefused(stage="approval", reason="不符", **said(date(2019, 3, 3))))
    [row] = shown("repairs").rows
    assert (row["state"], row["emergency"], row["part"]) == ("refused", True, "fire")
    assert shown("repairs", filters={"emergency": "是", "part": "消防", "building": "B2"}).count == 1
    assert shown("repairs", filters={"building": "B3"}).count == 0
    assert shown("repairs", filters={"state": "已办结"}).count == 0


@pytest.fixture
def paid(repair):
    """1,000.00: 30.00 raised, 70.00 the developer's; 100.00 given back; 50.00 paid and reversed."""
    developer = Developer(name="某地产", units=(ProjectUnit(building="B1", unit="102"),))
    repair.propose(developer=developer)
    raised = (SelfRaised(building="B1", unit="101", amount_fen=3_000),)
    first = repair.pay(
        date(2019, 4, 1), 90_000, 60_000, 30_000, cost_fen=100_000, self_raised=raised, developer_fen=7_000
    )
    returned = repair.step(
        "returned",
        RepairMoneyReturned(
            payment=f"repair/532301/P1@{first}", paid_on=date(2019, 4, 1), amount_fen=10_000, reason="审减",
            **said(date(2020, 1, 5)),
        ),
    )  # fmt: skip
    repair.town.append(
        "building/B1",
        WithdrawalReturned(
            returned=f"repair/532301/P1@{returned}", payment=f"repair/532301/P1@{first}",
            paid_on=date(2019, 4, 1), lines=(ReturnLine(unit="101", principal_fen=10_000, interest_fen=0),),
            **said(date(2020, 1, 5)),
        ),
    )  # fmt: skip
    wrong = repair.pay(date(2020, 2, 1), 5_000, 5_000, 0, cost_fen=6_000, developer_fen=1_000)
    repair.step(
        "reversed",
        PaymentReversed(version=wrong, reason="付错", amount_fen=-5_000, **said(date(2020, 2, 1))),
    )
    stream = "building/B1"
    back = ReversalLine(line=0, unit="101", kind="withdrawal", principal_fen=5_000)
    version = repair.town.versions[stream]
    repair.town.append(
        stream, EntryReversed(version=version, reason="付错", lines=(back,), **said(date(2020, 2, 1)))
    )
    return repair


def test_a_reversed_payment_leaves_nothing_in_the_project(paid, shown):
    money = ("cost", "raised", "developer", "paid", "returned", "used")
    assert picked(shown("repairs"), *money) == [("1000.00", "30.00", "70.00", "900.00", "100.00", "800.00")]
    before = shown("repairs", position=paid.at["paid"])
    assert picked(before, *money) == [("1060.00", "30.00", "80.00", "950.00", "100.00", "850.00")]


def test_payments_returns_and_reversals_are_signed_and_split_by_fund(paid, shown):
    found = shown("payments")
    assert {row["payee"] for row in found.rows} == {"云南建工"}
    columns = ("value_date", "kind", "cost", "raised", "developer", "amount", "commodity", "public")
    assert picked(found, *columns) == [
        ("2019-04-01", "paid", "1000.00", "30.00", "70.00", "900.00", "600.00", "300.00"),
        ("2020-01-05", "returned", "-100.00", "0.00", "0.00", "-100.00", "-100.00", "0.00"),
        ("2020-02-01", "paid", "60.00", "0.00", "10.00", "50.00", "50.00", "0.00"),
        ("2020-02-01", "payment-reversed", "-60.00", "0.00", "-10.00", "-50.00", "-50.00", "0.00"),
    ]
    assert found.totals["amount"] == "800.00"
    assert shown("payments", filters={"fund": "已售公有住房"}).count == 1
    assert shown("payments", filters={"payee": "云南建工", "kind": "退回"}).count == 1
    assert shown("payments", counties=["532322"]).count == 0


def test_use_by_part_by_year_and_fund(paid, shown):
    found = shown("use-by-part")
    columns = ("fund", "year", "part", "projects", "amount", "share")
    assert picked(found, *columns) == [
        ("commodity", "2019", "lift", 1, "600.00", "100.00"),
        ("commodity", "2020", "lift", 1, "-100.00", "100.00"),
        ("public", "2019", "lift", 1, "300.00", "100.00"),
    ]
    assert found.totals == {"projects": 3, "amount": "800.00"}


def test_shares_of_the_parts_of_one_year(repair, shown):
    repair.propose()
    repair.pay(date(2019, 4, 1), 30_000, 30_000)
    other = RepairProposed(
        project="P2", county="532301", estate="E1", buildings=("B1",), object="公共区域", content="粉刷",
        emergency=False, **said(date(2019, 3, 1)),
    )  # fmt: skip
    repair.town.append("repair/532301/P2", other)
    line = WithdrawalLine(unit="101", principal_fen=10_000, interest_fen=0)
    paid = WithdrawalPaid(payment="repair/532301/P2@2", lines=(line,), **said(date(2019, 9, 1)))
    repair.town.append("building/B1", paid)
    columns = ("part", "amount", "share")
    assert picked(shown("use-by-part"), *columns) == [
        ("lift", "300.00", "75.00"),
        ("other", "100.00", "25.00"),
    ]
    assert picked(shown("use-by-part", filters={"year": "2018"}), *columns) == []


# Interest


def test_a_distribution_that_is_torn_shows_what_is_missing(town, shown):
    town.open("B1", ("101",))
    town.open("B2", ("101",))
    shares = tuple(
        BuildingShare(building=building, version=2, weight=365 * 10_000, share_fen=30)
        for building in ("B1", "B2")
    )
    fixed = GainsDistributed(
        through=date(2019, 12, 31), boundary=date(2020, 1, 1), previous=None, pool_fen=60, shares=shares,
        **said(date(2019, 12, 31)),
    )  # fmt: skip
    town.append("book/532301/commodity", fixed)
    town.interest("B1", date(2019, 12, 31), {"101": 30})
    found = shown("interest")
    columns = ("number", "method", "building", "weight", "share", "units", "credited")
    assert picked(found, *columns) == [
        (1, "pool", "B1", "36500.00", "0.30", 1, "0.30"),
        (1, "pool", "B2", "36500.00", "0.30", 0, "0.00"),
    ]
    assert (found.totals["share"], found.totals["credited"]) == ("0.60", "0.30")
    [row] = shown("interest-by-unit", filters={"building": "B1"}).rows
    assert (row["unit"], row["interest"], row["run"]) == ("101", "0.30", "book/532301/commodity@1")


# Receipts


def issued(first, last, kind=ReceiptsIssued, day=date(2019, 1, 1), **own):
    return kind(first=first, last=last, **own, **said(day))


def use(town, *numbers, day=date(2019, 6, 30)):
    lines = tuple(DepositLine(unit="101", amount_fen=1, receipt_no=number) for number in numbers)
    return town.append("building/B1", DepositCollected(kind="top-up", lines=lines, **said(day)))


def test_a_range_of_receipts_with_its_gaps(town, shown):
    town.open("B1", ("101",))
    town.append("receipts/A", issued("N001", "N010", holder="一办"), issued("N011", "N012", holder="二办"))
    town.append("receipts/A", issued("N004", "N004", ReceiptsVoided))
    before = use(town, "N002", "N003", day=date(2019, 2, 1))
    use(town, "N007", "N9", "N012")
    back = ReversalLine(line=0, unit="101", kind="deposit", principal_fen=-1)
    reversal = EntryReversed(version=before, reason="录错", lines=(back,), **said(date(2019, 2, 1)))
    town.append("building/B1", reversal)
    columns = ("first", "holder", "issued", "used", "void", "free", "skipped", "gaps")
    assert picked(shown("receipts"), *columns) == [
        ("N001", "一办", 10, 3, 1, 3, 3, "N001、N005–N006"),
        ("N011", "二办", 2, 1, 0, 0, 1, "N011"),
    ]
    early = shown("receipts", as_of=date(2019, 5, 1), filters={"code": "A", "holder": "一办"})
    assert picked(early, *columns) == [("N001", "一办", 10, 2, 1, 6, 1, "N001")]


def test_an_undone_import_frees_its_receipts_once_it_is_undone(town, shown, database):
    town.open("B1", ("101",))
    town.append("receipts/A", issued("001", "002"))
    use(town, "001")
    used_at = town.position
    with database.engine.begin() as connection:
        connection.execute(imports.insert().values(import_id="i1", position=used_at))
    assert picked(shown("receipts"), "used", "free") == [(1, 1)]
    undone = ImportUndone(undone="i1", events=1, **said(date(2019, 7, 1)))
    town.log.append([Change("import/i1", 0, (undone,))])
    assert picked(shown("receipts"), "used", "free") == [(0, 2)]
    assert picked(shown("receipts", position=used_at), "used", "free") == [(1, 1)]


def test_receipts_belong_to_no_county(town, shown):
    with pytest.raises(InputError) as refused:
        shown("receipts", counties=["532301"])
    assert refused.value.code == "county-unsupported"


# Arrears

DUE = 9000 * 93
"""90 m² in a building with a lift, in fen."""


def test_who_owes_how_much_and_by_what(town, shown):
    town.open("B1", ("101", "102", "103", "104", "105"))
    town.deposit("B1", date(2012, 6, 30), {"101": 300_000, "102": DUE})
    town.opening("B1", date(2012, 1, 1), {"103": (1, 0)})
    decided = DueOverridden(unit="102", due_fen=DUE + 100, reason="核定", **said(date(2013, 1, 1)))
    exempt = UnitExempted(unit="104", reason="sole-owner", **said(date(2013, 1, 1)))
    town.append("building/B1", decided, exempt)
    found = shown("arrears")
    assert picked(found, "unit", "basis", "on", "standard", "due", "paid", "missing") == [
        ("101", "standard", "2012-06-30", "93.00", "8370.00", "3000.00", "5370.00"),
        ("102", "decided", "2012-06-30", "93.00", "8371.00", "8370.00", "1.00"),
        ("105", "standard", "2026-11-23", "93.00", "8370.00", "0.00", "8370.00"),
    ]
    assert found.totals["missing"] == "13741.00"
    assert picked(shown("arrears", filters={"missing": "5,370.00"}), "unit") == [("101",), ("105",)]
    assert picked(shown("arrears", filters={"basis": "核定"}), "unit") == [("102",)]
    before = shown("arrears", as_of=date(2012, 12, 31))
    assert picked(before, "unit") == [("101",), ("104",), ("105",)]
    assert shown("arrears", as_of=date(2010, 6, 29)).count == 0  # not yet completed
    assert shown("arrears", counties=["532322"]).count == 0


# A bank account


def lines(*moved):
    """Amount, reference and balance of each line of a statement."""
    return tuple(
        StatementLine(in_fen=max(fen, 0), out_fen=max(-fen, 0), bank_ref=ref, balance_fen=held)
        for fen, ref, held in moved
    )


@pytest.fixture
def account(town):
    """The bank has 700 and a fee of 5; the ledger has 700, and 30 that the bank has a day later."""
    day, later = date(2019, 12, 31), date(2020, 1, 2)
    town.open("B1", ("101",))
    named = {"account": "A1", "bank": "农行", "name": "维修资金专户"}
    town.append("book/532301/commodity", BankAccountDesignated(**named, **said(date(2019, 1, 1))))
    for fen, ref in ((700, "r1"), (30, "r2")):
        line = DepositLine(unit="101", amount_fen=fen, bank_ref=ref, account="A1")
        town.append("building/B1", DepositCollected(kind="first", lines=(line,), **said(day)))
    stated = StatementRecorded(lines=lines((700, "r1", 700), (-5, "f", 695)), **said(day))
    town.append("bank/A1", stated)
    town.append("bank/A1", StatementRecorded(lines=lines((30, "r2", 725)), **said(later)))
    return town


def test_the_two_balances_meet_once_what_is_under_way_is_counted(account, shown):
    found = shown("bank-reconciliation", as_of=date(2019, 12, 31), filters={"account": "A1"})
    assert picked(found, "number", "side", "item", "amount", "bank_ref") == [
        (1, "bank", "对账单余额", "6.95", None),
        (2, "bank", "加：账本已收、银行未收", "0.30", "r2"),
        (3, "bank", "调节后对账单余额", "7.25", None),
        (4, "ledger", "账本余额", "7.30", None),
        (5, "ledger", "减：银行已付、账本未付", "-0.05", "f"),
        (6, "ledger", "调节后账本余额", "7.25", None),
        (7, "both", "调节后差额", "0.00", None),
    ]
    today = shown("bank-reconciliation", filters={"account": "A1"})
    assert picked(today, "item", "amount")[0] == ("对账单余额", "7.25")
    assert len(today.rows) == 6


def test_an_account_is_asked_by_number_and_within_its_counties(account, shown):
    with pytest.raises(InputError) as refused:
        shown("bank-reconciliation")
    assert refused.value.code == "filter-missing"
    only = {"account": "A1"}
    assert shown("bank-reconciliation", filters=only, counties=["532301"]).count == 6
    assert shown("bank-reconciliation", filters=only, counties=["532322"]).count == 0
    assert shown("bank-reconciliation", filters={"account": "A2"}).count == 0


def test_without_a_stated_balance_nothing_is_balanced(town, shown):
    town.open("B1", ("101",))
    town.gain("532301", date(2019, 1, 1), 9)
    found = shown("bank-reconciliation", filters={"account": "A1"})
    assert picked(found, "item", "amount") == [
        ("对账单余额", None),
        ("加：账本已收、银行未收", "0.09"),
        ("调节后对账单余额", None),
        ("账本余额", "0.09"),
        ("调节后账本余额", "0.09"),
        ("调节后差额", None),
    ]


# Filters and workbooks


@pytest.mark.parametrize(
    ("name", "filters", "code"),
    [
        ("deposits", {"kind": "首付"}, "filter-invalid"),
        ("deposits", {"owner": "x"}, "filter-unknown"),
        ("refunds", {"from": "2019-13-01"}, "filter-invalid"),
        ("repairs", {"emergency": "也许"}, "filter-invalid"),
        ("repairs", {"part": "屋顶花园"}, "filter-invalid"),
        ("payments", {"fund": "其他"}, "filter-invalid"),
        ("interest-by-unit", {}, "filter-missing"),
        ("arrears", {"missing": "-"}, "filter-invalid"),
        ("arrears", {"days": "很久"}, "filter-invalid"),
        ("bank-reconciliation", {"account": ""}, "filter-invalid"),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(town, shown, name, filters, code):
    with pytest.raises(InputError) as refused:
        shown(name, filters=filters)
    assert refused.value.code == code


def test_workbooks_as_an_officer_expects_them(paid, follower, database, tmp_path):
    follower.catch_up()
    sheets = {}
    with database.engine.connect() as connection:
        for name in ("deposits", "payments"):
            view, file = VIEWS[name], tmp_path / f"{name}.xlsx"
            write_workbook(file, connection, view, ask(connection, view, today=TODAY))
            sheets[name] = openpyxl.load_workbook(file).worksheets[0]
    sheet = sheets["deposits"]
    assert sheet["A1"].value == "交存登记簿"
    assert [sheet.cell(3, place).value for place in (1, 2, 9, 10)] == [
        "入账日期",
        "区县",
        "交存类型",
        "交存金额（元）",
    ]
    assert [sheet.cell(4, place).value for place in (2, 7, 8, 9, 10)] == [
        "楚雄市",
        "业主",
        "商品住宅",
        "首期",
        500,
    ]
    assert sheet.freeze_panes == "A4"
    assert sheet.cell(sheet.max_row, 10).value == 1000
    sheet = sheets["payments"]
    [header] = sheet.iter_rows(3, 3, values_only=True)
    assert header[6:9] == ("业务", "付款阶段", "收款单位")
    rows = [row[6:9] for row in sheet.iter_rows(4, 7, values_only=True)]
    assert rows == [
        ("付款", "首款", "云南建工"),
        ("退回", "首款", "云南建工"),
        ("付款", "首款", "云南建工"),
        ("付款冲正", "首款", "云南建工"),
    ]
    assert sheet["L4"].number_format == "#,##0.00"
