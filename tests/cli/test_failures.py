"""How commands fail: 2 for a wrong usage, 1 for a refusal, one sentence in Chinese, and no secret."""

import pytest

from cli.main import run

WRONG_USAGE = (
    ["nope"],
    ["summary", "--nope"],
    ["summary", "--as-of", "yesterday"],
    ["summary", "--county", "999999"],
    ["interest", "distribute"],
    ["interest", "distribute", "--book", "532301", "--through", "2019-12-31"],
    ["interest", "distribute", "--book", "532301/commodity", "--through", "2019-02-30"],
    ["import", "deposits", "no-such-file.xlsx"],
    ["token", "issue", "--name", "x", "--role", "king"],
    ["token", "issue", "--name", "x", "--role", "officer", "--days", "0"],
    ["demo", "--scale", "0"],
    ["summary", "--county", "\udc80"],
)


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_a_wrong_usage_ends_with_2_and_touches_no_database(arguments, home, capsys):
    assert run([*arguments, "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.out.startswith('{"type":"urn:fund-ledger:problem:')
    assert "用法错误" in shown.err
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "detail"),
    [
        (["nope"], "没有命令 nope"),
        (["exports"], "没有命令 exports；是不是 export？"),
        (["summry"], "没有命令 summry；是不是 summary？"),
        (["summary", "--nope"], "没有选项 --nope"),
        (["summary", "--as-off", "2019-12-31"], "没有选项 --as-off；可用：--as-of"),
        (["summary", "--as-of"], "选项 --as-of 后面要有值"),
        (["summary", "--as-of", "yesterday"], "--as-of 的值不对：“yesterday”不是日期"),
        (["summary", "more"], "多余的参数 more"),
        (["statement", "unit"], "缺少参数 BUILDING"),
        (["interest", "distribute"], "缺少选项 --book"),
        (["import", "deposits", "no-such-file.xlsx"], "FILE… 的值不对：文件 no-such-file.xlsx 不存在"),
        (["import", "deposits", "."], "FILE… 的值不对：. 是文件夹，不是文件"),
        (["import", "undo", "a", "b"], "ID 的值不对：一次只能撤销一个导入"),
        (["import", "undo", "a", "--history"], "--history 的值不对：撤销总是今天的事，没有补录"),
        (["token", "issue", "--days", "0"], "--days 的值不对：不能小于 1"),
        (["token", "issue", "--days", "x"], "--days 的值不对：应为整数"),
        (["serve", "--port", "65536"], "--port 的值不对：不能大于 65535"),
    ],
)
def test_a_wrong_usage_is_told_in_chinese(arguments, detail, home, capsys):
    assert run(arguments) == 2
    assert capsys.readouterr().err == f"用法错误：{detail}（usage）\n"


def test_a_name_that_no_file_can_have_is_told(home, capsys):
    assert run(["import", "deposits", "x" * 3000, "--json"]) == 1
    shown = capsys.readouterr()
    assert '"code":"file-unusable"' in shown.out
    assert "无法读写（ENAMETOOLONG）" in shown.err


def test_no_arguments_show_help(capsys):
    assert run([]) == 2
    assert "住宅专项维修资金账本" in capsys.readouterr().out


def test_help_is_chinese(capsys):
    assert run(["summary", "--help"]) == 0
    assert "归集" in capsys.readouterr().out


def test_an_unknown_register_is_a_wrong_usage(fund, tmp_path):
    (tmp_path / "x.csv").write_text("a\n")
    answer = fund("import", "nonsense", tmp_path / "x.csv", "--json")
    assert answer.status == 2
    assert answer.document["code"] == "register-unknown"


def test_a_moment_that_cannot_be_read_is_a_wrong_usage(fund):
    answer = fund("summary", "--known-at", "yesterday", "--json")
    assert answer.status == 2
    assert answer.document["code"] == "known-at-invalid"


def test_a_database_that_does_not_answer_is_told_without_its_password(home, monkeypatch, capsys):
    monkeypatch.setenv("FUND_DATABASE_URL", "postgresql://fund:hunter2@127.0.0.1:1/fund")
    assert run(["summary", "--json"]) == 1
    shown = capsys.readouterr()
    assert '"code":"database-unavailable"' in shown.out
    assert "hunter2" not in shown.out + shown.err


def test_a_defect_is_told_without_its_message(fund, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("hunter2")

    monkeypatch.setattr("projections.summary.summary", broken)
    answer = fund("summary", "--json")
    assert answer.status == 1
    assert answer.document["code"] == "internal"
    assert "RuntimeError" in answer.document["detail"]
    assert "hunter2" not in answer.out + answer.err
    assert "Traceback" not in answer.err


def test_a_defect_is_told_in_full_on_request(fund, monkeypatch):
    monkeypatch.setenv("FUND_DEBUG", "1")
    monkeypatch.setattr("projections.summary.summary", None)
    assert "Traceback" in fund("summary").err
