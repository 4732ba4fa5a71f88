"""What an office owes every year: the bank's balance explained to the fen, and every account published."""

import hashlib
from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import (
    AdvancePettyCash,
    CreditIncome,
    DestroyBuilding,
    HandOver,
    IssuePublication,
    ObligationPart,
    OpenItem,
    PayObligation,
    PlaceDeposit,
    ReconcileStatement,
    Recording,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    RecordRepair,
    RecordStatement,
    RepairPayment,
    ReturnRepairMoney,
    ReverseEntry,
    WithdrawDeposit,
)
from ledger.errors import Refused
from ledger.events import CommandRefused, StatementLine

DAY, END = date(2019, 6, 30), date(2019, 12, 31)
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])
BOOK = "book/532301/commodity"
BANK = "bank/6222"


def reconcile(*items, through=END, account="6222"):
    made = tuple(OpenItem(event=event, line=line) for event, line in items)
    return ReconcileStatement(county="532301", fund="commodity", account=account, through=through, items=made)


def statement(*lines, on=DAY, account="6222"):
    made = tuple(
        StatementLine(in_fen=max(amount, 0), out_fen=max(-amount, 0), balance_fen=balance)
        for amount, balance in lines
    )
    return RecordStatement(account=account, value_date=on, lines=made)


def publish(year=2019, on=date(2020, 3, 31), fund="commodity", estate=None):
    return IssuePublication(county="532301", fund=fund, year=year, published_on=on, estate=estate)


