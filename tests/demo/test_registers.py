"""The files as an office would see them: counts, sums, ranges and numbers, read back independently."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import demo
from demo import sheets
from demo.sheets import COLUMNS
from ledger.registers import REGISTERS
from ledger.registers.units import FUNDS

from .conftest import Rows, day, hundredths, read

Cases = Callable[[str], list[demo.Case]]
Registers = dict[str, Rows]


def test_columns_are_those_of_the_registers() -> None:
    assert {kind: tuple(column.name for column in REGISTERS[kind].columns) for kind in COLUMNS} == COLUMNS


def test_totals_by_summing_the_files(small: demo.Plan, registers: Registers) -> None:
    assert sum(hundredths(row["交存金额"]) for row in registers["deposits"]) == small.totals.deposits
    assert sum(hundredths(row["金额"]) for row in registers["bank-gains"]) == small.totals.growth
    assert sum(hundredths(row["付款金额"]) for row in registers["repairs"]) == small.totals.withdrawn
    assert small.totals.collected == 10_790_000_00


def test_counts(small: demo.Plan, registers: Registers) -> None:
    units = registers["units"]
    assert small.counts.units == len({(row["楼幢编码"], row["户号"]) for row in units}) == len(units)
    assert small.counts.buildings == len({row["楼幢编码"] for row in units})
    assert small.counts.estates == len({row["小区编码"] for row in units}) == 10
    assert 1000 < small.counts.units < 1300
    kinds = Counter({row["小区编码"]: row["管理方式"] for row in units}.values())
    assert kinds == {"专业物业": 5, "单位自管": 4, "其他": 1}


def test_every_unit_is_within_sane_bounds(registers: Registers) -> None:
    areas = [hundredths(row["建筑面积"]) for row in registers["units"]]
    assert min(areas) >= 2500
    assert max(areas) <= 20_000
    assert 9500 < sum(areas) / len(areas) < 11_500
    for row in registers["units"]:
        assert row["层数"] <= 6 or row["电梯"] == "有"
        assert day(row["竣工日期"]) < date(2019, 7, 1)
        assert day(row["保修期满日期"]).year == day(row["竣工日期"]).year + 5
        assert (row["售房单位"] != "") == (row["资金类型"] == "已售公有住房")
        assert row["资金类型"] in FUNDS


def test_owners_are_synthetic_and_told_apart(registers: Registers) -> None:
    numbers = [row["证件号码"] for row in registers["units"]]
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
        assert number[17] == "10X98765432"[total % 11]
        assert number.startswith("532300")
        assert 1945 <= int(number[6:10]) < 2000
    phones = [row["联系电话"] for row in registers["units"] if row["联系电话"]]
    assert len(set(phones)) == len(phones)
    assert all(len(phone) == 11 and phone.startswith("154") for phone in phones)


def test_first_deposits_are_area_times_standard(registers: Registers, planted: Cases) -> None:
    wrong = {(case.building, case.unit) for case in planted("I07")}
    unpaid = {(case.building, case.unit) for case in planted("I01")}
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for row in registers["deposits"]:
        if row["交存类型"] == "首期" and row["资金归属"] == "":
            paid[row["楼幢编码"], row["户号"]] += hundredths(row["交存金额"])
    different = set()
    for row in registers["units"]:
        account = row["楼幢编码"], row["户号"]
        assert (account in paid) != (account in unpaid)
        if row["资金类型"] == "商品住宅" and account in paid:
            rate = 93 if row["电梯"] == "有" else 75
            if paid[account] != hundredths(row["建筑面积"]) * rate:
                different.add(account)
    assert different == wrong


def test_deposits_are_dated_and_papered(registers: Registers, planted: Cases) -> None:
    last = ""
    without = Counter[str]()
    county = ""
    for row in registers["deposits"]:
        if row["楼幢编码"][:6] != county:
            county, last = row["楼幢编码"][:6], ""
        assert date(2008, 2, 1) <= day(row["入账日期"]) <= date(2019, 12, 31)
        assert row["入账日期"] >= last
        last = row["入账日期"]
        assert row["收款账号"][4:10] == county
        assert row["银行流水号"]
        assert row["交款人"]
        assert row["交存金额"] > 0
        if row["票据号"] == "":
            without[row["楼幢编码"]] += 1
    [missing] = [case for case in planted("I38") if case.building]
    assert set(without) == {missing.building}
    assert {row["交存类型"] for row in registers["deposits"]} == {"首期", "续交", "补交"}
    assert {row["资金归属"] for row in registers["deposits"]} == {"", "售房单位"}


def test_receipts_are_consecutive_but_for_the_planted(registers: Registers, planted: Cases) -> None:
    numbers: dict[str, list[str]] = defaultdict(list)
    for row in registers["deposits"]:
        if row["票据号"]:
            numbers[row["楼幢编码"][:6]].append(row["票据号"])
    odd = {case.county: case.note for case in planted("I38") if not case.building}
    assert len(numbers) == 10
    assert len(odd) == 2
    for county, own in numbers.items():
        assert all(len(number) == 8 for number in own)
        skipped = int(max(own)) - len(set(own))
        repeated = len(own) - len(set(own))
        note = odd.get(county, "")
        assert (skipped, repeated) == (3 if "断号" in note else 0, 1 if "同一票据号" in note else 0)


def test_gains_follow_the_books(small: demo.Plan, registers: Registers) -> None:
    books = {(row["区县代码"], row["资金类型"]) for row in registers["units"]}
    gained = {(row["区县代码"], row["资金类型"]) for row in registers["bank-gains"]}
    assert gained == books
    for row in registers["bank-gains"]:
        assert date(2009, 1, 1) <= day(row["到账日期"]) <= date(2019, 12, 31)
        assert row["金额"] > 0
    assert {row["收益类别"] for row in registers["bank-gains"]} == {"活期利息", "定期利息", "国债利息"}
    distributed = {
        (county, {"commodity": "商品住宅", "public": "已售公有住房"}[fund])
        for county, fund, _ in small.distributions
    }
    assert distributed == books - {("532323", "商品住宅")}
    assert [step[2] for step in small.distributions] == sorted(step[2] for step in small.distributions)
    assert {step[2].isoformat() for step in small.distributions} == {
        "2010-12-31",
        "2013-12-31",
        "2016-12-31",
        "2019-12-31",
    }


def test_repairs_repeat_their_facts_and_end_in_2019(registers: Registers) -> None:
    facts: dict[tuple[str, str], list[object]] = {}
    own = {"收款账号", "付款阶段", "付款金额", "付款日期", "银行流水号", "发票号"}
    buildings = {row["楼幢编码"] for row in registers["units"]}
    paid: dict[tuple[str, str], int] = defaultdict(int)
    for row in registers["repairs"]:
        project = row["区县代码"], row["项目编号"]
        shared = [value for name, value in row.items() if name not in own]
        assert facts.setdefault(project, shared) == shared
        assert set(row["楼幢编码"].split(";")) <= buildings
        assert date(2012, 1, 1) <= day(row["付款日期"]) <= date(2019, 12, 31)
        assert row["付款金额"] > 0
        paid[project] += hundredths(row["付款金额"])
        if row["决算金额"]:
            assert hundredths(row["决算金额"]) >= paid[project]
    assert len(facts) >= 25


def test_same_seed_same_cells(small: demo.Plan, registers: Registers, tmp_path: Path) -> None:
    again = demo.generate(tmp_path, seed=1, scale="0.010", workers=1)
    assert {kind: read(paths) for kind, paths in again.files.items()} == registers
    assert (again.cases, again.totals, again.counts) == (small.cases, small.totals, small.counts)
    assert [case["rule"] for case in json.loads((tmp_path / "cases.json").read_text("utf-8"))] == [
        case.rule for case in small.cases
    ]


@pytest.mark.slow
def test_worker_processes_change_nothing(registers: Registers, tmp_path: Path) -> None:
    plan = demo.generate(tmp_path, seed=1, scale="0.01", workers=2)
    assert {kind: read(paths) for kind, paths in plan.files.items()} == registers


def test_another_seed_is_another_prefecture_of_the_same_totals(registers: Registers, tmp_path: Path) -> None:
    other = demo.generate(tmp_path, seed=2, scale="0.01", workers=1)
    rows = {kind: read(paths) for kind, paths in other.files.items()}
    assert all(rows[kind] != registers[kind] for kind in rows)
    for kind, column in (("deposits", "交存金额"), ("bank-gains", "金额"), ("repairs", "付款金额")):
        assert sum(hundredths(row[column]) for row in rows[kind]) == sum(
            hundredths(row[column]) for row in registers[kind]
        )


def test_more_rows_than_a_file_takes_go_into_several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows = [["532301", "商品住宅", None, "2019-12-21", "活期利息", 100 + index] for index in range(7)]
    paths = sheets.write(tmp_path, "bank-gains", "532301", rows)
    assert [path.name for path in paths] == [
        "bank-gains-532301.xlsx",
        "bank-gains-532301-2.xlsx",
        "bank-gains-532301-3.xlsx",
    ]
    assert [row["金额"] for row in read(paths)] == [100 + index for index in range(7)]
    assert len(sheets.write(tmp_path, "repairs", "532301", [])) == 1
