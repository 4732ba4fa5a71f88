"""``fund repair show``: a project of the register, for people and for programs."""

import pytest

from tests.cli.papers import BUILDING, register

REPAIRS = ["项目编号", "区县代码", "小区编码", "楼幢编码", "维修部位", "维修内容", "应急", "预算金额",
           "申请日期", "付款阶段", "付款金额", "付款日期"]  # fmt: skip


@pytest.fixture
def recorded(fund, files, tmp_path):
    path = register(
        tmp_path / "repairs.csv",
        REPAIRS,
        ["W1", "532301", "532301001", BUILDING, "屋面", "屋面防水翻修", "否", "5000.00", "2018-03-01",
         "尾款", "1234.50", "2018-06-01"],
    )  # fmt: skip
    fund("import", "units", files["units"], "--history")
    assert fund("import", "repairs", path, "--history").status == 0


def test_a_project_for_people_and_for_programs(fund, recorded):
    ended = fund("repair", "show", "532301", "W1")
    assert ended.status == 0
    assert ended.out.startswith("维修项目 532301 W1：屋面，屋面防水翻修")
    assert ended.out.endswith("一般维修，预算 5,000.00，批准 未批，已付 1,234.50 元\n下一步：表决\n")
    found = fund("repair", "show", "532301", "W1", "--json").document
    assert (found["paid"], found["vote"]) == ("1234.50", None)
    assert [(step["name"], step["amount"], step["origin"]) for step in found["steps"]] == [
        ("申请", "5000.00", "history"),
        ("付款", "1234.50", "history"),
    ]


@pytest.mark.parametrize(
    ("county", "project", "status", "code"),
    [
        ("532301", "W2", 1, "project-unknown"),
        ("999999", "W1", 2, "county-unknown"),
        ("532301", "a@b", 2, "code-invalid"),
    ],
)
def test_what_is_not_there(fund, county, project, status, code):
    ended = fund("repair", "show", county, project, "--json")
    assert (ended.status, ended.document["code"]) == (status, code)
