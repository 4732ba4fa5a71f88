"""The register of other income (其他收入): one row one income, of a building or of one unit."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.events import IncomeCredited

BUILDING = "building/E001-01"


def places(result):
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in result.problems]


def incomes(office):
    return [event for event in office.log.events(BUILDING) if isinstance(event, IncomeCredited)]


def test_a_number_of_a_person_does_not_enter_with_the_note(furnished):
    rows = [furnished.income(说明="业主13800000001转来")]
    result = furnished.take("income", furnished.xlsx("收入.xlsx", "income", rows), history=True)
    assert [(problem.column, problem.code) for problem in result.problems] == [("说明", "personal-number")]
    assert incomes(furnished) == []


@pytest.mark.parametrize("history", [True, False])
def test_a_row_is_an_event_of_its_day(furnished, history):
    rows = [
        furnished.income(收入类别="处置收入", 到账日期="2019-07-01", 户号="0102", 银行流水号="", 说明=""),
        furnished.income(),
        furnished.income(收入类别="其他", 金额=0.01, 银行流水号="2"),
    ]

    result = furnished.take("income", furnished.xlsx("收入.xlsx", "income", rows), history=history)

    assert (result.rows, result.accepted, result.problems) == (3, 3, ())
    assert [
        (
            event.value_date,
            event.category,
            event.unit,
            event.bank_ref,
            event.note,
            [(line.unit, line.amount_fen) for line in event.lines],
        )
        for event in incomes(furnished)
    ] == [
        (
            date(2019, 6, 30),
            "operating",
            None,
            "20190630000001",
            "电梯广告",
            [("0101", 50001), ("0102", 50000)],
        ),
        (date(2019, 6, 30), "other", None, "2", "电梯广告", [("0101", 1)]),
        (date(2019, 7, 1), "disposal", "0102", None, None, [("0102", 100001)]),
    ]
    assert {event.origin for event in incomes(furnished)} == {"history" if history else "live"}


def test_optional_columns_may_be_missing(furnished):
    headers = ["楼幢编码", "收入类别", "金额", "到账日期"]

    path = furnished.csv("收入.csv", "income", [furnished.income()], headers=headers)

    assert furnished.take("income", path).problems == ()
    (event,) = incomes(furnished)
    assert (event.bank_ref, event.note, event.unit, len(event.lines)) == (None, None, None, 2)


def test_the_same_file_twice_changes_nothing_and_two_equal_rows_are_two(furnished):
    path = furnished.xlsx("收入.xlsx", "income", [furnished.income(), furnished.income()])
    assert furnished.take("income", path).accepted == 2
    before = furnished.events()

    again = furnished.take("income", path)

    assert (again.accepted, again.already, again.problems, again.position) == (0, 2, (), None)
    assert furnished.events() == before


@pytest.mark.parametrize("history", [True, False])
def test_every_problem_is_named_at_its_cell_and_nothing_is_recorded(furnished, history):
    before = furnished.events()
    rows = [
        furnished.income(),
        furnished.income(楼幢编码="E999-01"),
        furnished.income(户号="0909"),
        furnished.income(金额=0),
        furnished.income(金额="-1.00"),
        furnished.income(到账日期="2026-11-24"),
    ]

    result = furnished.take("income", furnished.xlsx("收入.xlsx", "income", rows), history=history)

    assert places(result) == [
        ("Sheet1", 3, "楼幢编码", "building-unknown"),
        ("Sheet1", 4, "户号", "unit-unknown"),
        ("Sheet1", 5, "金额", "amount-not-positive"),
        ("Sheet1", 6, "金额", "amount-not-positive"),
        ("Sheet1", 7, "到账日期", "date-future"),
    ]
    (late,) = [problem.message for problem in result.problems if problem.code == "date-future"]
    assert late == "到账日期 2026-11-24 晚于今天 2026-11-23"
    assert (result.accepted, result.refused) == (0, 5)
    assert furnished.events() == before


AREAS = {"0101": 8931, "0102": 10247, "0201": 12005}
ROWS = st.lists(
    st.tuples(
        st.integers(1, 10**8),
        st.sampled_from(["", *AREAS]),
        st.dates(date(2010, 1, 1), date(2020, 1, 1)),
        st.sampled_from(["经营收入", "处置收入", "其他"]),
    ),
    max_size=8,
)


def by_area(amount):
    """Rounded down, what is left one fen each to the largest remainders, then the lowest number."""
    whole = sum(AREAS.values())
    shares = {unit: amount * area // whole for unit, area in AREAS.items()}
    ranked = sorted(AREAS, key=lambda unit: (-(amount * AREAS[unit] % whole), unit))
    for unit in ranked[: amount - sum(shares.values())]:
        shares[unit] += 1
    return shares


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=ROWS, data=st.data())
def test_any_file_in_any_row_order_credits_the_same(office, drawn, data):
    rows = [
        office.income(金额=f"{amount // 100}.{amount % 100:02d}", 户号=unit, 到账日期=day, 收入类别=category)
        for amount, unit, day, category in drawn
    ]
    units = [office.unit(户号=unit, 建筑面积=area / 100, 证件号码="") for unit, area in AREAS.items()]
    expected = dict.fromkeys(AREAS, 0)
    for amount, only, _, _ in drawn:
        for unit, part in ({only: amount} if only else by_area(amount)).items():
            expected[unit] += part
    for order in (rows, data.draw(st.permutations(rows))):
        desk = type(office)(office.folder)
        desk.take("units", desk.xlsx("清册.xlsx", "units", units))
        result = desk.take(
            "income", desk.xlsx("收入.xlsx", "income", order), history=data.draw(st.booleans())
        )
        assert (result.accepted, result.problems) == (len(rows), ())
        accounts = desk.application.buildings(["E001-01"])["E001-01"].accounts
        assert {unit: account.principal_fen for (unit, _), account in accounts.items()} == expected
        assert all(account.interest_fen == 0 for account in accounts.values())
