"""Dated rules of how money rests and grows: bonds, interest of deposits, other expenses."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal, NamedTuple, TypeVar

from ledger.money import Fen, round_half_up
from ledger.policy.rates import Rates, fraction_of
from ledger.policy.rows import Period, PolicyError, Tables, one_at_a_time, rows

PERIOD = TypeVar("PERIOD", bound=Period)


class BondRule(Period, frozen=True, kw_only=True):
    """Where bonds (国债) may be bought, 165号令 art. 26: newly issued, on these channels."""

    channels: tuple[str, ...]
    mark: Literal["found", "unverified"]


class InterestRule(Period, frozen=True, kw_only=True):
    """How a bank counts the interest of a deposit (计息规则).

    ``bank``: whose demand rates of ``rates.toml`` hold; ``day_base``: days of a year; ``early`` and ``past``:
    what days of a term broken off, and days after maturity, earn – ``demand`` the demand rate (活期) of the
    day of withdrawal, ``none`` nothing.
    """

    bank: str
    day_base: Literal[360, 365]
    early: Literal["demand", "none"]
    past: Literal["demand", "none"]
    mark: Literal["found", "unverified"]


class ExpenseRule(Period, frozen=True, kw_only=True):
    """The kinds of other expense (其他支出) the fund may bear; office costs are not among them."""

    kinds: tuple[str, ...]
    mark: Literal["found", "unverified"]


class Terms(NamedTuple):
    """What was agreed on a deposit: annual rate in 1/100 %, first day, maturity, and its term.

    ``matures_on`` is None where there is no term; the term is in whole months or else in days.
    """

    rate_bp: int
    placed_on: date
    matures_on: date | None
    term_months: int | None
    renew: bool


@dataclass(frozen=True, slots=True)
class Treasury:
    """The rules of ``treasury.toml``."""

    bonds: tuple[BondRule, ...]
    interest: tuple[InterestRule, ...]
    rates: Rates
    expenses: tuple[ExpenseRule, ...]

    def bond_rule(self, on: date) -> BondRule | None:
        """Where bonds may be bought on a day; None before 165号令 was in force."""
        return _on(self.bonds, on)

    def expense_rule(self, on: date) -> ExpenseRule | None:
        """What the fund may bear on a day; None before 165号令 was in force."""
        return _on(self.expenses, on)

    def expected_fen(self, terms: Terms, principal_fen: Fen, on: date) -> Fen | None:
        """The interest that a principal of a deposit has earned when it is withdrawn on a day.

        The whole term earns the contract rate: whole months × rate ÷ 12, else days ÷ ``day_base``; the first
        day counts, the last does not; one rounding, half-up. None where nobody can tell: a rate or rule not
        on record, or a deposit that was renewed at a rate the ledger does not know.
        """
        rule = _on(self.interest, on)
        if rule is None:
            return None
        contract = Fraction(terms.rate_bp, 10_000)
        if terms.matures_on is None:
            return round_half_up(principal_fen * contract * (on - terms.placed_on).days / rule.day_base)
        if on < terms.matures_on:
            rate = self._rate(rule, rule.early, on)
            held = (on - terms.placed_on).days
            return None if rate is None else round_half_up(principal_fen * rate * held / rule.day_base)
        past = (on - terms.matures_on).days
        if terms.renew and past:
            return None
        if terms.term_months is not None:
            years = Fraction(terms.term_months, 12)
        else:
            years = Fraction((terms.matures_on - terms.placed_on).days, rule.day_base)
        rate = self._rate(rule, rule.past, on) if past else Fraction(0)
        if rate is None:
            return None
        return round_half_up(principal_fen * (contract * years + rate * past / rule.day_base))

    def _rate(self, rule: InterestRule, kind: Literal["demand", "none"], on: date) -> Fraction | None:
        if kind == "none":
            return Fraction(0)
        percent = self.rates.on(rule.bank, on).get("demand")
        return None if percent is None else fraction_of(percent)


def read(tables: Tables, rates: Rates) -> Treasury:
    """The rules of ``treasury.toml``, with the rates they go by; raises PolicyError naming file and row."""
    found = Treasury(
        bonds=rows(tables, "treasury", "bonds", BondRule),
        interest=rows(tables, "treasury", "interest", InterestRule),
        rates=rates,
        expenses=rows(tables, "treasury", "expenses", ExpenseRule),
    )
    for periods in (found.bonds, found.interest, found.expenses):
        one_at_a_time("treasury", periods)
    for number, rule in enumerate(found.interest, 1):
        if rule.bank not in rates.banks:
            raise PolicyError(f"treasury.toml: [[interest]] {number}: {rule.bank!r} is no [[bank]]")
    return found


def _on(periods: tuple[PERIOD, ...], on: date) -> PERIOD | None:
    return next((period for period in periods if period.holds(on)), None)
