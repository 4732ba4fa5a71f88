"""Every command that the documentation shows is run, and every link between the pages leads somewhere."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

import demo

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"```sh\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
MAKE = re.compile(r"^make \S+$")
FUND = ".venv/bin/fund "


def commands(page: Path) -> list[str]:
    """The lines of a page's shell blocks."""
    return [
        line.strip()
        for block in FENCE.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files(page: Path):
    missing = [
        link for link in LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_shell_line_is_one_that_a_test_can_run(page: Path):
    strange = [line for line in commands(page) if not (MAKE.match(line) or line.startswith(FUND))]
    assert strange == []


def test_both_languages_show_the_same_commands():
    words = [
        [line.split()[:3] for line in commands(ROOT / name)] for name in ("README.md", "README.zh-CN.md")
    ]
    assert words[0] == words[1]


@pytest.mark.parametrize(
    "target", sorted({line for page in PAGES for line in commands(page) if MAKE.match(line)})
)
def test_make_knows_the_target(target: str):
    planned = subprocess.run([*shlex.split(target), "--dry-run"], cwd=ROOT, capture_output=True, text=True)
    assert planned.returncode == 0, planned.stderr


@pytest.fixture
def office(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of an officer who has the registers of one small county, and an empty ledger."""
    plan = demo.generate(tmp_path / "registers", scale="0.01", workers=1)
    for kind, name in (("units", "房屋清册"), ("deposits", "交存明细"), ("bank-gains", "收益到账")):
        [file] = [path for path in plan.files[kind] if "532301" in path.name]
        shutil.copy(file, tmp_path / f"{name}.xlsx")
    home = ROOT / "var" / "test" / f"readme-{uuid4().hex[:8]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FUND_")}
    environment |= {"FUND_HOME": str(home), "PYTHONPATH": str(ROOT)}
    yield environment
    if home.exists():
        fund(environment, tmp_path, "db", "stop")
        shutil.rmtree(home)


def fund(environment: dict[str, str], folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@pytest.mark.slow
def test_the_commands_about_the_books_do_what_they_say(office: dict[str, str], tmp_path: Path):
    fund(office, tmp_path, "db", "start")
    for kind, name in (("units", "房屋清册"), ("deposits", "交存明细"), ("bank-gains", "收益到账")):
        fund(office, tmp_path, "import", kind, f"{name}.xlsx", "--history")
    for line in commands(ROOT / "docs" / "books.md"):
        fund(office, tmp_path, *shlex.split(line)[1:])


@pytest.mark.slow
def test_the_commands_of_the_readme_do_what_they_say(office: dict[str, str], tmp_path: Path):
    fund(office, tmp_path, "db", "start")
    for line in commands(ROOT / "README.md"):
        words = shlex.split(line)[1:]
        if not line.startswith(FUND):
            continue
        if words == ["serve"]:
            starts_and_stops(office, tmp_path)
        elif words[:2] == ["statement", "unit"]:
            assert "余额" in fund(office, tmp_path, "statement", "unit", *some_unit(tmp_path))
        elif words[:2] == ["statement", "building"]:
            assert "余额" in fund(office, tmp_path, "statement", "building", some_unit(tmp_path)[0])
        else:
            fund(office, tmp_path, *words)


def some_unit(folder: Path) -> tuple[str, str]:
    from python_calamine import CalamineWorkbook

    header, first, *_ = CalamineWorkbook.from_path(folder / "交存明细.xlsx").get_sheet_by_index(0).to_python()
    return str(first[header.index("楼幢编码")]), str(first[header.index("户号")])


def starts_and_stops(environment: dict[str, str], folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-m", "cli", "serve"], env=environment, cwd=folder) as service:
        until = time.monotonic() + 120
        while not answers(8000):
            assert service.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)
        service.terminate()
        assert service.wait(60) == 0


def answers(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
