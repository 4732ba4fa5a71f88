"""Registers as officers know them: files in, events out, and the same file twice changes nothing."""

import hashlib
from datetime import date

import pytest

from ledger.errors import InputError
from ledger.events import BankGainsReceived, BuildingOpened, DepositCollected, RepairPaid, UnitsRegistered

BUILDING = "building/E001-01"


def test_a_register_of_units_opens_buildings_and_their_units(office):
    second = office.unit(户号="0102", 建筑面积="102.47", 业主姓名="马云山", 证件号码="532301197501010022")

    result = office.take("units", office.xlsx("清册.xlsx", "units", [office.unit(), second]))

    assert (result.rows, result.accepted, result.already, result.refused, result.problems) == (2, 2, 0, 0, ())
    opened, registered = office.log.events(BUILDING)
    assert isinstance(opened, BuildingOpened)
    assert (opened.name, opened.county, opened.estate, opened.estate_name) == (
        "1幢",
        "532301",
        "E001",
        "彝海花园",
    )
    assert (opened.management, opened.lift, opened.storeys) == ("professional", True, 18)
    assert (opened.completed_on, opened.warranty_until) == (date(2010, 6, 30), date(2015, 6, 30))
    assert isinstance(registered, UnitsRegistered)
    assert [(line.unit, line.fund, line.usage, line.area_dm2) for line in registered.lines] == [
        ("0101", "commodity", "residential", 8931),
        ("0102", "commodity", "residential", 10247),
    ]


def test_papers_author_and_import_are_on_every_event(office):
    path = office.xlsx("清册.xlsx", "units", [office.unit()])

    result = office.take("units", path)

    for event in office.log.events(BUILDING):
        assert (event.actor, event.origin, event.import_id) == ("officer", "history", result.import_id)
        assert [(paper.name, paper.sha256) for paper in event.evidence] == [
            ("清册.xlsx", hashlib.sha256(path.read_bytes()).hexdigest())
        ]


def test_deposits_of_a_day_become_one_event_in_row_order(furnished):
    rows = [
        furnished.deposit(户号="0102", 票据号="00000002", 交存金额="1,500.50", 交款人=""),
        furnished.deposit(),
        furnished.deposit(入账日期="2011-01-05", 交存类型="续交", 票据号="00000003"),
    ]

    result = furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", rows))

    assert (result.accepted, result.problems) == (3, ())
    first, second = (event for event in furnished.log.events(BUILDING) if isinstance(event, DepositCollected))
    assert (first.kind, first.value_date) == ("first", date(2010, 7, 1))
    assert [(line.unit, line.amount_fen, line.receipt_no) for line in first.lines] == [
        ("0102", 150050, "00000002"),
        ("0101", 830583, "00000001"),
    ]
    assert (second.kind, second.value_date, second.lines[0].amount_fen) == (
        "top-up",
        date(2011, 1, 5),
        830583,
    )


def test_a_payer_of_the_owners_name_is_the_owner_and_a_firm_is_only_a_ref(furnished):
    registered = furnished.log.events(BUILDING)[1]
    rows = [furnished.deposit(), furnished.deposit(户号="0102", 交款人="楚雄彝海置业有限公司", 票据号="2")]

    furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", rows))

    lines = furnished.log.events(BUILDING)[-1].lines
    assert lines[0].payer_ref == registered.lines[0].owner_ref
    assert lines[1].payer_ref not in (None, registered.lines[1].owner_ref)
    assert "置业" not in "".join(row.data for row in furnished.log.rows(0, 100))


@pytest.mark.parametrize("nobody", ["", "无", "5323**********1234"])
def test_owners_without_id_number_are_not_taken_for_one_person(office, nobody):
    rows = [office.unit(证件号码=nobody), office.unit(证件号码=nobody, 户号="0102")]

    office.take("units", office.xlsx("清册.xlsx", "units", rows))

    first, second = office.log.events(BUILDING)[1].lines
    assert first.owner_ref != second.owner_ref


def test_owners_of_one_id_number_are_one_person(office):
    rows = [office.unit(), office.unit(户号="0102")]

    office.take("units", office.xlsx("清册.xlsx", "units", rows))

    first, second = office.log.events(BUILDING)[1].lines
    assert first.owner_ref == second.owner_ref


def test_gains_go_to_the_book_by_day(furnished):
    rows = [
        furnished.gain(),
        furnished.gain(收益类别="定期利息", 金额=100, 银行流水号="2"),
        furnished.gain(到账日期="2012-12-22", 收益类别="国债利息", 金额=1, 银行流水号="3"),
    ]

    furnished.take("bank-gains", furnished.csv("收益.csv", "bank-gains", rows))

    first, second = (
        event
        for event in furnished.log.events("book/532301/commodity")
        if isinstance(event, BankGainsReceived)
    )
    assert [(line.category, line.amount_fen) for line in first.lines] == [("demand", 123456), ("time", 10000)]
    assert [(line.category, line.amount_fen) for line in second.lines] == [("bond", 100)]


