"""The text files in the form of GB/T 19581: byte by byte for a small year, read back and proved for any."""

import pytest

from exports import gbt19581
from exports.gbt19581.reader import files, take_back
from exports.items import Names
from exports.proof import problems
from ledger.errors import InputError
from tests.gbt.conftest import NAMES, book_year, line, unit, vouchers


def year_of(accounts, year=2019, before=None, names=NAMES):
    return book_year(gbt19581.layout(), accounts, year, before, names)


def written(folder, year, lines):
    folder.mkdir(exist_ok=True)
    return gbt19581.write(folder, gbt19581.layout(), year, lines)


def text(folder, name):
    return (folder / name).read_bytes().decode("gb18030")


def rows(folder, name):
    return [row.split("\t") for row in text(folder, name).split("\r\n")[:-1]]


def test_the_book_is_one_line_of_eleven_columns(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    assert text(tmp_path, "DZZB.TXT") == (
        '"5323011"\t"楚雄市商品住宅维修资金"\t"楚雄市住宅专项维修资金"\t""\t"事业单位"\t"房地产业"'
        '\t"住宅专项维修资金账本"\t"0.1"\t"2019"\t"人民币"\t"4-2"\r\n'
    )


def test_accounts_have_eight_columns_and_their_side(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    found = rows(tmp_path, "KJKM.TXT")
    assert ['"100101"', '"活期存款"', "2", '"1"', '"项目"', '"资产"', '""', '"借"'] in found
    assert ['"3101"', '"待分配累计收益"', "1", '"0"', '""', '"净资产"', '""', '"贷"'] in found
    assert len(found) == len(accounts)


def test_balances_are_signed_against_the_side_of_the_account(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    mine = [row for row in rows(tmp_path, "KMYE.TXT") if row[0] == '"3001"' and row[2] == '"B1/101"']
    figures = {row[15]: [row[column] for column in (3, 6, 9, 12)] for row in mine}
    assert figures['"06"'] == ["0.00", "0.00", "100.00", "100.00"]
    assert figures['"07"'] == ["100.00", "30.00", "0.00", "70.00"]
    assert figures['"12"'] == ["70.00", "0.00", "0.00", "70.00"]
    assert '"01"' not in figures
    first = text(tmp_path, "KMYE.TXT").split("\r\n")[0]
    assert first == '"1001"\t"人民币"\t""' + "\t0.00" * 12 + '\t"01"'


def test_a_voucher_line_has_twenty_six_columns(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    first = text(tmp_path, "JZPZ.TXT").split("\r\n")[0]
    assert first == (
        '"20190601"\t"记"\t"000001"\t1\t"首期交存"\t"100101"\t150.00\t0.00\t"人民币"\t0.00\t0.00\t1.000000'
        '\t0.0000\t0.0000\t"YH@6222-01"\t"转账"\t"银行回单"\t"回单1"\t"20190601"\t1\t"张三"\t""\t""\t""\t"1"\t"0"'
    )


def test_a_reversal_is_negative_on_the_side_of_its_original(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    reversal = next(
        row for row in rows(tmp_path, "JZPZ.TXT") if row[2:4] == ['"000002"', "1"] and row[5] == '"5001"'
    )
    assert reversal[6:8] == ["-10.00", "0.00"]


def test_a_closing_that_nobody_made_is_a_kind_of_its_own_and_not_posted(tmp_path, accounts, town):
    remarks = written(tmp_path, year_of(accounts), town.lines())
    [kind, number, flag] = {
        (row[1], row[2], row[24]) for row in rows(tmp_path, "JZPZ.TXT") if row[1] != '"记"'
    }.pop()
    assert (kind, number, flag) == ('"试"', '"000000"', '"0"')
    assert "尚未结账的月份按试算结转列示，不是已记账的凭证：2019-07。" in remarks


def test_items_are_named_with_those_above_them_and_firms_and_officers_are_listed(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    assert rows(tmp_path, "XMXX.TXT") == [
        ['"B1"', '"彝人小区 1幢"'],
        ['"B1/101"', '"彝人小区 1幢 101"'],
        ['"B1/102"', '"彝人小区 1幢 102"'],
        ['"XQ@E1"', '"彝人小区"'],
        ['"YH@6222-01"', '"6222-01"'],
    ]
    assert [row[:2] for row in rows(tmp_path, "WLDW.TXT")] == [
        ['"000001"', '"乙公司"'],
        ['"000002"', '"甲公司"'],
    ]
    assert rows(tmp_path, "RYXX.TXT") == [['"张三"', '"张三"']]


def test_the_description_names_every_file_and_every_field(tmp_path, accounts, town):
    written(tmp_path, year_of(accounts), town.lines())
    assert text(tmp_path, "GSSM.TXT").startswith(
        "电子账簿\r\nDZZB.TXT\r\n电子账簿编号\tC\t50\r\n电子账簿名称\tC\t50\r\n"
    )
    blocks = text(tmp_path, "GSSM.TXT").removesuffix("\r\n").split("\r\n\r\n")
    counted = {block.split("\r\n")[1]: len(block.split("\r\n")) - 2 for block in blocks}
    assert counted == {
        "DZZB.TXT": 11,
        "KJKM.TXT": 8,
        "KMYE.TXT": 16,
        "JZPZ.TXT": 26,
        "XMXX.TXT": 2,
        "WLDW.TXT": 7,
        "RYXX.TXT": 2,
    }


def test_a_year_opens_with_what_the_year_before_closed_with(tmp_path, accounts, town):
    first = year_of(accounts)
    written(tmp_path / "2019", first, town.lines())
    second = year_of(accounts, 2020, first)
    written(tmp_path / "2020", second, town.lines(2020))

    before = take_back(tmp_path / "2019", gbt19581.layout())
    after = take_back(tmp_path / "2020", gbt19581.layout())
    closing = {
        (row.account, row.item): row.closing for row in before.balances if row.month == "12" and row.closing
    }
    opening = {
        (row.account, row.item): row.opening for row in after.balances if row.month == "01" and row.opening
    }
    assert opening == closing
    assert opening["3001", "B1/101"] == -70_00
    assert [*problems(before), *problems(after)] == []


def test_the_same_year_gives_the_same_bytes(tmp_path, accounts, town):
    for name in ("one", "two"):
        written(tmp_path / name, year_of(accounts), town.lines())
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


HOSTILE = 'a"b\tc\r\nd\u2028e𠀀=cmd|x 〇' + "长" * 300


def test_hostile_text_is_carried_or_replaced_and_what_is_cut_is_said(tmp_path, accounts, town):
    names = Names(estates={"E1": HOSTILE}, buildings={"B1": "𠀀"})
    hostile = [
        one._replace(summary=HOSTILE, actor='李"四\t', bank_ref=one.bank_ref and "=1+2")
        for one in town.lines()
    ]
    remarks = written(tmp_path, year_of(accounts, names=names), hostile)

    back = files(tmp_path, gbt19581.layout())
    plain = "a”b c  d e𠀀=cmd|x 〇" + "长" * 300
    assert {row["摘要"] for row in back["记账凭证"]} == {plain[:240]}
    assert {row["制单人员"] for row in back["记账凭证"]} == {"李”四 "}
    assert "=1+2" in {row["票据号"] for row in back["记账凭证"]}
    assert next(row for row in back["项目"] if row["项目编号"] == "XQ@E1")["项目名称"] == plain[:200]
    cut = [remark for remark in remarks if remark.startswith("截断：JZPZ.TXT 第 1 行“摘要”只取前 240 个字符")]
    assert len(cut) == 1
    assert cut[0].endswith(plain)


def test_a_code_that_is_too_wide_is_refused_and_not_cut(tmp_path, accounts):
    wide = vouchers(
        line("2019-01", 1, "4001", credit=1, **unit("9" * 200, building="8" * 64)),
        line("2019-01", 1, "3001", debit=1, **unit("101")),
    )
    with pytest.raises(InputError) as refused:
        written(tmp_path, year_of(accounts), wide)
    assert refused.value.code == "export-too-wide"
    assert "JZPZ.TXT 第 1 行“辅助核算组”" in refused.value.message


def test_an_account_that_the_chart_does_not_have_is_refused(tmp_path, accounts):
    with pytest.raises(InputError) as refused:
        written(tmp_path, year_of(accounts), vouchers(line("2019-01", 1, "9999", credit=1)))
    assert refused.value.code == "account-unknown"


def test_a_line_of_another_year_is_a_defect(tmp_path, accounts):
    with pytest.raises(ValueError, match="a line of 2018-01 among those of 2019"):
        written(tmp_path, year_of(accounts), vouchers(line("2018-01", 1, "1201", credit=1)))
