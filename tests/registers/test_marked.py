"""The copy of a file with its problems, and the empty template."""

from datetime import date

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from ledger.registers import REGISTERS, write_template


def cells(path, sheet):
    return CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def test_problems_stand_beside_their_rows(furnished):
    rows = [furnished.deposit(), furnished.deposit(户号="", 交存金额="一千", 入账日期=date(2010, 7, 1))]
    path = furnished.xlsx("册.xlsx", "deposits", rows, title="交存明细", sheet="七月")

    result = furnished.take("deposits", path)

    assert result.marked == (furnished.folder / "册.problems.xlsx",)
    original, copy = cells(path, "七月"), cells(result.marked[0], "七月")
    assert [row[:-1] for row in copy] == original
    assert [row[-1] for row in copy[:3]] == ["", "问题", ""]
    assert copy[3][-1] == "[cell-empty] 户号不能为空；[amount-invalid] “一千”不是金额"
    book = openpyxl.load_workbook(result.marked[0])
    fills = {cell.value: cell.fill.fgColor.rgb for cell in book["七月"][4] if cell.fill.fill_type}
    assert set(fills) == {"", "一千", copy[3][-1]}
    assert set(fills.values()) == {"FFFFC7CE"}


def test_a_summary_lists_every_problem(furnished):
    path = furnished.csv("册.csv", "deposits", [furnished.deposit(户号=""), furnished.deposit(交存类型="")])

    (copy,) = furnished.take("deposits", path).marked

    assert cells(copy, "问题汇总") == [
        ["工作表", "行", "列", "代码", "说明"],
        ["", 2.0, "户号", "cell-empty", "户号不能为空"],
        ["", 3.0, "交存类型", "cell-empty", "交存类型不能为空"],
    ]
    assert cells(copy, "册")[0][-1] == "问题"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x","y")', "{=1}", "http://x"]
)
def test_text_never_becomes_a_formula_or_a_link(furnished, text):
    path = furnished.csv("册.csv", "deposits", [furnished.deposit(户号="", 交款人=text)])

    (copy,) = furnished.take("deposits", path).marked

    sheet = openpyxl.load_workbook(copy)["册"]
    (cell,) = [cell for cell in sheet[2] if cell.value == text]
    assert cell.data_type == "s"
    assert cell.hyperlink is None


def test_copies_go_to_the_folder_asked_for(furnished, tmp_path):
    folder = tmp_path / "副本"
    folder.mkdir()
    first = furnished.csv("册.csv", "deposits", [furnished.deposit(户号="")])
    second = furnished.xlsx("册.xlsx", "deposits", [furnished.deposit(户号="")])

    result = furnished.take("deposits", first, second, marked_dir=folder)

    assert [path.parent for path in result.marked] == [folder, folder]
    assert len({path.read_bytes() for path in result.marked}) == 2


def test_no_copy_where_it_cannot_be_written(furnished, tmp_path):
    path = furnished.csv("册.csv", "deposits", [furnished.deposit(户号="")])

    result = furnished.take("deposits", path, marked_dir=tmp_path / "没有")

    assert result.marked == ()
    assert len(result.problems) == 1


def test_sound_files_and_unreadable_ones_get_no_copy(furnished):
    good = furnished.xlsx("好.xlsx", "deposits", [furnished.deposit()])
    bad = furnished.folder / "坏.xlsx"
    bad.write_bytes(b"x")

    result = furnished.take("deposits", good, bad)

    assert result.marked == ()
    assert sorted(path.name for path in furnished.folder.glob("*.problems.xlsx")) == []


def test_sheet_names_that_a_workbook_forbids_do_not_stop_the_copy(furnished):
    path = furnished.csv(
        "一[个]很长很长很长很长很长很长很长很长很长很长很长很长很长很长的名字?.csv",
        "deposits",
        [{"户号": "1"}],
    )

    (copy,) = furnished.take("deposits", path).marked

    assert len(CalamineWorkbook.from_path(copy).sheet_names) == 2


@pytest.mark.parametrize("kind", sorted(REGISTERS))
def test_a_template_is_an_empty_register(office, kind):
    path = office.folder / "模板.xlsx"

    write_template(kind, path)

    result = office.take(kind, path)
    assert (result.rows, result.problems) == (0, ())
    book = openpyxl.load_workbook(path)
    columns = REGISTERS[kind].columns
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == [column.name for column in columns]
    drop_downs = {
        str(validation.sqref).split("2")[0]: validation.formula1
        for validation in sheet.data_validations.dataValidation
    }
    assert list(drop_downs.values()) == [
        f'"{",".join(column.reader.words)}"' for column in columns if column.reader.words
    ]
    formats = {
        at: dimension.number_format
        for dimension in sheet.column_dimensions.values()
        for at in range(dimension.min, dimension.max + 1)
    }
    texts = [at for at, column in enumerate(columns, 1) if column.reader.shape == "text"]
    assert {formats[at] for at in texts} == {"@"}
    notes = {row[0].value: row[1].value for row in book["填表说明"].iter_rows()}
    assert all(notes[column.name] == ("必填" if column.required else "可空") for column in columns)
