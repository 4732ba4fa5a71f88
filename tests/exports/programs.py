"""The other programs: hledger and Beancount as they are installed, or fetched, or a clear reason to skip."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from sqlalchemy import Connection, select

from projections.accounts import accounts

CACHE = Path(__file__).parent.parent.parent / "var" / "cache" / "hledger"
PACKAGES = ("hledger", "libffi8", "libgmp10", "libtinfo6")
LOCALE = {"LC_ALL": "C.UTF-8"}  # hledger reads files by the locale
PATIENCE = 120
ENDINGS = {"hledger": ".journal", "beancount": ".beancount"}

BALANCES = """
import json, sys
from beancount import loader
from beancount.core import data
loader.initialize(use_cache=False)  # a cache would be a file too many beside the books
entries, errors, options = loader.load_file(sys.argv[1])
if errors:
    sys.exit(f"{len(errors)} errors")
held = {}
for entry in entries:
    if isinstance(entry, data.Transaction):
        for posting in entry.postings:
            held[posting.account] = held.get(posting.account, 0) + posting.units.number
json.dump({account: str(amount) for account, amount in held.items()}, sys.stdout)
"""


class Said(NamedTuple):
    """How a program ended, and everything it said."""

    status: int
    text: str


def run(*words: object, **variables: str) -> Said:
    done = subprocess.run(
        [str(word) for word in words],
        env=os.environ | LOCALE | variables,
        capture_output=True,
        timeout=PATIENCE,
        text=True,
    )
    return Said(done.returncode, done.stdout + done.stderr)


class Hledger(NamedTuple):
    """hledger: its file, and where its libraries are."""

    program: Path
    libraries: str

    def __call__(self, *words: str) -> Said:
        return run(self.program, *words, LD_LIBRARY_PATH=self.libraries)

    def check(self, file: Path) -> Said:
        """Strictly, and that every file is in the order of its days."""
        strict = self("-f", str(file), "check", "--strict")
        return strict if strict.status else self("-f", str(file), "check", "ordereddates")

    def balances(self, file: Path) -> dict[tuple[str, ...], Decimal]:
        """What each account holds by itself."""
        said = self("-f", str(file), "balance", "--flat", "--no-total", "--empty", "-O", "csv")
        assert said.status == 0, said.text
        rows = csv.reader(said.text.splitlines()[1:])
        return {tuple(name.split(":")): Decimal(held.split()[0].replace(",", "")) for name, held in rows}


class Beancount(NamedTuple):
    """Beancount as it is installed beside this Python."""

    program: Path

    def __call__(self, *words: str) -> Said:
        return run(self.program, *words)

    def check(self, file: Path) -> Said:
        return self("--no-cache", str(file))

    def balances(self, file: Path) -> dict[tuple[str, ...], Decimal]:
        """What each account holds by itself, as its loader reads it in a process of its own."""
        said = run(sys.executable, "-c", BALANCES, file)
        assert said.status == 0, said.text
        return {tuple(name.split(":")): Decimal(held) for name, held in json.loads(said.text).items()}


def hledger() -> Hledger:
    """hledger on the path, or from the Debian package, unpacked into the cache."""
    if found := shutil.which("hledger"):
        return Hledger(Path(found), "")
    if not (CACHE / "usr" / "bin" / "hledger").exists():
        fetch()
    libraries = CACHE / "usr" / "lib" / f"{os.uname().machine}-linux-gnu"
    made = Hledger(CACHE / "usr" / "bin" / "hledger", f"{libraries}:{CACHE / 'lib' / libraries.name}")
    said = run(made.program, "--version", LD_LIBRARY_PATH=made.libraries)
    if said.status:
        pytest.skip(f"hledger from the Debian package does not run here: {said.text.strip()[:200]}")
    return made


def fetch() -> None:
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            pytest.skip(f"hledger is not on the path, and there is no {tool} to fetch its Debian package")
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=CACHE.parent) as folder:
        try:
            done = subprocess.run(
                ["apt-get", "download", *PACKAGES],
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
        except subprocess.TimeoutExpired:
            pytest.skip(f"hledger is not on the path, and apt-get had not fetched it after {PATIENCE} s")
        if done.returncode:
            pytest.skip(f"hledger is not on the path, and apt-get says: {done.stderr.strip()[-200:]}")
        whole = Path(folder) / "whole"
        for package in sorted(Path(folder).glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, whole], check=True, timeout=PATIENCE)
        if not CACHE.exists():
            whole.rename(CACHE)


def beancount() -> Beancount:
    """``bean-check`` of this environment."""
    program = Path(sys.executable).with_name("bean-check")
    if find_spec("beancount") is None or not program.exists():
        pytest.skip("beancount is not installed beside this Python: it comes with the dev extra")
    return Beancount(program)


def whole(folder: Path, name: str) -> Path:
    return folder / f"all{ENDINGS[name]}"


def held(connection: Connection) -> dict[tuple[str, str], Decimal]:
    """What the unit accounts of each building hold, by book."""
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in connection.execute(select(accounts)):
        found[row.fund, row.building] += row.principal_fen + row.interest_fen
    return {key: Decimal(fen) / 100 for key, fen in found.items() if fen}


def told(balances: dict[tuple[str, ...], Decimal]) -> dict[tuple[str, str], Decimal]:
    """The same as the program says it: what 3001 and 3002 hold below each building, a credit negative."""
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for path, amount in balances.items():
        if len(path) > 3 and path[1][:4] in ("3001", "3002"):
            found["commodity" if path[1].startswith("3001") else "public", path[3]] -= amount
    return {key: amount for key, amount in found.items() if amount}
