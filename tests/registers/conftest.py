"""An office with an empty ledger in memory, and files as officers make them."""

import csv
import hashlib
import hmac
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from ledger.application import Application
from ledger.policy import load
from ledger.registers import REGISTERS, ImportResult, import_files
from ledger.registers.specification import Person
from ledger.store.memory import MemoryLog

Row = Mapping[str, Any]
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)

UNIT: Row = {
    "区县代码": "532301",
    "资金类型": "商品住宅",
    "小区编码": "E001",
    "小区名称": "彝海花园",
    "管理方式": "专业物业",
    "楼幢编码": "E001-01",
    "幢号": "1幢",
    "电梯": "有",
    "层数": 18,
    "竣工日期": "2010-06-30",
    "保修期满日期": "2015-06-30",
    "户号": "0101",
    "用途": "住宅",
    "建筑面积": 89.31,
    "业主姓名": "普丽",
    "证件号码": "532301198001010011",
    "联系电话": "13800000001",
    "不动产单元号": "532301001001GB00001F00010001",
}
DEPOSIT: Row = {
    "楼幢编码": "E001-01",
    "户号": "0101",
    "交存类型": "首期",
    "交存金额": 8305.83,
    "入账日期": "2010-07-01",
    "票据号": "00000001",
    "银行流水号": "20100701000001",
    "收款账号": "2413000100000001",
    "交款人": "普丽",
}
OPENING: Row = {
    "楼幢编码": "E001-01",
    "户号": "0101",
    "期初本金": 8305.83,
    "期初利息": "12.34",
    "截止日期": "2018-12-31",
    "依据": "2018年移交清册",
}
INCOME: Row = {
    "楼幢编码": "E001-01",
    "收入类别": "经营收入",
    "金额": "1,000.01",
    "到账日期": "2019-06-30",
    "银行流水号": "20190630000001",
    "说明": "电梯广告",
}
STATEMENT: Row = {
    "账号": "2413000100000001",
    "交易日期": "2019-06-30",
    "银行流水号": "20190630000001",
    "收入金额": "1,000.00",
    "支出金额": "",
    "余额": "1000.00",
    "摘要": "转账",
}
GAIN: Row = {
    "区县代码": "532301",
    "资金类型": "商品住宅",
    "账号": "2413000100000001",
    "到账日期": "2012-12-21",
    "收益类别": "活期利息",
    "金额": "1,234.56",
    "银行流水号": "20121221000001",
}
REPAIR: Row = {
    "项目编号": "P2016-001",
    "区县代码": "532301",
    "小区编码": "E001",
    "楼幢编码": "E001-01",
    "维修部位": "电梯",
    "维修内容": "更换曳引机",
    "应急": "否",
    "预算金额": 500,
    "申请日期": "2016-01-05",
    "表决日期": "2016-01-20",
    "应参与面积": 89.31,
    "应参与户数": 1,
    "参与面积": 89.31,
    "参与户数": 1,
    "同意面积": 89.31,
    "同意户数": 1,
    "公示日期": "2016-02-01",
    "批准日期": "2016-02-20",
    "批准金额": 500,
    "收款单位": "楚雄宏达电梯有限公司",
    "收款账号": "2413000900000009",
    "付款阶段": "首款",
    "付款金额": 300,
    "付款日期": "2016-03-01",
    "经办人": "李芳",
    "审批人": "罗军",
}
REFUND: Row = {
    "楼幢编码": "E001-01",
    "户号": "0101",
    "退款金额": 305.83,
    "退款日期": "2011-03-01",
    "退款原因": "多交",
    "原票据号": "00000001",
    "收款人": "普丽",
    "银行流水号": "20110301000001",
}
TRANSFER: Row = {
    "楼幢编码": "E001-01",
    "户号": "0101",
    "过户日期": "2018-09-10",
    "新业主姓名": "段思平",
    "证件号码": "532301199002020033",
    "联系电话": "13800000009",
    "不动产权证号": "云(2018)楚雄市不动产权第0001234号",
}
RECEIPTS: Row = {
    "票据代码": "53230119",
    "起始号": "00000001",
    "终止号": "00000100",
    "领用单位": "楚雄市物业管理中心",
    "领用日期": "2010-06-01",
    "状态": "领用",
}


