"""The statements as a workbook (报表): one sheet a form, as officers hand it in, and one of the checks."""

from decimal import Decimal
from typing import IO, Any, Final

import xlsxwriter

from projections.statements import Form, Statements

_INDENT: Final = 2


def write_statements(target: IO[bytes], found: Statements) -> None:
    """Write the three forms and their checks; amounts are numbers, nothing is a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(target, options) as book:
        looks = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            "said": book.add_format({"font_color": "#595959"}),
            "header": book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#E7E6E6"}),
            "money": book.add_format({"border": 1, "num_format": "#,##0.00"}),
            "name": book.add_format({"border": 1}),
            "indented": book.add_format({"border": 1, "indent": _INDENT}),
            "deep": book.add_format({"border": 1, "indent": 2 * _INDENT}),
        }
        for form in found.forms:
            _write(book, looks, found, form)
        _write_checks(book, looks, found)


def _write(book: xlsxwriter.Workbook, looks: dict[str, Any], found: Statements, form: Form) -> None:
    sheet = book.add_worksheet(f"{form.number} {form.name}"[:31])
    last = len(form.columns)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, last, 20)
    sheet.merge_range(0, 0, 0, last, form.name, looks["title"])
    sheet.write_string(1, last, form.number)
    sheet.write_string(1, 0, f"资金名称：{found.name}")
    sheet.write_string(2, 0, "编制单位：")  # its seal; the ledger knows counties, not offices
    sheet.write_string(3, 0, f"期间：{found.start} 至 {found.end}")
    sheet.write_string(3, last, "单位：元")
    for place, column in enumerate(("项目", *form.columns)):
        sheet.write_string(4, place, column, looks["header"])
    for row, line in enumerate(form.lines, 5):
        look = looks["name"] if line.level == 0 else looks["indented"] if line.level == 1 else looks["deep"]
        sheet.write_string(row, 0, line.name, look)
        for place in range(last):
            amount = line.amounts[place] if place < len(line.amounts) else None
            if amount is None:
                sheet.write_blank(row, place + 1, None, looks["money"])
            else:
                sheet.write_number(row, place + 1, Decimal(amount), looks["money"])
    known = f"日志位置 {found.position}；记账规则 {found.rules}"
    sheet.write_string(len(form.lines) + 6, 0, known, looks["said"])
    sheet.freeze_panes(5, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 4)


def _write_checks(book: xlsxwriter.Workbook, looks: dict[str, Any], found: Statements) -> None:
    sheet = book.add_worksheet("勾稽关系")
    sheet.set_column(0, 0, 50)
    sheet.set_column(1, 3, 20)
    for place, name in enumerate(("勾稽关系", "左方", "右方", "是否相符")):
        sheet.write_string(0, place, name, looks["header"])
    for row, check in enumerate(found.checks, 1):
        sheet.write_string(row, 0, check.name, looks["name"])
        sheet.write_number(row, 1, Decimal(check.left), looks["money"])
        sheet.write_number(row, 2, Decimal(check.right), looks["money"])
        sheet.write_string(row, 3, "相符" if check.holds else "不符", looks["name"])
    sheet.freeze_panes(1, 0)
