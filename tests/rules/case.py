"""What a case of a rule is, and the desk that carries it out, live and as history."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from importlib import import_module, resources

import pytest

import ledger.rules
from audit.findings import run
from audit.replay import replay
from audit.verify import consistency
from ledger import bank, book, building, policy, receipts, repair
from ledger.application import Application
from ledger.commands import AccrueRates, Command, Recording, RegisterUnits
from ledger.events import UnitLine
from ledger.store.memory import MemoryLog

COUNTY = "532301"
AGGREGATES = {"building": building, "book": book, "repair": repair, "bank": bank, "receipts": receipts}


def day(text: str) -> date:
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Case:
    """Given commands as history, when a command is live, then its rule refuses it with these codes.

    As history it is recorded, and ``found`` by an audit rule or kind of problem, with ``said`` in its
    message. One that history may well do says why in ``silent``, and nothing new is found. ``strict``: under
    a policy that forbids to credit more than the gains.
    """

    when: Command
    codes: tuple[str, ...]
    found: str = ""
    said: str = ""
    silent: str = ""
    given: tuple[Command, ...] = ()
    actor: str = "officer"
    strict: bool = False


class Desk:
    """An office that takes commands in memory."""

    def __init__(self, strict: bool = False) -> None:
        self.log = MemoryLog()
        self.policy = without_excess() if strict else policy.load()
        self.application = Application(self.log, self.policy, lambda: datetime(2026, 11, 23, 1, tzinfo=UTC))

    def take(self, *commands: Command, recording: Recording) -> None:
        for command in commands:
            if isinstance(command, AccrueRates):
                self.application.accrue(command, recording)
            else:
                self.application.execute([command], recording)

    def everything(self) -> list[tuple[str, int, str]]:
        return [(row.stream, row.version, row.data) for row in self.log.rows(0, 1_000_000)]

    def states(self) -> dict[str, object]:
        """Every aggregate as its events make it."""
        names = {stream for stream, _, _ in self.everything()}
        known = {name: AGGREGATES.get(name.partition("/")[0]) for name in sorted(names)}
        return {
            name: reduce(kind.apply, self.log.events(name), kind.EMPTY)
            for name, kind in known.items()
            if kind is not None
        }

    def audited(self) -> set[tuple[str, str, tuple[str, ...]]]:
        """Rule, message and evidence of every finding; kind, message and position of every problem."""
        replayed = replay(self.log)
        assert replayed.unreadable == ()
        found = {(each.rule, each.message, each.events) for each in run(replayed, self.policy)}
        wrong = {(each.kind, each.message, (str(each.position),)) for each in consistency(replayed)}
        return found | wrong


def without_excess() -> policy.Policy:
    """The policy of an office that credits no more interest at rates than the gains that wait."""
    files = {
        entry.name.removesuffix(".toml"): entry.read_bytes()
        for entry in resources.files("ledger.policy").iterdir()
        if entry.name.endswith(".toml")
    }
    changed = files["rates"].replace(b"may_exceed_gains = true", b"may_exceed_gains = false")
    assert changed != files["rates"]
    return policy.read(files | {"rates": changed})


def units(
    code: str,
    areas: dict[str, int],
    owners: tuple[str, ...] = (),
    *,
    estate: str = "E1",
    fund: str = "commodity",
    completed_on: str = "2010-06-30",
) -> RegisterUnits:
    """A building with its units, and owners in their order."""
    held = (*owners, *[None] * len(areas))
    return RegisterUnits(
        building=code,
        name=code,
        county=COUNTY,
        estate=estate,
        estate_name=estate,
        management="self",
        lift=True,
        storeys=18,
        completed_on=day(completed_on),
        units=tuple(
            UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area, owner_ref=owner)
            for (unit, area), owner in zip(areas.items(), held, strict=False)
        ),
    )


def stated_refusals() -> Iterator[tuple[str, str]]:
    """Every public function of a file in ``ledger/rules`` with each code it can yield, read off its text.

    What a function of the same file yields that it calls counts as its own.
    """
    folder = resources.files("ledger.rules")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".py") or file.name == "__init__.py":
            continue
        functions = {
            node.name: node
            for node in ast.parse(file.read_text("utf-8")).body
            if isinstance(node, ast.FunctionDef)
        }
        for name in functions:
            if not name.startswith("_"):
                codes = set(_codes(functions, name, frozenset()))
                yield from ((name, code) for code in sorted(codes))


def _codes(functions: dict[str, ast.FunctionDef], name: str, seen: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(functions[name]):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "Refusal":
            code = node.args[0]
            assert isinstance(code, ast.Constant), f"{name} does not say its code where it refuses"
            yield str(code.value)
        elif node.func.id in functions and node.func.id not in seen:
            yield from _codes(functions, node.func.id, seen | {name})


def watch(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Every refusal that a rule yields from now on, as name of the rule and code."""
    yielded: list[tuple[str, str]] = []

    def watched(rule):
        def judge(*asked):
            for refusal in rule(*asked):
                yielded.append((rule.__name__, refusal.code))
                yield refusal

        return judge

    leaving = import_module("ledger.rules.leaving")
    monkeypatch.setattr(ledger.rules, "RULES", tuple(map(watched, ledger.rules.RULES)))
    monkeypatch.setattr(leaving, "closed", watched(leaving.closed))
    return yielded
