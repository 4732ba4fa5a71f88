"""An owner's yearly statement on a sheet (业主年度对账单): one page to print and hand out."""

from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ledger import policy
from ledger.identity import PART_NAMES
from ledger.terms import ENTRY_NAMES
from projections.views.owner_year import OwnerYear
from projections.whole_file import PRIVATE, whole_file

FIGURES: Final = {
    "opening": "年初余额",
    "deposits": "交存",
    "credited": "增值",
    "income": "其他收入",
    "repaired": "维修支出",
    "refunded": "其他支出",
    "moved": "转户",
    "closing": "年末余额",
}
"""What a statement says of an account, in order."""


def heading(found: OwnerYear) -> list[tuple[str, str]]:
    """The facts above the figures."""
    known = policy.load().county_of.get(found.county)
    return [
        ("编号", found.serial),
        ("区县", known.name if known else found.county),
        ("房屋", f"{found.estate_name} {found.name} {found.unit}（{found.building}）"),
        ("业主", found.owner or ""),
        ("建筑面积", f"{found.area} ㎡"),
        ("期间", f"{found.year}-01-01 至 {found.year}-12-31"),
    ]


def write_sheet(path: Path, found: OwnerYear) -> None:
    """Write the statement; an existing file is replaced, by a whole one."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with whole_file(path, PRIVATE) as file, xlsxwriter.Workbook(file, options) as book:
        sheet: Worksheet = book.add_worksheet("业主年度对账单")
        shapes = {
            "title": book.add_format({"bold": True, "font_size": 16}),
            "header": book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1}),
            "text": book.add_format({"num_format": "@", "border": 1}),
            "fact": book.add_format({"num_format": "@", "quote_prefix": True}),
            "money": book.add_format({"num_format": "#,##0.00", "border": 1}),
        }
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_column(0, 8, 15)
        sheet.write_string(0, 0, "住宅专项维修资金业主年度对账单", shapes["title"])
        row = 1
        for name, value in heading(found):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, value, shapes["fact"])
            row += 1
        row = _accounts(sheet, row + 1, found, shapes)
        row = _entries(sheet, row + 1, found, shapes)
        if found.remark is not None:
            sheet.write_string(row + 1, 0, f"备注：{found.remark}")


def _accounts(sheet: Worksheet, row: int, found: OwnerYear, shapes: dict[str, Any]) -> int:
    for place, title in enumerate(["归属", *FIGURES.values()]):
        sheet.write_string(row, place, title, shapes["header"])
    for account in found.accounts:
        row += 1
        sheet.write_string(row, 0, PART_NAMES[account.part], shapes["text"])
        for place, name in enumerate(FIGURES, 1):
            sheet.write_number(row, place, Decimal(getattr(account, name)), shapes["money"])
    return row + 1


def _entries(sheet: Worksheet, row: int, found: OwnerYear, shapes: dict[str, Any]) -> int:
    for place, title in enumerate(["记账日", "归属", "摘要", "金额", "余额", "凭证"]):
        sheet.write_string(row, place, title, shapes["header"])
    for entry in found.entries:
        row += 1
        kind = ENTRY_NAMES[entry.kind] + ("（冲正）" if entry.reversal else "")
        for place, text in enumerate([entry.value_date.isoformat(), PART_NAMES[entry.part], kind]):
            sheet.write_string(row, place, text, shapes["text"])
        sheet.write_number(row, 3, Decimal(entry.amount), shapes["money"])
        sheet.write_number(row, 4, Decimal(entry.balance), shapes["money"])
        sheet.write_string(row, 5, entry.event, shapes["text"])
    return row + 1