def test_a_repair_is_one_project_with_its_payments(furnished):
    rows = [
        furnished.repair(),
        furnished.repair(付款阶段="尾款", 付款金额=200, 付款日期="2016-06-01", 验收日期="2016-05-20"),
    ]

    result = furnished.take("repairs", furnished.xlsx("维修.xlsx", "repairs", rows))

    assert (result.accepted, result.problems) == (2, ())
    events = furnished.log.events("repair/532301/P2016-001")
    paid = [event for event in events if isinstance(event, RepairPaid)]
    assert [(event.stage, event.amount_fen, event.value_date) for event in paid] == [
        ("first", 30000, date(2016, 3, 1)),
        ("final", 20000, date(2016, 6, 1)),
    ]
    assert paid[0].payee.kind == "firm"
    assert paid[0].payee.name == "楚雄宏达电梯有限公司"
    assert [event.TOPIC for event in events].count("repair-accepted") == 1


def test_a_person_who_is_paid_stays_out_of_the_events(furnished):
    rows = [furnished.repair(收款单位="杨建国"), furnished.repair(收款单位="杨建国", 付款阶段="尾款")]

    furnished.take("repairs", furnished.xlsx("维修.xlsx", "repairs", rows))

    events = furnished.log.events("repair/532301/P2016-001")
    first, second = (event.payee for event in events if isinstance(event, RepairPaid))
    assert (first.kind, first.name, first.account) == ("person", None, None)
    assert first == second
    text = "".join(row.data for row in furnished.log.rows(0, 100))
    assert "杨建国" not in text
    assert "2413000900000009" not in text


def test_handler_and_approver_of_one_name_are_one_person(furnished):
    furnished.take("repairs", furnished.xlsx("维修.xlsx", "repairs", [furnished.repair(审批人="李芳")]))

    events = {event.TOPIC: event for event in furnished.log.events("repair/532301/P2016-001")}
    assert events["repair-proposed"].handler_ref == events["repair-approved"].approver_ref


def test_a_repair_without_estate_takes_that_of_its_building(furnished):
    furnished.take("repairs", furnished.xlsx("维修.xlsx", "repairs", [furnished.repair(小区编码="")]))

    assert furnished.log.events("repair/532301/P2016-001")[0].estate == "E001"


def test_the_same_file_twice_changes_nothing(furnished):
    path = furnished.xlsx("交存.xlsx", "deposits", [furnished.deposit(), furnished.deposit()])
    first = furnished.take("deposits", path)
    before = furnished.events()

    again = furnished.take("deposits", path)

    assert (first.accepted, first.already) == (2, 0)
    assert (again.rows, again.accepted, again.already, again.position) == (2, 0, 2, None)
    assert furnished.events() == before


def test_only_new_rows_of_a_longer_file_are_taken(furnished):
    old = furnished.deposit()
    new = furnished.deposit(户号="0102", 票据号="00000002")
    furnished.take("deposits", furnished.xlsx("七月.xlsx", "deposits", [old]))

    result = furnished.take("deposits", furnished.csv("全年.csv", "deposits", [new, old]))

    assert (result.rows, result.accepted, result.already) == (2, 1, 1)
    assert [line.unit for line in furnished.log.events(BUILDING)[-1].lines] == ["0102"]


def test_a_row_is_known_however_its_cells_are_written(furnished):
    furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", [furnished.deposit()]))
    same = furnished.deposit(交存金额="8,305.83", 入账日期="2010年7月1日", 户号=" ０101 ", 资金归属="")

    result = furnished.take("deposits", furnished.csv("二.csv", "deposits", [same], encoding="gb18030"))

    assert (result.accepted, result.already) == (0, 1)


def test_a_row_is_known_whether_a_blank_cell_or_its_word_says_whose_money_it_is(furnished):
    blank, said = furnished.deposit(资金归属=""), furnished.deposit(资金归属="业主")
    without = {name: cell for name, cell in blank.items() if name != "资金归属"}
    furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", [blank]))

    for row in (said, without):
        result = furnished.take("deposits", furnished.xlsx("二.xlsx", "deposits", [row]))
        assert (result.accepted, result.already) == (0, 1)


def test_a_day_of_a_gain_is_called_as_its_column_is(furnished):
    result = furnished.take(
        "bank-gains", furnished.xlsx("册.xlsx", "bank-gains", [furnished.gain(到账日期="2999-01-01")])
    )
    [problem] = result.problems
    assert (problem.column, problem.code) == ("到账日期", "date-future")
    assert problem.message.startswith("到账日期 2999-01-01 晚于今天")


def test_rows_and_columns_may_come_in_any_order(office, tmp_path):
    rows = [office.unit(户号=f"{number:04d}", 证件号码="", 业主姓名="") for number in range(1, 6)]
    headers = list(reversed(office.headers("units")))
    other = type(office)(tmp_path)

    office.take("units", office.xlsx("正.xlsx", "units", rows))
    other.take("units", other.xlsx("反.xlsx", "units", list(reversed(rows)), headers=headers))

    assert office.log.events(BUILDING)[1].lines == other.log.events(BUILDING)[1].lines
    known = other.take("units", office.folder / "正.xlsx")
    assert (known.accepted, known.already) == (0, 5)


