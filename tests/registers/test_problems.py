"""Every problem of a register: exactly where it stands, and nothing recorded."""

from datetime import date

import pytest

from ledger.registers import REGISTERS

PLACES = ["sheet", "row", "column", "code"]


def places(result):
    return [tuple(getattr(problem, name) for name in PLACES) for problem in result.problems]


CELLS = [
    # register, column, cell, code, words the message must hold
    ("units", "区县代码", "530102", "county-unknown", "530102"),
    ("units", "区县代码", "", "cell-empty", "区县代码"),
    ("units", "资金类型", "商品", "choice-invalid", "商品住宅、已售公有住房"),
    ("units", "小区编码", "E/1", "code-invalid", "小区编码"),
    ("units", "小区编码", "   ", "cell-empty", "小区编码"),
    ("units", "小区名称", "花\x07园", "text-invalid", "小区名称"),
    ("units", "小区名称", "长" * 2001, "text-too-long", "2000"),
    ("units", "管理方式", "物业", "choice-invalid", "专业物业、单位自管、社区托管、其他"),
    ("units", "楼幢编码", 5323010010020034, "number-too-long", "15 位"),
    ("units", "楼幢编码", "5.323E+15", "number-too-long", "科学记数"),
    ("units", "幢号", date(2019, 3, 2), "text-is-date", "幢号"),
    ("units", "电梯", "是", "choice-invalid", "有、无"),
    ("units", "电梯", 1, "choice-invalid", "有、无"),
    ("units", "层数", "十八", "count-invalid", "层数"),
    ("units", "层数", 17.5, "count-invalid", "层数"),
    ("units", "层数", -1, "count-invalid", "层数"),
    ("units", "竣工日期", "2010-02-30", "date-invalid", "2010-02-30"),
    ("units", "竣工日期", 40359, "date-invalid", "40359"),
    ("units", "保修期满日期", date(1930, 1, 1), "date-invalid", "1949"),
    ("units", "户号", "", "cell-empty", "户号"),
    ("units", "用途", "商业", "choice-invalid", "住宅、非住宅"),
    ("units", "建筑面积", "89.311", "area-invalid", "两位小数"),
    ("units", "建筑面积", -89.31, "area-invalid", "负"),
    ("units", "建筑面积", "约90", "area-invalid", "两位小数"),
    ("units", "证件号码", 532301198001010011, "number-too-long", "15 位"),
    ("units", "业主姓名", "#N/A", "cell-error", "#N/A"),
    ("units", "不动产单元号", "#REF!", "cell-error", "#REF!"),
    ("deposits", "交存类型", "首付", "choice-invalid", "首期、续交、补交"),
    ("deposits", "资金归属", "开发商", "choice-invalid", "业主、售房单位"),
    ("deposits", "交存金额", 0.001, "amount-invalid", "两位小数"),
    ("deposits", "交存金额", "12345.678", "amount-invalid", "两位小数"),
    ("deposits", "交存金额", "1,23.00", "amount-invalid", "千分位"),
    ("deposits", "交存金额", "一千元", "amount-invalid", "不是金额"),
    ("deposits", "交存金额", 1e12, "amount-too-large", "一万亿"),
    ("deposits", "交存金额", date(2019, 1, 1), "amount-invalid", "日期"),
    ("deposits", "交存金额", "#DIV/0!", "cell-error", "#DIV/0!"),
    ("deposits", "入账日期", "上周", "date-invalid", "日期"),
    ("deposits", "入账日期", "", "cell-empty", "入账日期"),
    ("deposits", "票据号", 1234567890123456, "number-too-long", "15 位"),
    ("opening", "户号", "", "cell-empty", "户号"),
    ("opening", "期初本金", "约八千", "amount-invalid", "不是金额"),
    ("opening", "期初本金", -1, "amount-negative", "期初本金 -1.00 不能为负数"),
    ("opening", "期初利息", 0.001, "amount-invalid", "两位小数"),
    ("opening", "截止日期", "", "cell-empty", "截止日期"),
    ("opening", "依据", "册\x07", "text-invalid", "依据"),
    ("opening", "资金归属", "开发商", "choice-invalid", "业主、售房单位"),
    ("income", "收入类别", "广告", "choice-invalid", "经营收入、处置收入、其他"),
    ("income", "金额", "", "cell-empty", "金额"),
    ("income", "到账日期", "上周", "date-invalid", "日期"),
    ("income", "户号", "1/2", "code-invalid", "户号"),
    ("bank-gains", "收益类别", "利息", "choice-invalid", "活期利息、定期利息、国债利息"),
    ("bank-gains", "金额", "", "cell-empty", "金额"),
    ("repairs", "楼幢编码", ";", "code-invalid", "楼幢编码"),
    ("repairs", "楼幢编码", "E001-01;@", "code-invalid", "楼幢编码"),
    ("repairs", "应急", "急", "choice-invalid", "是、否"),
    ("repairs", "付款阶段", "中期", "choice-invalid", "首款、进度款、尾款"),
    ("repairs", "应参与户数", "1.5", "count-invalid", "应参与户数"),
]


