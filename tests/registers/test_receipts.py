"""The register of special receipts (票据领用): one row one range, handed out or voided."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.events import ReceiptsIssued, ReceiptsVoided

STREAM = "receipts/53230119"
BOTH = pytest.mark.parametrize("history", [True, False])


def places(result):
    return [(problem.sheet, problem.row, problem.column, problem.code) for problem in result.problems]


@BOTH
def test_rows_are_ranges_handed_out_before_any_is_voided(furnished, history):
    rows = [
        furnished.receipts(起始号="00000007", 终止号="00000007", 领用单位="", 状态="作废"),
        furnished.receipts(起始号="00000101", 终止号="00000200", 领用日期="2010-07-01"),
        furnished.receipts(),
    ]

    result = furnished.take("receipts", furnished.xlsx("票据.xlsx", "receipts", rows), history=history)

    assert (result.rows, result.accepted, result.problems) == (3, 3, ())
    first, second, void = furnished.log.events(STREAM)
    assert isinstance(first, ReceiptsIssued)
    assert (first.first, first.last, first.value_date) == ("00000001", "00000100", date(2010, 6, 1))
    assert (first.holder, first.holder_ref) == ("楚雄市物业管理中心", None)
    assert (second.first, second.value_date) == ("00000101", date(2010, 7, 1))
    assert isinstance(void, ReceiptsVoided)
    assert (void.first, void.last, void.holder) == ("00000007", "00000007", None)


def test_a_person_who_took_receipts_is_a_ref(furnished):
    furnished.take(
        "receipts", furnished.xlsx("票据.xlsx", "receipts", [furnished.receipts(领用单位="杨建国")])
    )

    [event] = furnished.log.events(STREAM)
    assert event.holder is None
    assert event.holder_ref
    assert "杨建国" not in "".join(row.data for row in furnished.log.rows(0, 100))


def test_the_same_file_twice_changes_nothing(furnished):
    path = furnished.xlsx("票据.xlsx", "receipts", [furnished.receipts()])
    furnished.take("receipts", path)
    before = furnished.events()

    again = furnished.take("receipts", path)

    assert (again.accepted, again.already) == (0, 1)
    assert furnished.events() == before


@BOTH
@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"起始号": "00000100", "终止号": "00000101"}, "起始号", "range-overlaps"),
        ({"起始号": "00000300", "终止号": "00000201"}, "起始号", "range-invalid"),
        ({"起始号": "201", "终止号": "00000300"}, "起始号", "range-invalid"),
        ({"起始号": "00000201", "终止号": "00200300"}, "终止号", "range-too-long"),
        ({"票据代码": "", "起始号": "00000201", "终止号": "00000300"}, "票据代码", "cell-empty"),
        ({"起始号": "00000201", "终止号": "00000300", "领用日期": "2999-01-01"}, "领用日期", "date-future"),
        ({"起始号": "00000201", "终止号": "00000300", "状态": "用完"}, "状态", "choice-invalid"),
    ],
)
def test_a_problem_is_at_its_cell_and_nothing_is_taken(furnished, history, cells, column, code):
    before = furnished.events()
    rows = [furnished.receipts(), furnished.receipts(**cells)]

    result = furnished.take("receipts", furnished.xlsx("票据.xlsx", "receipts", rows), history=history)

    assert places(result) == [("Sheet1", 3, column, code)]
    assert furnished.events() == before


def test_a_live_deposit_needs_a_receipt_of_an_issued_range(furnished):
    furnished.take("receipts", furnished.xlsx("票据.xlsx", "receipts", [furnished.receipts()]))
    rows = [furnished.deposit(), furnished.deposit(户号="0102", 票据号="00000101")]
    path = furnished.xlsx("交存.xlsx", "deposits", rows)

    assert places(furnished.take("deposits", path, history=False)) == [
        ("Sheet1", 3, "票据号", "receipt-not-issued")
    ]
    assert furnished.take("deposits", path).accepted == 2


def test_a_receipt_in_use_is_not_voided_live_but_history_is_as_it_was(furnished):
    furnished.take("receipts", furnished.xlsx("票据.xlsx", "receipts", [furnished.receipts()]))
    furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", [furnished.deposit()]))
    void = furnished.xlsx(
        "作废.xlsx", "receipts", [furnished.receipts(终止号="00000002", 领用日期="2010-08-01", 状态="作废")]
    )

    assert places(furnished.take("receipts", void, history=False)) == [
        ("Sheet1", 2, "起始号", "receipt-used")
    ]
    assert furnished.take("receipts", void).accepted == 1


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), number=st.integers(0, 10**9))
def test_any_row_order_gives_the_same_events(office, tmp_path, order, number):
    rows = [
        office.receipts(起始号=f"{start:08d}", 终止号=f"{start + 9:08d}", 状态=state)
        for start, state in ((1, "领用"), (11, "领用"), (21, "领用"), (1, "作废"), (11, "作废"), (31, "领用"))
    ]
    events = []
    for name, found in (("正", rows), (f"乱{number}", [rows[index] for index in order])):
        fresh = type(office)(tmp_path)
        assert fresh.take("receipts", fresh.csv(f"{name}.csv", "receipts", found)).accepted == 6
        events.append([(type(event), event.first, event.last) for event in fresh.log.events(STREAM)])
    assert events[0] == events[1]
