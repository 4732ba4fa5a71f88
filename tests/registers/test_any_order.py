"""Random valid files of deposits, gains, repairs and changes of owner: any row order, the same books."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import book
from ledger.registers.specification import Person

AREAS = {"0101": 8931, "0102": 10247, "0201": 12005}
FEN = st.integers(1, 9_999_999)
DAYS = st.dates(date(2012, 1, 1), date(2019, 12, 31)).map(str)
RANDOM = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


@pytest.fixture
def housed(office):
    """Offices with three units on record, each with a ledger of its own."""

    def opened():
        desk = type(office)(office.folder)
        units = [
            desk.unit(户号=unit, 建筑面积=area / 100, 证件号码=f"53230119800101{unit}")
            for unit, area in AREAS.items()
        ]
        desk.take("units", desk.xlsx("清册.xlsx", "units", units))
        return desk

    return opened


def taken(desk, kind, rows):
    """The office after a file of its own with these rows."""
    result = desk.take(kind, desk.csv(f"{kind}.csv", kind, rows))
    assert (result.accepted, result.problems) == (len(rows), ())
    return desk


def balances(desk):
    accounts = desk.application.buildings(["E001-01"])["E001-01"].accounts
    return {unit: (account.principal_fen, account.interest_fen) for (unit, _), account in accounts.items()}


@pytest.mark.slow
@RANDOM
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from(sorted(AREAS)), FEN, DAYS, st.sampled_from(["首期", "续交", "补交"])),
        min_size=1,
        max_size=9,
    ),
    data=st.data(),
)
def test_deposits(housed, drawn, data):
    rows = [
        housed().deposit(户号=unit, 交存金额=yuan(fen), 入账日期=day, 交存类型=kind, 票据号=f"{index:08}")
        for index, (unit, fen, day, kind) in enumerate(drawn)
    ]
    expected = {unit: (sum(fen for at, fen, *_ in drawn if at == unit), 0) for unit in AREAS}
    for order in (rows, data.draw(st.permutations(rows))):
        assert balances(taken(housed(), "deposits", order)) == expected


@pytest.mark.slow
@RANDOM
@given(
    drawn=st.lists(
        st.tuples(FEN, DAYS, st.sampled_from(["活期利息", "定期利息", "国债利息"])), min_size=1, max_size=9
    ),
    data=st.data(),
)
def test_gains(housed, drawn, data):
    rows = [
        housed().gain(金额=yuan(fen), 到账日期=day, 收益类别=category, 银行流水号=f"G{index}")
        for index, (fen, day, category) in enumerate(drawn)
    ]
    expected = sorted((date.fromisoformat(day), fen) for fen, day, _ in drawn)
    for order in (rows, data.draw(st.permutations(rows))):
        desk = taken(housed(), "bank-gains", order)
        state = book.EMPTY
        for event in desk.log.events("book/532301/commodity"):
            state = book.apply(state, event)
        assert sorted(state.waiting) == expected


@pytest.mark.slow
@RANDOM
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from(["P1", "P2", "P3"]), FEN, DAYS.filter(lambda day: day > "2016-02-20")),
        min_size=1,
        max_size=7,
    ),
    data=st.data(),
)
def test_repairs(housed, drawn, data):
    rows = [
        housed().repair(项目编号=project, 付款金额=yuan(fen), 付款日期=day, 银行流水号=f"R{index}")
        for index, (project, fen, day) in enumerate(drawn)
    ]
    found = [
        balances(taken(housed(), "repairs", order)) for order in (rows, data.draw(st.permutations(rows)))
    ]
    assert found[0] == found[1]
    assert sum(principal + interest for principal, interest in found[0].values()) == -sum(
        fen for _, fen, _ in drawn
    )


@pytest.mark.slow
@RANDOM
@given(
    drawn=st.lists(
        st.tuples(st.sampled_from(sorted(AREAS)), st.sampled_from("甲乙丙丁"), DAYS),
        min_size=1,
        max_size=6,
        unique_by=lambda row: (row[0], row[2]),
    ),
    data=st.data(),
)
def test_changes_of_owner(housed, drawn, data):
    rows = [
        housed().transfer(户号=unit, 新业主姓名=f"普{name}", 证件号码=f"5323011970{ord(name)}", 过户日期=day)
        for unit, name, day in drawn
    ]
    for order in (rows, data.draw(st.permutations(rows))):
        desk = taken(housed(), "transfers", order)
        state = desk.application.buildings(["E001-01"])["E001-01"]
        for unit in AREAS:
            last = max(((day, name) for at, name, day in drawn if at == unit), default=None)
            number = f"53230119800101{unit}" if last is None else f"5323011970{ord(last[1])}"
            assert desk.parties.known([Person("普丽", number, None, "")]) == [state.owner_ref(unit)]