@pytest.mark.parametrize(("kind", "column", "cell", "code", "words"), CELLS)
def test_a_cell_that_cannot_be_read(furnished, kind, column, cell, code, words):
    sound = {
        "units": furnished.unit,
        "opening": furnished.opening,
        "deposits": furnished.deposit,
        "income": furnished.income,
        "bank-gains": furnished.gain,
        "repairs": furnished.repair,
    }[kind]
    before = furnished.events()

    result = furnished.take(kind, furnished.xlsx("册.xlsx", kind, [sound(**{column: cell})]))

    assert places(result) == [("Sheet1", 2, column, code)]
    assert result.problems[0].file == "册.xlsx"
    assert words in result.problems[0].message
    assert (result.rows, result.accepted, result.refused) == (1, 0, 1)
    assert furnished.events() == before


def test_every_required_cell_must_be_there(office):
    result = office.take("units", office.csv("册.csv", "units", [{"联系电话": "13800000001"}]))

    required = [column.name for column in REGISTERS["units"].columns if column.required]
    assert len(required) == 12
    assert places(result) == [(None, 2, column, "cell-empty") for column in required]
    assert result.refused == 1


def test_a_missing_required_column_is_named_at_the_header(office):
    headers = [name for name in office.headers("deposits") if name not in ("户号", "入账日期", "交款人")]

    result = office.take(
        "deposits", office.xlsx("册.xlsx", "deposits", [office.deposit()], headers=headers, title="交存明细")
    )

    assert places(result) == [
        ("Sheet1", 2, "户号", "column-missing"),
        ("Sheet1", 2, "入账日期", "column-missing"),
    ]


def test_a_column_that_comes_twice_is_refused(office):
    headers = [*office.headers("deposits"), "户号（新）"]

    result = office.take("deposits", office.xlsx("册.xlsx", "deposits", [office.deposit()], headers=headers))

    assert places(result) == [("Sheet1", 1, "户号", "column-duplicate")]


def test_a_file_without_the_header_says_what_it_should_have(office):
    path = office.folder / "册.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")

    result = office.take("deposits", path)

    assert places(result) == [(None, None, None, "header-missing")]
    assert "楼幢编码、户号、交存类型、交存金额、入账日期" in result.problems[0].message
    assert result.refused == 0


def test_a_header_below_the_twentieth_row_is_not_found(office):
    path = office.csv("册.csv", "deposits", [office.deposit()])
    text = path.read_text(encoding="utf-8")

    path.write_text("标题\n" * 19 + text, encoding="utf-8")
    assert office.take("deposits", path).rows == 1
    path.write_text("标题\n" * 20 + text, encoding="utf-8")
    assert places(office.take("deposits", path)) == [(None, None, None, "header-missing")]


def test_an_amount_whose_comma_splits_the_row_is_seen(furnished):
    path = furnished.folder / "册.csv"
    path.write_text(
        "楼幢编码,户号,交存类型,入账日期,交存金额\nE001-01,0101,首期,2010-07-01,8,305.83\n", encoding="utf-8"
    )

    result = furnished.take("deposits", path)

    assert places(result) == [(None, 2, None, "row-too-long")]


def test_rows_that_contradict_about_a_building_are_shown_on_the_later_row(office):
    rows = [
        office.unit(),
        office.unit(户号="0102", 层数=17, 幢号="一幢"),
        office.unit(户号="0103", 竣工日期=""),
    ]

    result = office.take("units", office.xlsx("册.xlsx", "units", rows))

    assert places(result) == [
        ("Sheet1", 3, "幢号", "rows-contradict"),
        ("Sheet1", 3, "层数", "rows-contradict"),
    ]
    assert office.events() == []


