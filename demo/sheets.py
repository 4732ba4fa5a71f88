"""Register files (登记表): workbooks with the columns of the contract, written in constant memory."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Final, Literal

from xlsxwriter import Workbook

from ledger.money import Fen

Kind = Literal["units", "deposits", "bank-gains", "repairs"]
KINDS: Final[tuple[Kind, ...]] = ("units", "deposits", "bank-gains", "repairs")
"""In the order in which they must be imported."""

Cell = str | int | Decimal | None
Row = Sequence[Cell]

TITLES: Final[dict[Kind, str]] = {
    "units": "房屋清册",
    "deposits": "交存明细",
    "bank-gains": "收益到账",
    "repairs": "维修使用",
}
_HEADERS: Final[dict[Kind, str]] = {
    "units": "区县代码 资金类型 小区编码 小区名称 管理方式 楼幢编码 幢号 电梯 层数 竣工日期 保修期满日期 "
    "售房单位 户号 用途 建筑面积 业主姓名 证件号码 联系电话 不动产单元号",
    "deposits": "楼幢编码 户号 资金归属 交存类型 交存金额 入账日期 票据号 银行流水号 收款账号 交款人",
    "bank-gains": "区县代码 资金类型 账号 到账日期 收益类别 金额 银行流水号",
    "repairs": "项目编号 区县代码 小区编码 楼幢编码 维修部位 维修内容 应急 预算金额 申请日期 表决日期 "
    "应参与面积 应参与户数 参与面积 参与户数 同意面积 同意户数 公示日期 批准日期 批准金额 "
    "收款单位 收款账号 付款阶段 付款金额 付款日期 银行流水号 开工日期 验收日期 决算金额 发票号 经办人 审批人",
}
COLUMNS: Final[dict[Kind, tuple[str, ...]]] = {kind: tuple(names.split()) for kind, names in _HEADERS.items()}
MOST_ROWS: Final = 500_000
"""Rows of one file; a sheet ends at 1,048,576."""


def hundredths(count: Fen | int | None) -> Decimal | None:
    """Yuan of fen, or m² of 0.01 m², exactly."""
    return None if count is None else Decimal(count).scaleb(-2)


def write(directory: Path, kind: Kind, county: str, rows: Iterable[Row]) -> list[Path]:
    """Write the rows of one county into as many files as they need, at least one; returns their paths."""
    remaining = iter(rows)
    paths: list[Path] = []
    for first in chain([next(remaining, None)], remaining):
        part = f"-{len(paths) + 1}" if paths else ""
        path = directory / f"{kind}-{county}{part}.xlsx"
        own = islice(remaining, MOST_ROWS - 1)
        _write_file(path, kind, own if first is None else chain([first], own))
        paths.append(path)
    return paths


def _write_file(path: Path, kind: Kind, rows: Iterator[Row]) -> None:
    with Workbook(str(path), {"constant_memory": True}) as book:
        # A fixed moment of creation: the same seed gives the same bytes.
        book.set_properties({"title": TITLES[kind], "created": datetime(2020, 1, 2)})  # noqa: DTZ001 - a document property has no zone
        sheet = book.add_worksheet(TITLES[kind])
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(COLUMNS[kind]) - 1, 16)
        sheet.write_row(0, 0, COLUMNS[kind], book.add_format({"bold": True}))
        text, number = sheet.write_string, sheet.write_number
        for index, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                if value.__class__ is str:
                    text(index, column, value)
                elif value is not None:
                    number(index, column, value)
