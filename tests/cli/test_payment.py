"""``fund payment show``: the allocation of a payment that came with a register."""

import pytest

from tests.cli.papers import register

REPAIRS = [
    "项目编号",
    "区县代码",
    "楼幢编码",
    "维修部位",
    "维修内容",
    "应急",
    "付款阶段",
    "付款金额",
    "付款日期",
]


@pytest.fixture
def paid(fund, files, tmp_path):
    assert fund("import", "units", files["units"], "--history").status == 0
    row = ["W1", "532301", "53230100101", "屋面", "防水", "否", "首款", "1000.00", "2018-05-01"]
    repairs = register(tmp_path / "repairs.csv", REPAIRS, row)
    assert fund("import", "repairs", repairs, "--history").status == 0
    return fund


def test_the_allocation_adds_up(paid):
    found = paid("payment", "show", "532301", "W1", "2", "--json").document
    assert (found["payment"], found["cost"], found["amount"]) == ("repair/532301/W1@2", "1000.00", "1000.00")
    assert sum(int(line["share"].replace(".", "")) for line in found["lines"]) == 100_000


def test_people_read_it(paid):
    shown = paid("payment", "show", "532301", "W1", "2")
    assert shown.status == 0
    assert "自筹 0.00 元" in shown.out


def test_what_is_no_payment(paid):
    refused = paid("payment", "show", "532301", "W1", "1", "--json")
    assert (refused.status, refused.document["code"]) == (1, "payment-unknown")
