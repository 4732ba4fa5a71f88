"""Findings (疑点): what a rule of the audit says about the money, with every piece of its evidence.

A rule is one file ``audit/rules/iNN.py`` with ``RULE = Rule(...)`` and
``find(figures: Figures) -> list[Finding]``; ``Figures`` is the replay as rules see it.
The same irregularity is one finding, however many events prove it.
"""

import hashlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final, Literal, NamedTuple, cast

import msgspec

from audit import rules
from audit.replay import Replay
from audit.rules.figures import Figures
from ledger.money import Fen, yuan
from ledger.policy import Policy

Severity = Literal["high", "medium", "low"]
SEVERITIES: dict[Severity, str] = {"high": "高", "medium": "中", "low": "低"}
SUBJECT: Final = ("county", "estate", "building", "unit", "project")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One irregularity: subject, money at stake (yuan), evidence as event ids in log order, advice.

    ``id`` depends on the rule and the subject alone, so that the same irregularity keeps its name from run
    to run while evidence grows.
    """

    id: str
    rule: str
    title: str
    basis: str
    severity: Severity
    county: str | None
    estate: str | None
    building: str | None
    unit: str | None
    project: str | None
    amount: str
    events: tuple[str, ...]
    message: str
    advice: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What an audit rule is: number (I43), Chinese title, legal basis, severity and what to do about it."""

    id: str
    title: str
    basis: str
    severity: Severity
    advice: str

    def finding(
        self,
        subject: Mapping[str, Any],
        *,
        amount_fen: Fen,
        events: Iterable[str],
        message: str,
        key: str = "",
    ) -> Finding:
        """A finding of this rule; ``events`` come in log order, repeated ids are dropped.

        Of ``subject`` (a row of a frame, say) only county, estate, building, unit and project are read.
        ``key`` tells findings of one subject apart, such as a receipt number or a payee.
        """
        names = {name: subject.get(name) for name in SUBJECT}
        words = (self.id, *(name or "" for name in names.values()), key)
        digest = hashlib.sha256("\x1f".join(words).encode()).hexdigest()
        return Finding(
            id=f"{self.id}-{digest[:12]}",
            rule=self.id,
            title=self.title,
            basis=self.basis,
            severity=self.severity,
            **names,
            amount=yuan(amount_fen),
            events=tuple(dict.fromkeys(events)),
            message=message,
            advice=self.advice,
        )


class Registered(NamedTuple):
    """A rule and the function that looks for it."""

    rule: Rule
    find: Callable[[Figures], list[Finding]]


def registered() -> Iterator[Registered]:
    """Every rule of ``audit.rules``: the files named after a rule, in order."""
    names = sorted(found.name for found in pkgutil.iter_modules(rules.__path__) if found.name[1:].isdigit())
    for name in names:
        module = import_module(f"{rules.__name__}.{name}")
        yield Registered(cast(Rule, module.RULE), module.find)


def run(replay: Replay, policy: Policy, county: str | None = None) -> list[Finding]:
    """All findings, gravest first, then by rule and subject; only those of ``county`` when one is given."""
    figures = Figures(replay, policy)
    if figures.reference_day is None:
        return []
    found = [finding for rule in registered() for finding in rule.find(figures)]
    return sorted((finding for finding in found if county in (None, finding.county)), key=_order)


def _order(finding: Finding) -> tuple[int, str, tuple[str, ...]]:
    subject = tuple(getattr(finding, name) or "" for name in SUBJECT)
    return list(SEVERITIES).index(finding.severity), finding.rule, (*subject, finding.id)