class PartiesInMemory:
    """The register of persons without a database: same identity rules, nothing encrypted."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], tuple[str, Person]] = {}

    @staticmethod
    def _identity(person: Person) -> tuple[str, str]:
        return ("id", person.id_number.upper()) if person.id_number else (person.scope, person.name)

    def refs(self, people: Sequence[Person]) -> list[str]:
        return [
            self.people.setdefault(self._identity(person), (f"p{len(self.people)}", person))[0]
            for person in people
        ]

    def known(self, people: Sequence[Person]) -> list[str | None]:
        return [self.people.get(self._identity(person), (None,))[0] for person in people]

    def name_hash(self, name: str) -> bytes:
        return self.keyed_hash("name", name.encode())

    def name_hashes(self, refs: Sequence[str]) -> dict[str, bytes]:
        wanted = set(refs)
        return {ref: self.name_hash(who.name) for ref, who in self.people.values() if ref in wanted}

    def keyed_hash(self, purpose: str, data: bytes) -> bytes:
        return hmac.digest(hashlib.sha256(purpose.encode()).digest(), data, "sha256")


class Office:
    """A desk with a ledger: makes files and imports them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = MemoryLog()
        self.parties = PartiesInMemory()
        self.application = Application(self.log, load(), self.clock)

    @staticmethod
    def clock() -> datetime:
        return NOW

    def take(
        self, kind: str, *paths: Path, history: bool = True, dry_run: bool = False, **more: Any
    ) -> ImportResult:
        return import_files(
            kind,
            paths,
            application=self.application,
            parties=self.parties,
            history=history,
            dry_run=dry_run,
            actor="officer",
            **more,
        )

    def events(self) -> list[tuple[str, str]]:
        """Stream and topic of everything in the log, in order."""
        return [(row.stream, row.topic) for row in self.log.rows(0, 1_000_000)]

    def unit(self, **cells: Any) -> Row:
        """A sound row of the register of units with some cells changed."""
        return {**UNIT, **cells}

    def deposit(self, **cells: Any) -> Row:
        return {**DEPOSIT, **cells}

    def opening(self, **cells: Any) -> Row:
        return {**OPENING, **cells}

    def income(self, **cells: Any) -> Row:
        return {**INCOME, **cells}

    def gain(self, **cells: Any) -> Row:
        return {**GAIN, **cells}

    def statement(self, **cells: Any) -> Row:
        return {**STATEMENT, **cells}

    def repair(self, **cells: Any) -> Row:
        return {**REPAIR, **cells}

    def refund(self, **cells: Any) -> Row:
        return {**REFUND, **cells}

    def transfer(self, **cells: Any) -> Row:
        return {**TRANSFER, **cells}

    def receipts(self, **cells: Any) -> Row:
        return {**RECEIPTS, **cells}

    def headers(self, kind: str) -> list[str]:
        return [column.name for column in REGISTERS[kind].columns]

    def xlsx(
        self,
        name: str,
        kind: str,
        rows: Iterable[Row],
        *,
        headers: Sequence[str] | None = None,
        title: str | None = None,
        sheet: str = "Sheet1",
    ) -> Path:
        """A workbook; ``title`` goes merged into a row above the header."""
        path = self.folder / name
        headers = self.headers(kind) if headers is None else headers
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
            page = book.add_worksheet(sheet)
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            top = 0
            if title:
                page.merge_range(0, 0, 0, len(headers) - 1, title)
                top = 1
            page.write_row(top, 0, headers)
            for number, row in enumerate(rows, top + 1):
                for column, header in enumerate(headers):
                    cell = row.get(header, "")
                    if isinstance(cell, date):
                        page.write_datetime(number, column, cell, day)
                    elif isinstance(cell, str) and cell.startswith("#"):
                        page.write_formula(number, column, "=NA()", value=cell)
                    elif cell != "":
                        page.write(number, column, cell)
        return path

    def csv(
        self,
        name: str,
        kind: str,
        rows: Iterable[Row],
        *,
        encoding: str = "utf-8",
        headers: Sequence[str] | None = None,
    ) -> Path:
        path = self.folder / name
        headers = self.headers(kind) if headers is None else headers
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(headers)
        writer.writerows([row.get(header, "") for header in headers] for row in rows)
        path.write_bytes(text.getvalue().encode(encoding))
        return path


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
def furnished(office: Office) -> Office:
    """An office whose ledger holds one building of two units."""
    rows = [UNIT, {**UNIT, "户号": "0102", "业主姓名": "马云山", "证件号码": "532301197501010022"}]
    result = office.take("units", office.xlsx("清册.xlsx", "units", rows))
    assert result.problems == ()
    return office
