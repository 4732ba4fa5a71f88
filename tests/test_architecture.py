"""The arrows between the rooms, and what may not stand in any file."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import ledger

ROOT = Path(__file__).parent.parent
ROOMS = ("ledger", "projections", "audit", "exports", "api", "cli", "demo", "migrations", "bench")
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
REGISTRY = re.compile(  # written so that this file does not name them either
    r"p[y]pi\.org|p[y]thonhosted|j[s]delivr|u[n]pkg\.com|c[d]njs|n[p]mjs\.|c[l]oudflare|"
    r"--(?:extra-)?[i]ndex-url|--[t]rusted-host|--[f]ind-links",
    re.IGNORECASE,
)
HOME = re.compile(r"(?<![\w.])/(?:[w]ork|[h]ome|[r]oot|[U]sers)/\w")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (ROOT / name for name in listed.stdout.split("\0") if name)
    return [path for path in paths if path.is_file()]


def of_rooms() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in ROOMS]


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


@pytest.mark.slow
def test_the_arrows_between_the_rooms_hold():
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


def test_every_module_of_the_write_side_is_held_to_be_pure():
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    [pure] = [contract for contract in contracts if contract["name"].startswith("the write side is pure")]
    inside = {path.stem for path in (ROOT / "ledger").glob("*.py")} - {"__init__"}
    packages = {path.parent.name for path in (ROOT / "ledger").glob("*/__init__.py")} - {
        "store",
        "registers",
        "forms",
    }
    assert set(pure["source_modules"]) == {f"ledger.{name}" for name in inside | packages}


def test_no_file_names_a_registry_or_a_place_of_one_machine():
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        for pattern in (REGISTRY, HOME)
        for match in pattern.finditer(text_of(path))
    ]
    assert found == []


def test_files_say_by_their_name_what_they_are_for_and_stay_short():
    modules = of_rooms()
    assert modules
    assert [path.name for path in modules if path.stem in VAGUE] == []
    lengths = {str(path.relative_to(ROOT)): text_of(path).count("\n") for path in modules}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def test_functions_fit_on_a_screen():
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in of_rooms()
        for node in ast.walk(ast.parse(text_of(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    }
    assert long == {}


def test_the_program_and_its_package_have_one_version():
    assert tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["version"] == ledger.__version__


def test_every_module_says_what_it_is():
    silent = [str(path.relative_to(ROOT)) for path in of_rooms() if not text_of(path).startswith('"""')]
    assert silent == []


def test_nothing_is_excused_without_a_reason():
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type:\s*ignore(?:\[[^\]]*\])?)\s*$", re.MULTILINE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path.suffix == ".py"
        for match in bare.finditer(text_of(path))
    ]
    assert found == []