def test_rows_that_contradict_about_a_unit_are_shown_on_the_later_row(office):
    rows = [office.unit(), office.unit(建筑面积=89.32)]

    result = office.take("units", office.xlsx("册.xlsx", "units", rows))

    assert places(result) == [("Sheet1", 3, "建筑面积", "rows-contradict")]


def test_a_unit_that_comes_twice_alike_is_one_unit(office):
    result = office.take("units", office.xlsx("册.xlsx", "units", [office.unit(), office.unit()]))

    assert (result.accepted, result.problems) == (2, ())
    assert len(office.log.events("building/E001-01")[1].lines) == 1


def test_rows_that_contradict_about_a_project_are_shown_on_the_later_row(furnished):
    rows = [furnished.repair(), furnished.repair(付款阶段="尾款", 预算金额=501, 批准日期="", 经办人="王五")]
    before = furnished.events()

    result = furnished.take("repairs", furnished.xlsx("册.xlsx", "repairs", rows))

    assert places(result) == [
        ("Sheet1", 3, "预算金额", "rows-contradict"),
        ("Sheet1", 3, "经办人", "rows-contradict"),
    ]
    assert furnished.events() == before


def test_what_contradicts_the_ledger_is_shown_at_its_column(furnished):
    rows = [furnished.unit(户号="0103", 层数=6), furnished.unit(建筑面积=90)]

    result = furnished.take("units", furnished.xlsx("册.xlsx", "units", rows[:1]))
    assert places(result) == [("Sheet1", 2, "层数", "building-contradicts")]
    result = furnished.take("units", furnished.xlsx("册二.xlsx", "units", rows[1:]))
    assert places(result) == [("Sheet1", 2, "建筑面积", "unit-contradicts")]


def test_a_register_with_an_error_of_each_kind_lists_exactly_those(furnished):
    before = furnished.events()
    rows = [
        furnished.deposit(),
        furnished.deposit(楼幢编码="", 票据号="2"),
        furnished.deposit(户号="a/b", 票据号="3"),
        furnished.deposit(资金归属="别人", 票据号="4"),
        furnished.deposit(交存类型="#N/A", 票据号="5"),
        furnished.deposit(交存金额=0.005, 入账日期="2010/13/1", 票据号="6"),
        {},
        furnished.deposit(交存金额=10**12, 票据号=10**16),
        furnished.deposit(户号=date(2010, 1, 2), 票据号="8"),
        furnished.deposit(户号="0999", 票据号="9"),
        furnished.deposit(交存金额=-5, 票据号="10"),
    ]

    result = furnished.take(
        "deposits", furnished.xlsx("册.xlsx", "deposits", rows, title="二〇一〇年交存明细", sheet="七月")
    )

    assert places(result) == [
        ("七月", 4, "楼幢编码", "cell-empty"),
        ("七月", 5, "户号", "code-invalid"),
        ("七月", 6, "资金归属", "choice-invalid"),
        ("七月", 7, "交存类型", "cell-error"),
        ("七月", 8, "交存金额", "amount-invalid"),
        ("七月", 8, "入账日期", "date-invalid"),
        ("七月", 10, "交存金额", "amount-too-large"),
        ("七月", 10, "票据号", "number-too-long"),
        ("七月", 11, "户号", "text-is-date"),
        ("七月", 12, "户号", "unit-unknown"),
        ("七月", 13, "交存金额", "amount-not-positive"),
    ]
    assert (result.rows, result.accepted, result.already, result.refused) == (10, 0, 0, 9)
    assert furnished.events() == before


def test_problems_of_several_files_come_in_the_order_of_the_files(office):
    last = office.xlsx("a.xlsx", "units", [office.unit(户号=""), office.unit(用途="")], sheet="乙")
    first = office.xlsx("b.xlsx", "units", [office.unit(电梯="")])

    result = office.take("units", first, last)

    assert [(p.file, p.row, p.column) for p in result.problems] == [
        ("b.xlsx", 2, "电梯"),
        ("a.xlsx", 2, "户号"),
        ("a.xlsx", 3, "用途"),
    ]


def test_files_of_one_name_are_told_apart_by_their_folders(office):
    (office.folder / "甲").mkdir()
    first = office.xlsx("甲/册.xlsx", "units", [office.unit(户号="")])
    second = office.xlsx("册.xlsx", "units", [office.unit(用途="")])

    result = office.take("units", first, second)

    assert [(p.file, p.column) for p in result.problems] == [(str(first), "户号"), (str(second), "用途")]
