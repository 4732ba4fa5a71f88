"""The forms as data: what is wrong is said in Chinese, what is corrected is written and read without code."""

import re
from importlib import resources

import pytest

from exports import gbt19581, gbt24589, layout, tables
from exports.gbt19581.reader import files, take_back
from exports.proof import problems
from ledger.errors import InputError
from tests.gbt.conftest import book_year, line, unit, vouchers

FORMS = (gbt19581, gbt24589, tables)


def toml(form=gbt19581):
    return (resources.files(form) / "layout.toml").read_text(encoding="utf-8")


def read(text, form=gbt19581):
    return layout.read("gbt19581/layout.toml", text.encode(), form.EXPECTED)


def corrected(old, new, count=-1):
    found = toml()
    assert old in found
    return read(found.replace(old, new, count))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)
def test_every_row_says_where_it_was_read(form):
    shipped = form.layout()
    rows = [
        *shipped.rules,
        *shipped.types,
        *shipped.files,
        *(table for file in shipped.files for table in file.tables),
        *(field for file in shipped.files for table in file.tables for field in table.fields),
    ]
    assert all(row.source.strip() for row in rows)
    widths = [field for field in rows if isinstance(field, layout.Field) and field.width is not None]
    assert all(field.width_source for field in widths)


def test_the_version_follows_the_content():
    assert read(toml()).version == gbt19581.layout().version
    assert corrected("人民币", "CNY").version != gbt19581.layout().version


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('mark = "sourced"', 'mark = "sure"', "不认识的值“sure”（位置 "),
        ('source = "TT, BHT"\n', "", "缺少“source”（位置 file[0]）"),
        ('source = "TT, BHT"', 'source = ""', "不能为空"),
        ('width = 4, mark', 'width = "4", mark', "应为 int | null，写成了 str"),
        ('width = 4, mark', "width = 0, mark", "不能小于 1"),
        ('fill = "month", width', 'fil = "month", width', "不认识“fil”"),
        ('fill = "month"', 'fill = "mouth"', "表“科目余额及发生额”：字段“会计月度”：没有“mouth”这个值"),
        ('kind = "text", fill = "month"', 'kind = "date", fill = "month"', "“month”不是 date"),
        ('fill = "month", width', 'width', "fill 与 constant 必须写一个，也只能写一个"),
        ('"期末余额", kind', '"期初余额", kind', "字段“期初余额”写了两次"),
        ('constant = "1.000000"', 'constant = "1.0"', "常数“1.0”不是 6 位小数的数"),
        ('constant = "0", width = 1', 'constant = "00", width = 1', "常数“00”超过长度 1"),
        ('"opening", width = 20, decimals = 2', '"opening", width = 20', "金额至少要有两位小数"),
        ('"opening", width = 20, dec', '"opening", width = 2, dec', "小数位数不小于总长度"),
        ('content = "item"', 'content = "project"', "没有“project”这种内容"),
        ('content = "item"', 'content = "balance"', "没有“code”这个值"),
        ('name = "JZPZ.TXT"', 'name = "../JZPZ.TXT"', "“../JZPZ.TXT”不能作文件名"),
        ('name = "JZPZ.TXT"', 'name = "KMYE.TXT"', "文件“KMYE.TXT”写了两次"),
        ('value = "gb18030"', 'value = "gb99"', "规则 encoding：没有“gb99”这种编码"),
        ('value = "\\r\\n"', 'value = ""', "规则 line-end：不能是“”"),
        ('value = "{file}"', 'value = "{name}"', "规则 description-heading-2：不能是“{name}”"),
        ('{name}\\t{letter}', '{name}\\t', "规则 description-field：不能是"),
        ('value = "characters"', 'value = "words"', "规则 width-counts：不能是“words”"),
        ('unique = true, ', 'unique = true, cut = true, ', "unique 的不能截断"),
        ('name = "guard"', 'name = "gard"', "缺少规则“guard”"),
        ('kind = "integer"\nletter', 'kind = "number"\nletter', "类型“number”写了两次"),
        ('version = "2026-11-23"', "version = ", "不是 TOML 文本"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_used_is_named_in_chinese(old, new, message):
    with pytest.raises(InputError) as refused:
        corrected(old, new, 1)
    assert refused.value.code == "layout-invalid"
    assert refused.value.message.startswith("格式数据 gbt19581/layout.toml 不能使用：")
    assert message in refused.value.message


def test_a_correction_of_rows_needs_no_code(tmp_path, accounts, town):
    text = toml().replace('name = "科目编号"', 'name = "科目代码"').replace('letter = "N"', 'letter = "D"')
    text = text.replace('name = "KMYE.TXT"', 'name = "YE.txt"').replace(
        'value = "gb18030"', 'value = "utf-8"'
    )
    text = text.replace('"{title}"', '"[{file}] {title}"').replace('"{file}"', '"字段,类型,长度"')
    text = text.replace("{name}\\t{letter}\\t{width}", "{letter}({width}) {name}")
    first, second = (
        next(line for line in text.splitlines() if line.startswith(f'  {{ name = "{name}", kind'))
        for name in ("凭证日期", "凭证种类")
    )
    form = read(text.replace(first, "…").replace(second, first).replace("…", second))
    gbt19581.write(tmp_path, form, book_year(form, accounts), town.lines())

    described = (tmp_path / "GSSM.TXT").read_text(encoding="utf-8")
    assert "[YE.txt] 科目余额及发生额\n字段,类型,长度\nC(30) 科目代码\n" in described
    assert "[JZPZ.TXT] 记账凭证\n字段,类型,长度\nC(12) 凭证种类\nC(8) 凭证日期\n" in described
    assert "D(20.2) 期初余额\n" in described
    assert files(tmp_path, form)["会计科目"][0]["科目代码"] == "1001"
    assert list(problems(take_back(tmp_path, form))) == []


def test_widths_in_bytes_cut_at_a_character(tmp_path, accounts, town):
    text = toml().replace('value = "characters"', 'value = "bytes"')
    form = read(text.replace('fill = "summary", width = 240', 'fill = "summary", width = 9'))
    lines = [one._replace(summary="甲乙𠀀丙丁") for one in town.lines()]
    gbt19581.write(tmp_path, form, book_year(form, accounts), lines)
    assert {row["摘要"] for row in files(tmp_path, form)["记账凭证"]} == {"甲乙𠀀"}


def test_two_codes_that_would_be_one_are_refused(tmp_path, accounts):
    form = gbt19581.layout()
    alike = vouchers(
        line("2019-01", 1, "4001", debit=1, **unit('a"')), line("2019-01", 1, "4001", credit=1, **unit("a”"))
    )
    with pytest.raises(InputError) as refused:
        gbt19581.write(tmp_path, form, book_year(form, accounts), alike)
    assert refused.value.code == "export-code-twice"
    assert "两个编号写出来都是“B1/a””" in refused.value.message


def test_a_narrower_width_cuts_words_and_refuses_codes(tmp_path, accounts, town):
    words = corrected('fill = "summary", width = 240', 'fill = "summary", width = 2')
    remarks = gbt19581.write(tmp_path, words, book_year(words, accounts), town.lines())
    assert "截断：JZPZ.TXT 第 1 行“摘要”只取前 2 个字符，全文：首期交存" in remarks

    codes = corrected('fill = "item", width = 254', 'fill = "item", width = 3')
    with pytest.raises(InputError) as refused:
        gbt19581.write(tmp_path, codes, book_year(codes, accounts), town.lines())
    assert re.search(
        "“辅助核算组”为“YH@6222-01”，超过 GB/T 19581-2004 格式数据中的长度 3", refused.value.message
    )


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("JZPZ.TXT", lambda raw: raw[:-2], "JZPZ.TXT 的最后一行不完整"),
        ("JZPZ.TXT", lambda raw: b"\x81\x00" + raw, "JZPZ.TXT 不是 gb18030 文本"),
        ("JZPZ.TXT", lambda raw: raw.replace(b"\t", b"", 1), "JZPZ.TXT 第 1 行有 25 列，应为 26 列"),
        ("JZPZ.TXT", lambda raw: raw.replace(b'"', b"", 1), "JZPZ.TXT 第 1 行“凭证日期”的引号不正确"),
        ("GSSM.TXT", lambda raw: raw.replace(b"\tC\t", b"\t", 1), "GSSM.TXT 中“电子账簿”一段的说明不完整"),
    ],
)  # fmt: skip
def test_files_that_are_not_in_the_form_are_not_read(tmp_path, accounts, town, name, change, message):
    form = gbt19581.layout()
    gbt19581.write(tmp_path, form, book_year(form, accounts), town.lines())
    (tmp_path / name).write_bytes(change((tmp_path / name).read_bytes()))
    with pytest.raises(InputError) as refused:
        files(tmp_path, form)
    assert refused.value.code == "export-unreadable"
    assert message in refused.value.message


def test_a_file_that_the_description_names_must_be_there(tmp_path, accounts, town):
    form = gbt19581.layout()
    gbt19581.write(tmp_path, form, book_year(form, accounts), town.lines())
    (tmp_path / "WLDW.TXT").unlink()
    with pytest.raises(InputError, match=r"没有 WLDW\.TXT"):
        files(tmp_path, form)