def test_files_of_one_call_are_one_import(office):
    first = office.xlsx("一.xlsx", "units", [office.unit()])
    second = office.csv("二.csv", "units", [office.unit(户号="0102", 业主姓名="马云山", 证件号码="")])

    result = office.take("units", first, second)

    assert result.accepted == 2
    assert [topic for _, topic in office.events()] == [
        "building-opened",
        "units-registered",
        "buildings-entered",
    ]


def test_one_bad_file_keeps_the_others_out(office):
    good = office.xlsx("好.xlsx", "units", [office.unit()])
    bad = office.csv("坏.csv", "units", [office.unit(楼幢编码="E002-01", 电梯="是")])

    result = office.take("units", good, bad)

    assert (result.rows, result.accepted, result.refused) == (2, 0, 1)
    assert [(problem.file, problem.code) for problem in result.problems] == [("坏.csv", "choice-invalid")]
    assert office.events() == []
    assert office.parties.people == {}


def test_a_refusal_of_the_ledger_is_a_problem_of_its_row_and_leaves_no_trace(furnished):
    before, people = furnished.events(), dict(furnished.parties.people)
    rows = [
        furnished.deposit(),
        furnished.deposit(户号="0909", 票据号="2", 交款人="新来的人"),
        furnished.deposit(楼幢编码="E999-01", 票据号="3"),
        furnished.deposit(户号="0102", 票据号="4", 交存金额=0),
        furnished.deposit(户号="0102", 票据号="5", 资金归属="售房单位"),
        furnished.deposit(户号="0102", 票据号="6", 入账日期="2026-11-24"),
    ]

    result = furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", rows, title="交存明细"))

    assert [(p.sheet, p.row, p.column, p.code) for p in result.problems] == [
        ("Sheet1", 4, "户号", "unit-unknown"),
        ("Sheet1", 5, "楼幢编码", "building-unknown"),
        ("Sheet1", 6, "交存金额", "amount-not-positive"),
        ("Sheet1", 7, "资金归属", "part-unknown"),
        ("Sheet1", 8, "入账日期", "date-future"),
    ]
    assert (result.accepted, result.refused, result.position) == (0, 5, None)
    assert furnished.events() == before
    assert furnished.parties.people == people


def test_live_rows_are_judged_by_the_rules(furnished):
    furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", [furnished.deposit()]), history=False)
    before = furnished.events()

    rows = [furnished.deposit(户号="0102")]
    result = furnished.take("deposits", furnished.xlsx("二.xlsx", "deposits", rows), history=False)

    assert [(p.row, p.column, p.code) for p in result.problems] == [(2, "票据号", "receipt-used")]
    assert furnished.events() == before


def test_history_takes_a_receipt_used_twice_as_it_happened(furnished):
    rows = [furnished.deposit(), furnished.deposit(户号="0102")]

    assert furnished.take("deposits", furnished.xlsx("一.xlsx", "deposits", rows)).accepted == 2


def test_a_dry_run_judges_all_and_writes_nothing(furnished):
    before, people = furnished.events(), dict(furnished.parties.people)
    good = furnished.xlsx("好.xlsx", "deposits", [furnished.deposit(交款人="新来的人")])
    bad = furnished.xlsx("坏.xlsx", "deposits", [furnished.deposit(户号="0909")])

    would_be = furnished.take("deposits", good, dry_run=True)
    refused = furnished.take("deposits", bad, dry_run=True)

    assert (would_be.accepted, would_be.position, would_be.problems) == (1, None, ())
    assert [problem.code for problem in refused.problems] == ["unit-unknown"]
    assert furnished.events() == before
    assert furnished.parties.people == people


def test_repairs_are_history_only(furnished):
    before = furnished.events()

    result = furnished.take(
        "repairs", furnished.xlsx("维修.xlsx", "repairs", [furnished.repair()]), history=False
    )

    assert [(p.file, p.row, p.column, p.code) for p in result.problems] == [
        ("维修.xlsx", None, None, "history-only")
    ]
    assert (result.accepted, result.refused) == (0, 0)
    assert furnished.events() == before


def test_an_empty_register_is_no_problem(office):
    result = office.take("units", office.xlsx("空.xlsx", "units", []))

    assert (result.rows, result.accepted, result.problems, result.position) == (0, 0, (), None)
    assert office.events() == []


def test_a_former_county_code_is_that_of_today(office):
    office.take("units", office.xlsx("清册.xlsx", "units", [office.unit(区县代码=532331)]))

    assert office.log.events(BUILDING)[0].county == "532302"


def test_an_unknown_register_is_named(office):
    with pytest.raises(InputError, match="register-unknown"):
        office.take("opening-hours", office.folder / "x.xlsx")
