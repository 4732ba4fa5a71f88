"""The register of opening balances (期初余额): files in, balances out; whole or not at all."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.events import BalanceOpened, OpeningLine

BUILDING = "building/E001-01"


def places(result):
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in result.problems]


def openings(office):
    return [event for event in office.log.events(BUILDING) if isinstance(event, BalanceOpened)]


@pytest.mark.parametrize("history", [True, False])
def test_accounts_of_a_day_and_basis_become_one_event_in_row_order(furnished, history):
    rows = [
        furnished.opening(户号="0102", 期初本金="1,500.50", 期初利息=""),
        furnished.opening(),
    ]

    result = furnished.take("opening", furnished.xlsx("期初.xlsx", "opening", rows), history=history)

    assert (result.rows, result.accepted, result.already, result.problems) == (2, 2, 0, ())
    (event,) = openings(furnished)
    assert (event.value_date, event.basis) == (date(2018, 12, 31), "2018年移交清册")
    assert (event.origin, event.import_id) == ("history" if history else "live", result.import_id)
    assert event.lines == (
        OpeningLine(unit="0102", principal_fen=150050),
        OpeningLine(unit="0101", principal_fen=830583, interest_fen=1234),
    )


def test_optional_columns_may_be_missing(furnished):
    headers = ["楼幢编码", "户号", "期初利息", "截止日期"]

    result = furnished.take(
        "opening", furnished.csv("期初.csv", "opening", [furnished.opening()], headers=headers)
    )

    assert result.problems == ()
    (event,) = openings(furnished)
    assert (event.basis, event.lines) == (None, (OpeningLine(unit="0101", interest_fen=1234),))


def test_other_days_and_papers_are_events_of_their_own(furnished):
    rows = [
        furnished.opening(依据=""),
        furnished.opening(户号="0102", 截止日期="2017-12-31"),
    ]

    furnished.take("opening", furnished.xlsx("期初.xlsx", "opening", rows))

    assert [(event.value_date, event.basis) for event in openings(furnished)] == [
        (date(2017, 12, 31), "2018年移交清册"),
        (date(2018, 12, 31), None),
    ]


def test_the_part_of_the_selling_unit(office):
    units = [office.unit(资金类型="已售公有住房", 售房单位="州粮食局")]
    office.take("units", office.xlsx("清册.xlsx", "units", units))
    rows = [office.opening(), office.opening(资金归属="售房单位", 期初本金=1, 期初利息="")]

    assert office.take("opening", office.xlsx("期初.xlsx", "opening", rows)).problems == ()

    state = office.application.buildings(["E001-01"])["E001-01"]
    assert {key: account.balance_fen for key, account in state.accounts.items()} == {
        ("0101", "owner"): 831817,
        ("0101", "seller"): 100,
    }


def test_the_same_file_twice_changes_nothing(furnished):
    path = furnished.xlsx("期初.xlsx", "opening", [furnished.opening()])
    furnished.take("opening", path)
    before = furnished.events()

    again = furnished.take("opening", path)

    assert (again.accepted, again.already, again.problems, again.position) == (0, 1, (), None)
    assert furnished.events() == before


@pytest.mark.parametrize("history", [True, False])
def test_every_problem_is_named_at_its_cell_and_nothing_is_recorded(furnished, history):
    furnished.take("opening", furnished.xlsx("一.xlsx", "opening", [furnished.opening()]), history=history)
    before = furnished.events()
    rows = [
        furnished.opening(期初本金=1),
        furnished.opening(户号="0102"),
        furnished.opening(户号="0102", 期初利息="12.35"),
        furnished.opening(户号="0909"),
        furnished.opening(楼幢编码="E999-01"),
        furnished.opening(户号="0102", 期初本金=-1, 截止日期="2018-12-30"),
        furnished.opening(户号="0102", 期初本金=0, 期初利息=0, 截止日期="2018-12-29"),
        furnished.opening(户号="0102", 期初利息="-0.01", 截止日期="2018-12-28"),
        furnished.opening(户号="0102", 截止日期="2026-11-24"),
        furnished.opening(户号="0102", 资金归属="售房单位", 截止日期="2018-12-27"),
    ]

    result = furnished.take("opening", furnished.xlsx("期初.xlsx", "opening", rows), history=history)

    assert places(result) == [
        ("Sheet1", 2, "户号", "opening-twice"),
        ("Sheet1", 4, "户号", "opening-twice"),
        ("Sheet1", 5, "户号", "unit-unknown"),
        ("Sheet1", 6, "楼幢编码", "building-unknown"),
        ("Sheet1", 7, "期初本金", "amount-negative"),
        ("Sheet1", 8, "期初本金", "amount-not-positive"),
        ("Sheet1", 9, "期初利息", "amount-negative"),
        ("Sheet1", 10, "截止日期", "date-future"),
        ("Sheet1", 11, "资金归属", "part-unknown"),
    ]
    (late,) = [problem.message for problem in result.problems if problem.code == "date-future"]
    assert late == "截止日期 2026-11-24 晚于今天 2026-11-23"
    assert (result.accepted, result.refused) == (0, 9)
    assert furnished.events() == before


def test_a_row_without_any_amount_is_named_at_the_principal(furnished):
    before = furnished.events()
    rows = [furnished.opening(), furnished.opening(户号="0102", 期初本金="", 期初利息=" ")]

    result = furnished.take("opening", furnished.xlsx("期初.xlsx", "opening", rows))

    assert places(result) == [("Sheet1", 3, "期初本金", "amount-not-positive")]
    assert result.problems[0].message == "期初本金与期初利息不能都为空或零"
    assert (result.accepted, result.refused) == (0, 1)
    assert furnished.events() == before


def test_live_an_account_with_entries_is_opened_too_late_and_as_history_it_is_not(furnished):
    furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", [furnished.deposit()]))
    before = furnished.events()
    path = furnished.xlsx("期初.xlsx", "opening", [furnished.opening()])

    live = furnished.take("opening", path, history=False)
    assert places(live) == [("Sheet1", 2, "户号", "opening-late")]
    assert furnished.events() == before

    assert furnished.take("opening", path).accepted == 1


def test_a_row_is_known_with_its_empty_cells_written_out(furnished):
    furnished.take("opening", furnished.xlsx("一.xlsx", "opening", [furnished.opening(期初利息="")]))
    same = furnished.opening(期初利息="0.00", 资金归属="业主", 期初本金="8,305.83")

    result = furnished.take("opening", furnished.csv("二.csv", "opening", [same], encoding="gb18030"))

    assert (result.accepted, result.already, result.problems) == (0, 1, ())


def test_a_dry_run_writes_nothing(furnished):
    before = furnished.events()
    path = furnished.xlsx("期初.xlsx", "opening", [furnished.opening()])

    result = furnished.take("opening", path, dry_run=True)

    assert (result.accepted, result.position, result.problems) == (1, None, ())
    assert furnished.events() == before


AMOUNTS = st.one_of(st.none(), st.integers(0, 10**7))  # None: an empty cell
BALANCES = st.dictionaries(
    st.tuples(st.sampled_from(["0101", "0102", "0201", "0202"]), st.sampled_from(["", "业主", "售房单位"])),
    st.tuples(AMOUNTS, AMOUNTS).filter(any),
    max_size=8,
).filter(lambda held: len({(unit, part or "业主") for unit, part in held}) == len(held))


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=BALANCES, days=st.lists(st.dates(date(2010, 1, 1), date(2020, 1, 1)), min_size=1), data=st.data())
def test_any_file_in_any_row_order_opens_the_same_balances(office, held, days, data):
    """A yuan cell of every row, either or both; two orders of the rows, one ledger each."""
    rows = [
        office.opening(
            户号=unit,
            资金归属=part,
            期初本金="" if principal is None else f"{principal // 100}.{principal % 100:02d}",
            期初利息="" if interest is None else f"{interest // 100}.{interest % 100:02d}",
            截止日期=data.draw(st.sampled_from(days)),
            依据=data.draw(st.sampled_from(["", "甲", "乙"])),
        )
        for (unit, part), (principal, interest) in held.items()
    ]
    units = [
        office.unit(户号=unit, 资金类型="已售公有住房", 证件号码="")
        for unit in ("0101", "0102", "0201", "0202")
    ]
    expected = {
        (unit, "seller" if part == "售房单位" else "owner"): (principal or 0, interest or 0)
        for (unit, part), (principal, interest) in held.items()
    }
    for order in (rows, data.draw(st.permutations(rows))):
        desk = type(office)(office.folder)
        desk.take("units", desk.xlsx("清册.xlsx", "units", units))
        result = desk.take(
            "opening", desk.xlsx("期初.xlsx", "opening", order), history=data.draw(st.booleans())
        )
        assert (result.accepted, result.problems) == (len(rows), ())
        accounts = desk.application.buildings(["E001-01"])["E001-01"].accounts
        found = {key: (account.principal_fen, account.interest_fen) for key, account in accounts.items()}
        assert {key: amounts for key, amounts in found.items() if any(amounts)} == expected