def refused(office, *commands, recording=LIVE):
    """Codes of refusals; the log grows by one refusal when live, by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [found.code for found in caught.value.refusals]


@pytest.fixture
def town(office):
    """Two buildings and one of public housing; 3.00, 4.00 and (public) 9.00 deposited, 0.50 gained."""
    for code in ("B1", "B2"):
        office.register(code, {"101": 9000, "102": 3000})
    office.register("P1", {"101": 9000}, fund="public")
    office.execute(office.deposit("B1", "101", 300, DAY, "1"), office.deposit("B2", "101", 400, DAY, "2"))
    office.execute(office.deposit("P1", "101", 900, DAY, "3"), office.gains(50, on=DAY))
    return office


def last(office):
    return office.events(BOOK)[-1]


@BOTH
def test_a_balance_that_agrees_needs_no_item(town, recording):
    town.execute(statement((750, 750)))
    town.execute(reconcile(), recording=recording)
    done = last(town)
    assert (done.account, done.value_date, done.bank_version) == ("6222", END, 1)
    assert (done.bank_balance_fen, done.ledger_balance_fen, done.difference_fen) == (750, 750, 0)
    assert [(read.building, read.version) for read in done.buildings] == [("B1", 3), ("B2", 3)]


def test_what_only_one_side_has_explains_the_difference(town):
    town.execute(statement((300, 300), (50, 350), (-2, 348)))
    missing = ("building/B2@3", 0)
    fee = (f"{BANK}@1", 2)
    assert refused(town, reconcile()) == ["not-reconciled"]
    assert refused(town, reconcile(missing)) == ["not-reconciled"]
    town.execute(reconcile(missing, fee), recording=LIVE)
    done = last(town)
    assert (done.bank_balance_fen, done.ledger_balance_fen, done.difference_fen) == (348, 750, 0)
    assert [(item.event, item.line, item.amount_fen) for item in done.bank_items] == [(*fee, -2)]
    assert [(item.event, item.line, item.amount_fen) for item in done.ledger_items] == [(*missing, 400)]


def test_an_unexplained_difference_is_recorded_as_history(town):
    town.execute(statement((300, 300)))
    town.execute(reconcile(), recording=HISTORY)
    assert last(town).difference_fen == -450


@BOTH
@pytest.mark.parametrize(
    ("items", "codes"),
    [
        ([("building/B9@1", 0)], ["item-unknown"]),
        ([("building/B1@3", 1)], ["item-unknown"]),
        ([("building/P1@3", 0)], ["item-unknown"]),
        ([("bank/6223@1", 0)], ["item-unknown"]),
        ([("building/B1@3", 0), ("building/B1@3", 0)], ["item-twice"]),
    ],
)
def test_items_are_movements_on_record(town, recording, items, codes):
    town.execute(statement((750, 750)), statement((5, 5), account="6223"))
    assert refused(town, reconcile(*items), recording=recording) == codes


@BOTH
def test_without_a_stated_balance_there_is_nothing_to_reconcile(town, recording):
    town.execute(statement((750, None)), statement((9, 759), on=date(2020, 1, 1)))
    assert refused(town, reconcile(), recording=recording) == ["statement-missing"]


def test_money_of_later_days_and_of_other_accounts_does_not_count(town):
    town.execute(statement((750, 750)))
    town.execute(town.deposit("B1", "102", 7, date(2020, 1, 1), "4"))
    elsewhere = town.deposit("B1", "102", 11, DAY, "5")
    line = replace(elsewhere.lines[0], account="6229")
    done = town.execute(replace(elsewhere, lines=(line,)))
    stream, _, version = done.events[0].rpartition("@")
    town.execute(ReverseEntry(stream=stream, version=int(version), reason="录入错误"))
    town.execute(town.deposit("B1", "102", 3, DAY, "6"))
    town.execute(statement((3, 753)))
    town.execute(reconcile(), recording=LIVE)
    assert last(town).ledger_balance_fen == 753


def test_a_repair_over_two_buildings_is_one_movement_and_a_shared_income_as_many_as_units(town):
    payment = RepairPayment(stage="final", amount_fen=101, paid_on=DAY)
    repair = RecordRepair(
        project="R1", county="532301", estate="E1", buildings=("B1", "B2"), object="屋面", content="防水",
        emergency=False, payments=(payment,),
    )  # fmt: skip
    town.execute(repair)
    town.execute(CreditIncome(building="B1", category="operating", value_date=DAY, amount_fen=40))
    town.execute(statement((750, 750)))
    [paid] = [
        f"repair/532301/R1@{version}"
        for version, event in enumerate(town.events("repair/532301/R1"), 1)
        if event.TOPIC == "repair-paid"
    ]
    income = f"building/B1@{len(town.building_events('B1'))}"
    assert refused(town, reconcile((paid, 0))) == ["not-reconciled"]
    town.execute(reconcile((paid, 0), (income, 0), (income, 1)), recording=LIVE)
    assert [item.amount_fen for item in last(town).ledger_items] == [-101, 30, 10]


def test_the_year_of_every_account_is_published_with_a_hash(town):
    town.execute(town.deposit("B1", "102", 25, date(2020, 2, 1), "7"))
    town.execute(publish(), recording=LIVE)
    done = last(town)
    text = (
        "楼幢编码,户号,归属,年初余额,交存,增值,收入,使用,退划,年末余额\n"
        "B1,101,业主,0.00,3.00,0.00,0.00,0.00,0.00,3.00\n"
        "B1,102,业主,0.00,0.00,0.00,0.00,0.00,0.00,0.00\n"
        "B2,101,业主,0.00,4.00,0.00,0.00,0.00,0.00,4.00\n"
        "B2,102,业主,0.00,0.00,0.00,0.00,0.00,0.00,0.00\n"
    )
    assert done.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (done.year, done.accounts, done.totals.deposit_fen, done.totals.closing_fen) == (2019, 4, 700, 700)
    town.execute(publish(2020, date(2021, 3, 31)), recording=LIVE)
    later = last(town)
    assert (later.totals.opening_fen, later.totals.deposit_fen, later.totals.closing_fen) == (700, 25, 725)


def test_a_published_sheet_can_be_written_again_whatever_came_later(town):
    town.execute(publish(), recording=LIVE)
    first = town.application.published("532301", "commodity", 2019)
    town.execute(town.deposit("B1", "102", 25, DAY, "7"))
    again = town.application.published("532301", "commodity", 2019)
    assert first == again
    event, text = first
    assert hashlib.sha256(text.encode()).hexdigest() == event.sha256
    town.execute(publish(), recording=LIVE)
    _, corrected = town.application.published("532301", "commodity", 2019)
    assert "B1,102,业主,0.00,0.25" in corrected
    assert town.application.published("532301", "commodity", 2018) is None


def test_public_housing_is_published_with_both_parts_and_by_estate(town):
    town.execute(publish(fund="public", estate="E1"), recording=LIVE)
    event = town.events("book/532301/public")[-1]
    assert (event.accounts, event.totals.closing_fen, event.estate) == (2, 900, "E1")
    assert refused(town, publish(estate="E9")) == ["units-missing"]


@BOTH
@pytest.mark.parametrize(
    ("command", "code"),
    [
        (publish(2019, END), "publication-early"),
        (publish(2026, date(2026, 11, 23)), "publication-early"),
        (publish(2027, date(2026, 11, 23)), "year-invalid"),
        (publish(1900), "year-invalid"),
        (publish(2019, date(2026, 11, 24)), "date-future"),
    ],
)
def test_a_year_is_published_when_it_is_over(town, recording, command, code):
    assert refused(town, command, recording=recording) == [code]


def test_every_kind_of_money_counts_when_it_moved_at_the_bank(town):
    """What comes to be owed for a lost building moves nothing; lots, petty cash and expenses do."""
    town.execute(statement((750, 750)))
    book = {"county": "532301", "fund": "commodity", "account": "6222"}
    place = PlaceDeposit(
        **book, lot="D1", kind="time", bank="农行", amount_fen=300, rate_bp=150, term_months=12, placed_on=DAY
    )
    end = WithdrawDeposit(**book, lot="D1", ended_on=END, principal_fen=100, interest_fen=1)
    cash = AdvancePettyCash(**book, holder_ref="p1", amount_fen=70, advanced_on=DAY)
    income = RecordOtherIncome(**book, amount_fen=8, received_on=DAY, reason="滞纳金")
    expense = RecordOtherExpense(
        **book, kind="office", amount_fen=5, paid_on=DAY, reason="办公", payee="某公司"
    )
    pledge = RecordInvestment(
        **book, lot="X", kind="pledge", amount_fen=900, invested_on=DAY, description="质押"
    )
    elsewhere = replace(income, account="9999")
    held = 750
    for command, moved in (
        (place, -300), (end, 101), (cash, -70), (income, 8), (expense, -5), (pledge, 0), (elsewhere, 0),
    ):  # fmt: skip
        made = town.execute(command).events[0]
        held += moved
        town.execute(reconcile())
        assert (type(command), last(town).ledger_balance_fen) == (type(command), held)
    town.execute(ReverseEntry(stream=BOOK, version=int(made.rpartition("@")[2]), reason="录错"))
    town.execute(reconcile())
    assert last(town).ledger_balance_fen == held
    town.execute(DestroyBuilding(building="B1", destroyed_on=DAY, document="灭失证明"))
    town.execute(reconcile())
    assert last(town).ledger_balance_fen == held
    (paid,) = town.execute(
        PayObligation(
            building="B1",
            obligation="building/B1@4",
            paid_on=END,
            lines=(ObligationPart(line=0, amount_fen=30),),
            account="6222",
        )
    ).events
    town.execute(reconcile())
    assert last(town).ledger_balance_fen == held - 30
    town.execute(ReverseEntry(stream="building/B1", version=int(paid.rpartition("@")[2]), reason="付错"))
    town.execute(reconcile())
    assert last(town).ledger_balance_fen == held
    town.execute(HandOver(buildings=("B2",), handed_on=END, assembly="业主大会", account="6222"))
    town.execute(reconcile())
    assert last(town).ledger_balance_fen == held - 400


def test_money_that_a_firm_gave_back_is_one_movement_of_its_own(town):
    town.execute(statement((750, 750)))
    repair = RecordRepair(
        project="P1", county="532301", estate="E1", buildings=("B1", "B2"), object="屋面", content="防水",
        emergency=False, applied_on=DAY,
        payments=(RepairPayment(stage="final", amount_fen=200, paid_on=DAY),),
    )  # fmt: skip
    events = town.execute(repair).events
    (payment,) = [event for event in events if event.startswith("repair/") and "@2" in event]
    back = ReturnRepairMoney(
        county="532301", project="P1", payment=payment, amount_fen=50, returned_on=END, reason="审减"
    )
    returned = next(event for event in town.execute(back).events if event.startswith("repair/"))
    town.execute(reconcile((payment, 0), (returned, 0)))
    done = last(town)
    assert [item.amount_fen for item in done.ledger_items] == [-200, 50]
    assert (done.ledger_balance_fen, done.difference_fen) == (600, 0)
