"""``fund policy`` shows what is in force and by which papers; a broken file stops every command."""

import json
import re
import shutil
from datetime import date
from importlib import resources

import pytest

from cli.main import run
from cli.policy_terms import FIELDS, FILES, MARKS, TABLES
from ledger import policy
from ledger.policy.showing import in_force


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A copy of the policy files that the ledger reads instead of its own."""
    folder = tmp_path / "policy"
    shutil.copytree(str(resources.files("ledger.policy")), folder)
    monkeypatch.setattr("ledger.policy.resources.files", lambda _: folder)
    policy.load.cache_clear()
    yield folder
    policy.load.cache_clear()


def changed(folder, name, old, new):
    path = folder / f"{name}.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_rows_in_force_with_mark_and_source(home, capsys):
    assert run(["policy", "show", "rates", "--on", "2015-10-23"]) == 0
    shown = capsys.readouterr().out
    assert "存款利率与定率计息（rates.toml）" in shown
    assert "机构 PBOC，百分数（%） 活期 0.35" in shown
    assert "见于公开文件" in shown
    assert "中国人民银行存款基准利率表" in shown
    assert "STATE，百分数" not in shown
    assert list(home.iterdir()) == []


def test_amounts_are_shown_in_yuan(capsys):
    assert run(["policy", "show", "standards", "--on", "2019-12-31"]) == 0
    shown = capsys.readouterr().out
    assert "每平方米（元） 93.00" in shown
    assert "未经核实" in shown


def test_one_document_of_all_files(capsys):
    assert run(["policy", "show", "--on", "2025-06-30", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["on"], found["version"]) == ("2025-06-30", policy.load().version)
    rates = next(file for file in found["files"] if file["name"] == "rates")
    assert rates["rows"][-1] == {
        "table": "rate",
        "valid_from": "2025-05-20",
        "valid_to": None,
        "mark": "unverified",
        "source": "国有大型银行挂牌利率，未见原件，用前须与本县专户银行核对",
        "says": {"bank": "STATE", "percent": {"demand": "0.05", "3m": "0.65", "1y": "0.95"}},
    }


def names(content):
    """The names of all fields of some rows."""
    if isinstance(content, dict):
        return {*content, *(name for inner in content.values() for name in names(inner))}
    return {name for inner in content for name in names(inner)} if isinstance(content, list) else set()


def test_every_file_table_field_and_mark_has_a_chinese_name():
    tables = policy.load().tables
    assert tables.keys() <= FILES.keys()
    rows = [(table, file[table]) for file in tables.values() for table in file if table != "version"]
    assert {table for table, _ in rows if not re.fullmatch(r"[CI]\d\d", table)} <= TABLES.keys()
    fields = {name for _, content in rows for name in names(content)}
    assert fields - {"valid_from", "valid_to", "mark", "source"} <= FIELDS.keys()
    shown = in_force(policy.load(), date(2025, 6, 30))
    assert {row.mark for file in shown.files for row in file.rows} - {None} <= MARKS.keys()


def test_a_file_there_is_not(capsys):
    assert run(["policy", "show", "nothing"]) == 2
    assert "没有政策文件“nothing”" in capsys.readouterr().err


def test_the_files_as_they_are_can_be_used(capsys):
    assert run(["policy", "check"]) == 0
    assert f"版本 {policy.load().version}" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["policy", "check"], ["summary"], ["audit", "run"], ["policy", "show"]])
def test_a_broken_file_stops_every_command_and_is_named(command, files, home, capsys):
    changed(files, "rates", '"2.88"', '"2,88"')
    assert run([*command, "--json"]) == 1
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert (found["code"], found["title"]) == ("policy-invalid", "政策文件有误")
    assert "rates.toml: [[rate]] 1" in found["detail"]
    assert shown.err.startswith("政策文件有误：账本不能使用这份政策：rates.toml: [[rate]] 1")
    assert list(home.iterdir()) == []


def test_a_changed_file_is_another_version(files, capsys):
    before = policy.load().version
    changed(files, "rates", "may_exceed_gains = true", "may_exceed_gains = false")
    policy.load.cache_clear()
    assert run(["policy", "show", "rates", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["files"][0]["rows"][2]["says"] == {"may_exceed_gains": False}
    assert found["version"] != before
