"""The three plain tables: CSV that a spreadsheet opens and a database loads, and that runs nothing."""

import csv
import io

import pytest

from exports import tables
from exports.items import Names
from tests.gbt.conftest import book_year


def written(folder, accounts, lines, **asked):
    return tables.write(folder, tables.layout(), book_year(tables.layout(), accounts, **asked), lines)


def rows(folder, name):
    raw = (folder / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_accounts_balances_and_vouchers_fit_together(tmp_path, accounts, town):
    written(tmp_path, accounts, town.lines())
    known = {row["科目编号"]: row["科目名称"] for row in rows(tmp_path, "km.csv")}
    mine = [row for row in rows(tmp_path, "kmye.csv") if row["科目编号"] == "3001"]
    june = [row for row in mine if row["会计月份"] == "06"]
    assert known["3001"] == "商品住宅维修资金"
    assert [(row["辅助核算编号"], row["辅助核算名称"], row["期末余额"]) for row in june] == [
        ("", "", "150.00"),
        ("B1/101", "彝人小区 1幢 101", "100.00"),
        ("B1/102", "彝人小区 1幢 102", "50.00"),
    ]
    first = rows(tmp_path, "pz.csv")[0]
    assert (first["凭证编号"], first["科目名称"], first["借方金额"], first["账本事件"]) == (
        "000001",
        "活期存款",
        "150.00",
        "building/B1@1",
    )


@pytest.mark.parametrize("begin", ["=", "+", "-", "@"])
def test_a_text_that_looks_like_a_formula_is_guarded(tmp_path, accounts, town, begin):
    hostile = f'{begin}cmd|"/C calc"!A0,\n\t𠀀'
    names = Names(estates={"E1": hostile})
    written(tmp_path, accounts, [one._replace(summary=hostile) for one in town.lines()], names=names)
    [summary] = {row["摘要"] for row in rows(tmp_path, "pz.csv")}
    assert summary == f'\'{begin}cmd|"/C calc"!A0,  𠀀'
    named = {row["辅助核算名称"] for row in rows(tmp_path, "kmye.csv")}
    assert f"{summary} B1 101" in named


def test_an_amount_below_zero_is_a_number_and_not_guarded(tmp_path, accounts, town):
    written(tmp_path, accounts, town.lines())
    assert "-10.00" in {row["借方金额"] for row in rows(tmp_path, "pz.csv")}
