"""``docs/a-building-s-life.md`` is true: its forms and commands are carried out, every state is as printed.

With ``FUND_WRITE_LIFE=1`` the states are written into the page instead; a person then reads what changed.
"""

import json
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.main import run

PAGE = Path(__file__).parent.parent / "docs" / "a-building-s-life.md"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROLES = {"经办": "officer", "出纳": "officer", "复核": "reviewer", "审批": "reviewer"}
TOTALS = {
    "归集": "collected",
    "增值": "growth",
    "支取": "withdrawn",
    "返还": "refunded",
    "其他": "other",
    "结余": "balance",
    "待分配": "undistributed",
}


class Block(NamedTuple):
    """A fenced block of the page: its kind, the words beside the kind, what is in it, and where."""

    kind: str
    words: list[str]
    content: str
    start: int
    end: int


def blocks() -> list[Block]:
    page = PAGE.read_text(encoding="utf-8")
    return [
        Block(found[1], shlex.split(found[2] or ""), found[3], found.start(3), found.end(3))
        for found in BLOCK.finditer(page)
    ]


@pytest.fixture
def fund(database, tmp_path, monkeypatch, capsys) -> Callable[..., Any]:
    """``fund`` with ``--json``: its document, whatever the status."""
    monkeypatch.setenv("FUND_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("FUND_DATABASE_URL", database.url)
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> Any:
        run([*words, "--json"])
        return json.loads(capsys.readouterr().out)

    return command


def state(fund, codes: list[str], projects: list[list[str]]) -> list[str]:
    """Every account of the buildings, every repair project and the totals, a line each."""
    lines = []
    for code in codes:
        for account in fund("statement", "building", code)["units"]:
            part = {"owner": "", "seller": " 售房单位"}[account["part"]]
            marks = "".join(
                f" {word}" for key, word in (("closed", "已销户"), ("frozen", "已冻结")) if account.get(key)
            )
            money = f"本金 {account['principal']} 利息 {account['interest']} 余额 {account['balance']}"
            lines.append(f"{code} 户 {account['unit']}{part}：{money}{marks}")
    for county, project in projects:
        shown = fund("repair", "show", county, project)
        lines.append(f"项目 {project}：下一步 {shown['next']}")
    total = fund("summary")["total"]
    lines.append("合计：" + " ".join(f"{name} {total[key]}" for name, key in TOTALS.items()))
    return lines


def changed(before: list[str], now: list[str]) -> str:
    """The lines of a state that were not so before, as the page prints them."""
    return "\n".join([line for line in now if line not in before] or ["账户和合计不变"]) + "\n"


@pytest.mark.slow
def test_the_life_of_a_building_is_as_the_page_tells_it(fund, tmp_path, monkeypatch):
    tokens = {}
    for name, role in ROLES.items():
        issued = fund("token", "issue", "--name", f"{name}岗", "--role", role)
        tokens[name] = issued["token"]
    told = blocks()
    codes: list[str] = []
    projects: list[list[str]] = []
    before: list[str] = []
    found: list[str] = []
    answer: Any = None
    try:
        for block, following in zip(told, [*told[1:], None], strict=True):
            if block.kind == "json":
                form, role, *rest = block.words
                (tmp_path / "form.json").write_text(block.content, encoding="utf-8")
                monkeypatch.setenv("FUND_TOKEN", tokens[role])
                answer = fund("record", form, "form.json", *rest)
                monkeypatch.delenv("FUND_TOKEN")
                if following is None or following.words != ["refused"]:
                    assert "code" not in answer, (page_line(block), answer)
                if form == "register-units":
                    codes.append(json.loads(block.content)["building"])
                if form == "propose-repair" and "code" not in answer:
                    projects.append([json.loads(block.content)[key] for key in ("county", "project")])
            elif block.kind == "sh":
                for line in block.content.splitlines():
                    answer = fund(*shlex.split(line)[1:])
                    assert "code" not in answer, (line, answer)
            elif block.words == ["state"]:
                assert "code" not in answer, (page_line(block), answer)
                now = state(fund, codes, projects)
                found.append(changed(before, now))
                before = now
            elif block.words == ["refused"]:
                assert "code" in answer, (page_line(block), answer)
                basis = [fault["basis"] for fault in answer.get("errors", ()) if "basis" in fault]
                found.append(f"{answer['code']}：{answer['detail']}{f'（{basis[0]}）' if basis else ''}\n")
    finally:
        printed = [block for block in told if block.words in (["state"], ["refused"])]
        if os.environ.get("FUND_WRITE_LIFE") == "1":
            rewrite(printed, found)
    assert [block.content for block in blocks() if block.words in (["state"], ["refused"])] == found
    assert fund("obligation", "list")["left"] == "0.00"
    assert fund("audit", "verify")["ok"]
    assert fund("rebuild", "--check")["ok"]
    assert [(each["rule"], each["message"]) for each in fund("audit", "run")["findings"]] == []


def page_line(block: Block) -> int:
    """Where in the page a block begins, for messages."""
    return PAGE.read_text(encoding="utf-8").count("\n", 0, block.start)


def rewrite(printed: list[Block], found: list[str]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for block, content in reversed(list(zip(printed, found, strict=False))):
        page = page[: block.start] + content + page[block.end :]
    PAGE.write_text(page, encoding="utf-8")
