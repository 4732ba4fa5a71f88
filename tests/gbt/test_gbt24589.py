"""The XML files in the form of GB/T 24589.1: their tables, their empty tags, the own side of each balance."""

from datetime import date

import pytest

from exports import gbt24589
from exports.bookyear import Figure, Statement
from exports.gbt24589.reader import files, take_back
from exports.items import Names
from exports.proof import problems
from ledger.errors import InputError
from tests.gbt.conftest import book_year, line, vouchers

COMMON = """电子账簿 会计期间 记账凭证类型 汇率类型 币种 结算方式
部门档案 员工档案 供应商档案 客户档案 自定义档案项 自定义档案项值"""
GENERAL = """总账基础信息 会计科目 科目辅助核算 现金流量项目 科目余额及发生额
记账凭证 现金流量凭证项目数据 报表集 报表项数据"""
REPORT = Statement("1", "资产负债表", date(2019, 12, 31), "12", (Figure("1", "银行存款", 110_32),))


def written(folder, accounts, lines, **asked):
    folder.mkdir(exist_ok=True)
    form = gbt24589.layout()
    return gbt24589.write(folder, form, book_year(form, accounts, **asked), lines)


@pytest.fixture
def tables(tmp_path, accounts, town):
    written(tmp_path, accounts, town.lines(), statements=(REPORT,))
    return files(tmp_path, gbt24589.layout())


def test_the_tables_stand_in_their_order():
    common, general = gbt24589.layout().files
    assert [table.title for table in common.tables] == COMMON.split()
    assert [table.title for table in general.tables] == GENERAL.split()


def test_a_file_is_its_root_and_one_element_a_record(tmp_path, accounts, town):
    written(tmp_path, accounts, town.lines())
    text = (tmp_path / "公共档案.xml").read_text(encoding="utf-8")
    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<公共档案>\n'
        "<电子账簿><电子账簿编号>5323011</电子账簿编号><电子账簿名称>楚雄市商品住宅维修资金</电子账簿名称>"
    )
    assert text.endswith("</公共档案>\n")
    assert (
        "<会计期间><会计年度>2019</会计年度><会计期间号>02</会计期间号>"
        "<会计期间起始日期>20190201</会计期间起始日期><会计期间结束日期>20190228</会计期间结束日期></会计期间>\n"
    ) in text


def test_what_is_missing_is_an_empty_tag_or_zeros(tables):
    [officer] = tables["员工档案"]
    assert (officer["员工姓名"], officer["证件号码"], officer["出生日期"]) == ("张三", "", "00000000")
    closing = next(row for row in tables["记账凭证"] if row["记账凭证编号"] == "000000")
    assert (closing["票据号"], closing["票据日期"], closing["记账标志"]) == ("", "00000000", "0")


def test_a_balance_has_its_own_side(tmp_path, accounts):
    overdrawn = vouchers(
        line("2019-06", 1, "3101", debit=5), line("2019-06", 1, "1201", credit=5), line("2019-07", 1, "1201")
    )
    written(tmp_path, accounts, overdrawn)
    rows = files(tmp_path, gbt24589.layout())["科目余额及发生额"]
    found = {
        (row["科目编号"], row["会计期间号"]): (row["期初余额方向"], row["期末余额方向"], row["期末本币余额"])
        for row in rows
    }
    assert found["3101", "05"] == ("贷", "贷", "0.00")
    assert found["3101", "06"] == ("贷", "借", "0.05")
    assert found["1201", "06"] == ("借", "贷", "0.05")
    assert found["1201", "07"] == ("贷", "贷", "0.05")


def test_units_are_values_of_an_archive_with_levels(tables):
    assert tables["自定义档案项"][0]["档案名称"] == "小区幢户"
    values = {row["档案值编码"]: row for row in tables["自定义档案项值"]}
    assert (values["B1/101"]["档案值父节点"], values["B1/101"]["档案值级次"]) == ("B1", "3")
    assert (values["B1"]["档案值父节点"], values["B1"]["档案值级次"]) == ("XQ@E1", "2")
    assert values["XQ@E1"]["档案值父节点"] == ""
    kept = {row["科目编号"]: row["对应档案"] for row in tables["科目辅助核算"]}
    assert (kept["3001"], kept["100101"], kept["1101"]) == ("unit", "bank", "lot")


def test_a_statement_fits_into_the_two_tables_of_reports(tables):
    [head], [figure] = tables["报表集"], tables["报表项数据"]
    assert (head["报表名称"], head["报表报告日"], head["编制单位"]) == (
        "资产负债表",
        "20191231",
        "楚雄市住宅专项维修资金",
    )
    assert (figure["报表编号"], figure["报表项名称"], figure["报表项数值"]) == ("1", "银行存款", "110.32")


def test_hostile_text_does_not_leave_its_element(tmp_path, accounts, town):
    hostile = "</摘要><x>&amp;]]>\x00\ufffe𠀀\n" + "长" * 300
    names = Names(estates={"E1": hostile})
    remarks = written(
        tmp_path, accounts, [one._replace(summary=hostile) for one in town.lines()], names=names
    )
    back = files(tmp_path, gbt24589.layout())
    plain = "</摘要><x>&amp;]]>  𠀀 " + "长" * 300
    assert {row["记账凭证摘要"] for row in back["记账凭证"]} == {plain[:240]}
    estate = next(row for row in back["自定义档案项值"] if row["档案值编码"] == "XQ@E1")
    assert estate["档案值名称"] == plain
    assert sum(remark.startswith("截断：总账.xml 记账凭证 第 1 行“记账凭证摘要”") for remark in remarks) == 1


def test_what_the_books_never_have_stays_empty(tables):
    for title in ("部门档案", "客户档案", "现金流量项目", "现金流量凭证项目数据"):
        assert tables[title] == []


def test_the_set_proves_itself(tmp_path, accounts, town):
    written(tmp_path, accounts, town.lines())
    assert list(problems(take_back(tmp_path, gbt24589.layout()))) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-5], "公共档案.xml 不是完整的 XML"),
        (lambda text: text.replace("公共档案>", "档案>"), "的根元素是 档案，应为 公共档案"),
        (lambda text: text.replace("会计年度", "年度"), "公共档案.xml 的 电子账簿 与格式数据的字段不同"),
    ],
)
def test_a_file_that_is_not_in_the_form_is_not_read(tmp_path, accounts, town, change, message):
    written(tmp_path, accounts, town.lines())
    path = tmp_path / "公共档案.xml"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        files(tmp_path, gbt24589.layout())
    assert refused.value.code == "export-unreadable"
    assert message in refused.value.message


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(InputError) as refused:
        files(tmp_path, gbt24589.layout())
    assert refused.value.message == "没有 公共档案.xml"
