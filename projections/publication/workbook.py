"""The pack as a workbook (电子表格): 汇总, 列支项目, 分幢, 分户; the same pack makes the same bytes."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any, Final, Literal, NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledger.errors import InputError
from ledger.identity import PART_NAMES
from ledger.money_words import in_words
from projections.publication.pack import FIGURES, Management, Pack
from projections.publication.page import day_of, title

Kind = Literal["text", "money", "area", "count", "date"]

MAX_ROWS: Final = 1_048_576
"""What a sheet can hold."""

MAX_TEXT: Final = 32_767
"""Characters that a cell can hold."""

_SHAPES: Final[dict[Kind, str]] = {
    "text": "@",
    "money": "#,##0.00",
    "area": "#,##0.00",
    "count": "#,##0",
    "date": "yyyy-mm-dd",
}
_WIDTHS: Final[dict[Kind, int]] = {"text": 14, "money": 15, "area": 11, "count": 8, "date": 11}
_HEAD_POINTS: Final = 32
"""Height of a header: two lines."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a program could take for the beginning of a formula when somebody edits the cell."""


class Column(NamedTuple):
    """A column: its title, what it holds, whether it is added up, and its width where it is unusual."""

    title: str
    kind: Kind = "text"
    total: bool = False
    width: int = 0


_FIGURES: Final = tuple(Column(f"{name}（元）", "money", total=True) for name in FIGURES.values())
_HOUSES: Final = (Column("户数", "count", total=True), Column("建筑面积（㎡）", "area", total=True))
_ITEMS: Final = (
    Column("类别", width=6),
    Column("项目编号", width=12),
    Column("部位或事由", width=13),
    Column("维修内容", width=28),
    Column("收款单位", width=34),
    Column("付款日期", "date"),
    Column("阶段", width=7),
    Column("整笔费用（元）", "money", width=13),
    Column("开发建设单位承担（元）", "money", width=13),
    Column("楼幢编码", width=15),
    Column("幢号", width=9),
    Column("分户账", "count", width=7),
    Column("业主自筹（元）", "money", total=True, width=12),
    Column("列支（元）", "money", total=True, width=13),
    Column("退回（元）", "money", total=True, width=12),
    Column("退划（元）", "money", total=True, width=12),
)


def workbook(pack: Pack) -> bytes:
    """The workbook; raises InputError ``workbook-too-long``, ``cell-too-long``."""
    if pack.accounts + 10 > MAX_ROWS:
        raise InputError("workbook-too-long", f"共 {pack.accounts:,} 个分户账，超过一张表的行数，请按小区取")
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        created = pack.known_at.replace(tzinfo=None)
        book.set_properties({"title": title(pack), "created": created})
        _summary(_Sheet(book, "汇总", pack), pack)
        _items(_Sheet(book, "列支项目", pack), pack)
        _buildings(_Sheet(book, "分幢", pack), pack)
        _accounts(_Sheet(book, "分户", pack), pack)
    return target.getvalue()


