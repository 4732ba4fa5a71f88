"""The register of bank statements (银行对账单): one row a movement, one event a day and account."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.events import Payee, StatementRecorded

ACCOUNT = "2413000100000001"
STREAM = f"bank/{ACCOUNT}"
BOTH = pytest.mark.parametrize("history", [True, False], ids=["history", "live"])


def places(result):
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in result.problems]


def recorded(office, stream=STREAM):
    return [
        (
            event.value_date,
            [(line.bank_ref, line.in_fen, line.out_fen, line.balance_fen) for line in event.lines],
        )
        for event in office.log.events(stream)
        if isinstance(event, StatementRecorded)
    ]


@BOTH
def test_a_day_of_an_account_is_an_event(office, history):
    rows = [
        office.statement(交易日期="2019-07-01", 银行流水号="3", 收入金额="", 支出金额="0.30", 余额="0.00"),
        office.statement(银行流水号="2", 收入金额=0, 支出金额="1.70", 余额=0.3),
        office.statement(银行流水号="1", 收入金额="2.00", 余额="2.00"),
        office.statement(账号="00900", 银行流水号="", 收入金额="0.01", 余额=""),
    ]

    result = office.take(
        "bank-statement", office.xlsx("对账单.xlsx", "bank-statement", rows), history=history
    )

    assert (result.rows, result.accepted, result.problems) == (4, 4, ())
    assert recorded(office) == [
        (date(2019, 6, 30), [("1", 200, 0, 200), ("2", 0, 170, 30)]),
        (date(2019, 7, 1), [("3", 0, 30, 0)]),
    ]
    assert recorded(office, "bank/00900") == [(date(2019, 6, 30), [(None, 1, 0, None)])]
    (first, *_) = office.log.events(STREAM)
    assert first.origin == ("history" if history else "live")


def test_optional_columns_may_be_missing(office):
    headers = ["账号", "交易日期", "收入金额"]
    path = office.csv("对账单.csv", "bank-statement", [office.statement()], headers=headers)
    assert office.take("bank-statement", path).problems == ()
    assert recorded(office) == [(date(2019, 6, 30), [(None, 100_000, 0, None)])]


def test_a_firm_stays_by_name_and_a_person_is_a_ref(office):
    rows = [
        office.statement(对方户名="楚雄宏达电梯有限公司", 对方账号="9", 摘要="维修款"),
        office.statement(对方户名="普丽", 对方账号="62220001", 摘要="普丽首期 13800000001", 余额="2000.00"),
        office.statement(对方户名="", 对方账号="", 摘要="532301198001010011交款", 余额="3000.00"),
    ]
    assert office.take("bank-statement", office.xlsx("对账单.xlsx", "bank-statement", rows)).problems == ()
    (event,) = office.log.events(STREAM)
    firm, person, nobody = event.lines
    assert (firm.counterparty, firm.summary) == (
        Payee(kind="firm", name="楚雄宏达电梯有限公司", account="9"),
        "维修款",
    )
    assert person.counterparty == Payee(
        kind="person",
        party_ref="p0",
        account_ref=office.parties.keyed_hash("account", b"62220001").hex(),
    )
    assert (person.summary, nobody.counterparty, nobody.summary) == ("＊首期 ＊", None, "＊交款")
    stored = "".join(row.data for row in office.log.rows(0, 100))
    for personal in ("普丽", "62220001", "13800000001", "532301198001010011"):
        assert personal not in stored


def test_the_same_file_twice_changes_nothing(office):
    path = office.xlsx("对账单.xlsx", "bank-statement", [office.statement()])
    assert office.take("bank-statement", path, history=False).accepted == 1
    before = office.events()
    again = office.take("bank-statement", path, history=False)
    assert (again.accepted, again.already, again.problems, again.position) == (0, 1, (), None)
    assert office.events() == before


@BOTH
def test_every_problem_is_named_at_its_cell_and_nothing_is_recorded(office, history):
    rows = [
        office.statement(),
        office.statement(收入金额=""),
        office.statement(支出金额="1.00"),
        office.statement(收入金额="-1.00"),
        office.statement(交易日期="2026-11-24"),
        office.statement(账号=2413000100000001.0),
    ]
    result = office.take(
        "bank-statement", office.xlsx("对账单.xlsx", "bank-statement", rows), history=history
    )
    assert places(result) == [
        ("Sheet1", 3, "收入金额", "amount-missing"),
        ("Sheet1", 4, "支出金额", "amounts-both"),
        ("Sheet1", 5, "收入金额", "amount-negative"),
        ("Sheet1", 6, "交易日期", "date-future"),
        ("Sheet1", 7, "账号", "number-too-long"),
    ]
    assert (result.accepted, result.refused, office.events()) == (0, 5, [])


def test_a_broken_balance_is_a_problem_at_its_cell_live_and_none_as_history(office):
    rows = [office.statement(), office.statement(银行流水号="2", 余额="1999.99")]
    path = office.xlsx("对账单.xlsx", "bank-statement", rows)
    live = office.take("bank-statement", path, history=False)
    assert places(live) == [("Sheet1", 3, "余额", "balance-broken")]
    assert office.events() == []
    assert office.take("bank-statement", path).accepted == 2


ROWS = st.lists(st.tuples(st.integers(-5, 5).filter(bool), st.integers(0, 3)), min_size=1, max_size=10)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=ROWS, data=st.data())
def test_any_file_in_any_row_order_follows_the_same(office, drawn, data):
    """The account begins with one line; days with few balances have many ways to be walked."""
    balance, day, rows = 0, date(2019, 1, 1), []
    for number, (amount, later) in enumerate([(3, 0), (1, 1), *drawn]):
        balance, day = balance + amount, day + timedelta(days=later)
        rows.append(
            office.statement(
                交易日期=day,
                银行流水号=str(number),
                收入金额=f"{max(amount, 0) / 100:.2f}",
                支出金额=f"{max(-amount, 0) / 100:.2f}",
                余额=f"{balance / 100:.2f}",
            )
        )
    closing = []
    for order in (rows, data.draw(st.permutations(rows))):
        desk = type(office)(office.folder)
        path = desk.xlsx("对账单.xlsx", "bank-statement", order)
        result = desk.take("bank-statement", path, history=False)
        assert (result.accepted, result.problems) == (len(rows), ())
        closing.append([(on, lines[-1][3]) for on, lines in recorded(desk)])
    assert closing[0] == closing[1]
    assert closing[0][-1] == (day, balance)
