"""An empty workbook for a register (空白模板): header, drop-downs, cell formats, and a sheet of notes."""

from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.registers.cells import Shape
from ledger.registers.specification import Column, Register
from ledger.registers.workbook import MAX_ROWS

_FORMATS: Final[dict[Shape, str]] = {
    "text": "@",
    "choice": "@",
    "amount": "#,##0.00",
    "area": "0.00",
    "date": "yyyy-mm-dd",
    "count": "0",
}
_SHAPES: Final[dict[Shape, str]] = {
    "text": "文本，保留前导零",
    "choice": "从下拉表中选择",
    "amount": "金额（元），如 12345.60",
    "area": "面积（平方米），最多两位小数",
    "date": "日期，如 2019-06-30",
    "count": "整数",
}
_GENERAL = (
    "一行一条；列的次序可以调换，可选的列可以删去，不认识的列不读。",
    "只读单元格的值，公式按结果读取，宏不运行。",
    "文件整体接受或整体退回；有问题时，每个问题都标在副本中。",
    "同一文件重复导入不会重复记账。",
)


def write(register: Register, path: Path) -> None:
    """Write the empty workbook of a register; an existing file is replaced."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet(register.title)
        required = book.add_format({"bold": True, "bg_color": "#FFE699", "border": 1})
        optional = book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1})
        formats = {shape: book.add_format({"num_format": code}) for shape, code in _FORMATS.items()}
        for place, column in enumerate(register.columns):
            sheet.set_column(place, place, max(12, 2 * len(column.name) + 4), formats[column.reader.shape])
            sheet.write_string(0, place, column.name, required if column.required else optional)
            _drop_down(sheet, place, column)
        sheet.freeze_panes(1, 0)
        _notes(book.add_worksheet("填表说明"), register, book.add_format({"bold": True}))


def _drop_down(sheet: Worksheet, place: int, column: Column) -> None:
    if column.reader.words:
        options = {
            "validate": "list",
            "source": list(column.reader.words),
            "error_title": column.name,
            "error_message": "请从下拉表中选择",
        }
        sheet.data_validation(1, place, MAX_ROWS - 1, place, options)


def _notes(sheet: Worksheet, register: Register, bold: Format) -> None:
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, 8)
    sheet.set_column(2, 2, 80)
    sheet.write_string(0, 0, f"{register.title}填表说明", bold)
    for row, text in enumerate(_GENERAL, 1):
        sheet.write_string(row, 0, text)
    start = len(_GENERAL) + 2
    for row, column in enumerate(register.columns, start):
        about = [_SHAPES[column.reader.shape], "、".join(column.reader.words), column.note]
        sheet.write_string(row, 0, column.name)
        sheet.write_string(row, 1, "必填" if column.required else "可空")
        sheet.write_string(row, 2, "；".join(filter(None, about)))