class _Sheet:
    """One sheet that grows downwards: its first lines say of what it is, and of when."""

    def __init__(self, book: xlsxwriter.Workbook, name: str, pack: Pack) -> None:
        self._sheet: Worksheet = book.add_worksheet(name)
        self._plain = {
            kind: book.add_format({"num_format": code, "valign": "top", "text_wrap": kind == "text"})
            for kind, code in _SHAPES.items()
        }
        strong = {"bold": True, "top": 1}
        self._sums = {kind: book.add_format({"num_format": code, **strong}) for kind, code in _SHAPES.items()}
        text = {"num_format": "@", "valign": "top", "text_wrap": True}
        self._quoted = book.add_format({**text, "quote_prefix": True})
        self._head = book.add_format(
            {"bold": True, "bg_color": "#E7E6E6", "border": 1, "text_wrap": True, "valign": "vcenter"}
        )
        self._caption = book.add_format({"bold": True})
        big = book.add_format({"bold": True, "font_size": 14})
        said = book.add_format({"font_color": "#595959"})
        self._sheet.write_string(0, 0, title(pack), big)
        self._sheet.write_string(1, 0, _status(pack), said)
        self._sheet.write_string(2, 0, _known(pack), said)
        self._next = 3
        self._widths: dict[int, int] = {}
        self._sheet.freeze_panes(3, 0)
        self._sheet.set_landscape()
        self._sheet.set_paper(9)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        mark = "" if pack.issued else "未公布草稿　"
        self._sheet.set_footer(f"&L&8{mark}年度公布 {pack.year}　{name}&R&8第 &P 页，共 &N 页")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """The one table of a sheet: its header stays in sight and is repeated on every page."""
        self._sheet.freeze_panes(self._next + 1, 0)
        self._sheet.repeat_rows(self._next)
        top = self._next
        self._sheet.set_row(top, _HEAD_POINTS)
        self._block(columns, rows)
        self._sheet.autofilter(top, 0, max(self._next - 2, top), len(columns) - 1)

    def block(self, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        """One table of several, under a caption; one that has no rows says so."""
        self._sheet.write_string(self._next + 1, 0, caption, self._caption)
        self._next += 2
        self._block(columns, list(rows) or [["无", *[None] * (len(columns) - 1)]])

    def _block(self, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        for place, column in enumerate(columns):
            width = column.width or max(_WIDTHS[column.kind], 2 * len(column.title))
            self._widths[place] = max(width, self._widths.get(place, 0))
            self._sheet.set_column(place, place, self._widths[place])
            self._sheet.write_string(self._next, place, column.title, self._head)
        self._next += 1
        sums = [0 if column.total else None for column in columns]
        for row in rows:
            sums = [
                None if held is None else held + (value or 0) for held, value in zip(sums, row, strict=True)
            ]
            self._row(columns, row, self._plain)
        if any(column.total for column in columns):
            self._row(columns, ["合计", *sums[1:]], self._sums)

    def _row(self, columns: Sequence[Column], row: Sequence[Any], shapes: dict[Kind, Format]) -> None:
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None:
                self._cell(place, column.kind, value, shapes[column.kind])
        self._next += 1

    def _cell(self, place: int, kind: Kind, value: Any, shape: Format) -> None:
        if kind in ("money", "area"):
            self._sheet.write_number(self._next, place, Decimal(value).scaleb(-2), shape)
        elif kind == "count":
            self._sheet.write_number(self._next, place, value, shape)
        elif isinstance(value, date):
            self._sheet.write_datetime(self._next, place, value, shape)
        elif len(value) > MAX_TEXT:
            raise InputError("cell-too-long", f"“{value[:20]}…”超过一格的 {MAX_TEXT:,} 个字符")
        else:
            self._sheet.write_string(
                self._next, place, value, self._quoted if value.startswith(_FORMULA) else shape
            )


def _status(pack: Pack) -> str:
    if pack.issued is None:
        return "未公布草稿：本年度尚未登记公布，数字可能变动" + ("" if pack.over else "；年度尚未结束")
    issued = pack.issued
    scope = "全账套" if issued.estate is None else f"小区 {issued.estate}"
    return (
        f"已公布：{day_of(issued.published_on)}，凭证 {issued.event}，{scope} {issued.accounts:,} 个分户账，"
        f"分户表 SHA-256 {issued.sha256}"
    )


def _known(pack: Pack) -> str:
    moment = f"{pack.known_at:%Y-%m-%d %H:%M:%S}（北京时间）"
    return f"账本位置 {pack.position}，已知至 {moment}；金额单位为元，支出为负数"


def _summary(sheet: _Sheet, pack: Pack) -> None:
    figures = zip(FIGURES.values(), pack.figures, strict=True)
    sheet.block(
        "一、交存、使用、增值收益和结存总额",
        (Column("项目", width=24), Column("金额（元）", "money", width=18), Column("人民币大写", width=40)),
        ((name, fen, in_words(fen)) for name, fen in figures),
    )
    if len(pack.estates) > 1:
        _estates(sheet, pack)
    _management(sheet, pack.management)


def _estates(sheet: _Sheet, pack: Pack) -> None:
    places = Column("小区"), Column("幢数", "count", total=True), Column("编码")
    sheet.block(
        "分小区",
        (*places, *_HOUSES, *_FIGURES, *_below(pack)),
        (
            (
                each.name,
                each.buildings,
                each.estate,
                each.units,
                each.area_dm2,
                *each.figures,
                *_low(pack, each.below),
            )
            for each in pack.estates
        ),
    )


def _management(sheet: _Sheet, other: Management) -> None:
    about = Column("说明"), Column("日期", "date"), Column("收款单位")
    sheet.block(
        "四、其他使用和管理情况（全账套）：增值收益和其他收支",
        (Column("项目"), Column("金额（元）", "money"), *about),
        (
            *((f"收益到账：{name}", fen, None, None, None) for name, fen in other.gains),
            ("计入分户账的增值", other.credited, None, None, None),
            ("账套其他收入", other.other_income, None, None, None),
            *(
                (f"账套其他支出：{each.kind}", -each.amount, each.reason, each.paid_on, each.payee)
                for each in other.expenses
            ),
        ),
    )
    sheet.block(
        "年末存单和国债",
        (Column("种类"), Column("金额（元）", "money"), Column("笔数", "count")),
        ((kind, fen, count) for kind, count, fen in other.lots),
    )
    days = Column("开立", "date"), Column("销户", "date")
    sheet.block("专户", (Column("账号"), Column("开户银行"), Column("户名"), *days), other.accounts)
    balances = Column("对账单余额（元）", "money"), Column("账面余额（元）", "money")
    sheet.block(
        "与专户管理银行核对：各账号本年度最后一次",
        (Column("账号"), *balances, Column("截止", "date"), Column("未说明差额（元）", "money")),
        ((each.account, each.bank, each.ledger, each.through, each.difference) for each in other.reconciled),
    )


def _items(sheet: _Sheet, pack: Pack) -> None:
    rows: list[Sequence[Any]] = []
    for paid in pack.payments:
        content = f"{paid.content}（应急）" if paid.emergency else paid.content
        about = paid.project, paid.object, content, paid.payee, paid.paid_on, paid.stage
        for index, share in enumerate(paid.shares):
            whole = (paid.cost, paid.developer) if index == 0 else (None, None)
            place = share.building, share.name, share.accounts
            rows.append(("维修", *about, *whole, *place, share.self_raised, share.used, share.returned, None))
    for left in pack.leavings:
        place = left.building, left.name, left.accounts
        rows.append(("退划", None, left.why, *[None] * 6, *place, *[None] * 3, left.amount))
    sheet.table(_ITEMS, rows)


def _buildings(sheet: _Sheet, pack: Pack) -> None:
    columns = (
        Column("小区"),
        Column("楼幢编码", width=16),
        Column("幢号"),
        *_HOUSES,
        *_FIGURES,
        *_below(pack),
    )
    sheet.table(
        columns,
        (
            (
                each.estate_name,
                each.building,
                each.name,
                each.units,
                each.area_dm2,
                *each.figures,
                *_low(pack, each.below),
            )
            for each in pack.buildings
        ),
    )


def _accounts(sheet: _Sheet, pack: Pack) -> None:
    about = Column("楼幢编码", width=16), Column("幢号"), Column("户号", width=12), Column("归属", width=10)
    sheet.table(
        (*about, Column("建筑面积（㎡）", "area"), *_FIGURES, Column("备注")),
        (
            (
                building.building,
                building.name,
                each.unit,
                PART_NAMES[each.part],
                each.area_dm2,
                *each.figures,
                _remark(pack, each.below, each.closed),
            )
            for building in pack.buildings
            for each in building.accounts
        ),
    )


def _remark(pack: Pack, below: bool, closed: bool) -> str | None:
    return "已销户" if closed else f"低于首期 {pack.floor}%" if below else None


def _below(pack: Pack) -> tuple[Column, ...]:
    return (Column(f"低于 {pack.floor}% 户数", "count", total=True),) if pack.floor else ()


def _low(pack: Pack, count: int) -> tuple[int, ...]:
    return (count,) if pack.floor else ()
