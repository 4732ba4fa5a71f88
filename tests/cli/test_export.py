"""``fund export`` and ``fund audit seal``, and every command of docs/exports.md as it stands there."""

import re
import shlex
import stat
from pathlib import Path

import pytest

from audit.checkpoint import opened
from cli.export import NAMES
from exports.formats import FORMATS
from ledger.store.feed import Feed
from tests.exports import programs

PAGE = Path(__file__).parent.parent.parent / "docs" / "exports.md"
FUND = ".venv/bin/fund "


def lines(fence: str) -> list[str]:
    blocks = re.findall(
        rf"^```{fence}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [line for block in blocks for line in block.splitlines() if line]


@pytest.fixture
def books(fund, files, tmp_path, monkeypatch):
    """An office whose registers are imported, in a folder of its own."""
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0
    fund("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_of_the_page_does_what_it_says(fund, books):
    commands = lines("sh")
    assert len(commands) > 5
    for line in commands:
        done = fund(*shlex.split(line.removeprefix(FUND)))
        assert done.status == 0, (line, done.err)
        assert "核对无误" in done.out or "--check" not in line
    tools = {"hledger": programs.hledger, "bean-check": programs.beancount}
    shown = lines("text")
    assert {line.split()[0] for line in shown} == set(tools)
    for line in shown:
        name, *words = shlex.split(line)
        said = tools[name]()(*words)
        assert said.status == 0, (line, said.text)


def test_the_help_names_every_format():
    assert NAMES.split("、") == list(FORMATS)


def test_an_export_tells_its_manifest_and_a_check_tells_what_is_wrong(fund, books, home):
    made = fund("export", "hledger", "--to", "out", "--json").document
    assert made["to"] == "out"
    assert [file["name"] for file in made["manifest"]["files"]] == ["532301-commodity.journal", "all.journal"]
    sealed = fund("audit", "seal", "--json").document
    assert sealed["checkpoint"] == made["manifest"]["checkpoint"] == fund("audit", "seal").out
    assert sealed["position"] == made["manifest"]["position"]
    assert opened(sealed["checkpoint"], sealed["verifier"]).size == sealed["events"]
    assert stat.S_IMODE((home / "seal.key").stat().st_mode) == 0o600

    checked = fund("export", "hledger", "--check", "out", "--json")
    assert (checked.status, checked.document["ok"], checked.document["problems"]) == (0, True, [])
    path = books / "out" / "532301-commodity.journal"
    path.write_text(path.read_text().replace("6698.25", "6698.26", 1))
    checked = fund("export", "hledger", "--check", "out", "--json")
    assert checked.status == 1
    assert [each["kind"] for each in checked.document["problems"]] == ["file-changed", "export-different"]
    assert "与本账本不符" in fund("export", "hledger", "--check", "out/manifest.json").out


def test_what_was_exported_can_be_checked_after_more_was_recorded(fund, books, files):
    made = fund("export", "beancount", "--to", "out", "--book", "532301/commodity", "--json").document
    changed = books / "more.csv"
    changed.write_text(files["bank-gains"].read_text().replace("2019-12-21", "2019-12-22"))
    assert fund("import", "bank-gains", changed, "--history").status == 0
    assert fund("export", "beancount", "--check", "out").status == 0
    position = made["manifest"]["position"]
    again = fund("export", "beancount", "--to", "again", "--book", "532301/commodity", "--known-at", position)
    assert again.status == 0
    for name in ("manifest.json", "532301-commodity.beancount"):
        assert (books / "again" / name).read_bytes() == (books / "out" / name).read_bytes()
    now = fund("export", "beancount", "--to", "now", "--book", "532301/commodity", "--json").document
    assert int(now["manifest"]["position"]) > int(position)
    assert now["manifest"]["events"] == made["manifest"]["events"] + 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["gold", "--to", "x"], "format-unknown"),
        (["hledger"], "usage"),
        (["hledger", "--to", "x", "--check", "y"], "usage"),
        (["hledger", "--check", "y", "--county", "532301"], "usage"),
        (["hledger", "--check", "nowhere"], "manifest-missing"),
        (["hledger", "--to", "x", "--from", "2019-13"], "period-invalid"),
        (["hledger", "--to", "x", "--from", "2019-03", "--through", "2018"], "period-invalid"),
        (["hledger", "--to", "x", "--book", "532301/gold"], "usage"),
        (["hledger", "--to", "x", "--book", "532301/public", "--county", "532322"], "usage"),
        (["parquet", "--to", "x", "--book", "532301/public"], "filter-unusable"),
        (["hledger", "--to", "x", "--known-at", "soon"], "known-at-invalid"),
        (["hledger", "--to", "full"], "target-not-empty"),
    ],
)
def test_a_wrong_question_is_refused_and_nothing_is_written(fund, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    answer = fund("export", *words, "--json")
    assert (answer.status, answer.document["code"]) == (2, code)
    assert not (tmp_path / "x").exists()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["file"]


@pytest.mark.slow
def test_other_programs_accept_the_demonstration(fund, database, tmp_path):
    assert fund("demo", "--scale", "0.01", "--json").status == 0
    others = {"hledger": programs.hledger(), "beancount": programs.beancount()}
    with database.engine.connect() as connection:
        ours = programs.held(connection)
    assert len(ours) > 50
    for name, other in others.items():
        made = fund("export", name, "--to", tmp_path / name, "--json").document
        assert made["manifest"]["events"] == sum(len(rows) for rows in Feed(database.engine).scan())
        said = other.check(programs.whole(tmp_path / name, name))
        assert said.status == 0, said.text
        assert programs.told(other.balances(programs.whole(tmp_path / name, name))) == ours
        assert fund("export", name, "--check", tmp_path / name).status == 0


def test_what_a_tampered_export_says_never_commands_the_terminal(fund, books):
    fund("export", "hledger", "--to", "out")
    (books / "out" / "\x1b]0;mine\x07.txt").write_text("x")
    found = fund("export", "hledger", "--check", "out")
    assert (found.status, "mine" in found.out, "\x1b" in found.out) == (1, True, False)
    manifest = books / "out" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"hledger"', '"\\u001b[2J"'))
    found = fund("export", "hledger", "--check", "out")
    assert (found.status, "format-other" in found.err, "\x1b" in found.err) == (2, True, False)
