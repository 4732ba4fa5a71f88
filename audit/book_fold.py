"""The fold of books (账套): gains, buildings entered, distributions and interest at rates."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from audit.columns import Misplaced, pick
from ledger import events as on
from ledger.identity import event_id

if TYPE_CHECKING:
    from audit.fold import Fold, Place

Handler = Callable[["Fold", "Place", str, Any], None]


def book_of(name: str) -> "Place":
    """County and fund kind of a book; raises Misplaced."""
    county, _, fund = name.partition("/")
    if fund not in ("commodity", "public") or not county:
        raise Misplaced("不属于这样的流")
    return {"county": county, "fund": fund}


def _buildings_entered(fold: "Fold", place: "Place", name: str, event: on.BuildingsEntered) -> None:
    fold.entered.add(len(event.buildings), {**place, **book_of(name), "building": list(event.buildings)})


def _gains_received(fold: "Fold", place: "Place", name: str, event: on.BankGainsReceived) -> None:
    lines = event.lines
    fold.gains.add(
        len(lines),
        {
            **place,
            **book_of(name),
            "line": list(range(len(lines))),
            "value_date": event.value_date,
            "category": pick(lines, "category"),
            "account": pick(lines, "account"),
            "amount_fen": pick(lines, "amount_fen"),
            "bank_ref": pick(lines, "bank_ref"),
            "reversal": False,
        },
    )


def _gains_reversed(fold: "Fold", place: "Place", name: str, event: on.GainsReversed) -> None:
    lines = event.lines
    fold.gains.add(
        len(lines),
        {
            **place,
            **book_of(name),
            "line": list(range(len(lines))),
            "value_date": event.value_date,
            "category": pick(lines, "category"),
            "amount_fen": pick(lines, "amount_fen"),
            "reversal": True,
            "reverses_version": event.version,
            "reverses_line": pick(lines, "line"),
        },
    )


def _gains_distributed(fold: "Fold", place: "Place", name: str, event: on.GainsDistributed) -> None:
    shares = event.shares
    fold.shares.add(
        len(shares),
        {
            "distribution": event_id(place["stream"], place["version"]),
            "building": pick(shares, "building"),
            "read_version": pick(shares, "version"),
            "weight": pick(shares, "weight"),
            "share_fen": pick(shares, "share_fen"),
        },
    )
    fold.distributions.add(
        1,
        {
            **place,
            **book_of(name),
            "value_date": event.value_date,
            "through": event.through,
            "boundary": event.boundary,
            "previous": event.previous,
            "method": "pool",
            "pool_fen": event.pool_fen,
        },
    )


def _rates_accrued(fold: "Fold", place: "Place", name: str, event: on.RatesAccrued) -> None:
    shares = event.shares
    run = {
        **place,
        **book_of(name),
        "value_date": event.value_date,
        "through": event.settled_on,
        "boundary": event.settled_on,
        "previous": event.previous,
        "method": "rate",
        "total_fen": event.total_fen,
        "waiting_fen": event.waiting_fen,
        "this_year_millionths": _millionths(event.this_year.percent),
        "carried_millionths": _millionths(event.carried.percent),
        "demand_millionths": _millionths(event.demand.percent),
    }
    fold.shares.add(
        len(shares),
        {
            "distribution": event_id(place["stream"], place["version"]),
            "building": pick(shares, "building"),
            "read_version": pick(shares, "version"),
            "share_fen": pick(shares, "credit_fen"),
        },
    )
    fold.distributions.add(1, run)


def _millionths(percent: str) -> int:
    """``"0.35"`` per cent is 3,500 millionths of one."""
    whole, _, decimals = percent.partition(".")
    digits = whole + decimals.ljust(4, "0")
    if (
        not whole
        or not (digits.isascii() and digits.isdigit())
        or len(decimals) > 4
        or int(digits) > 1_000_000
    ):
        raise Misplaced(f"利率“{percent}”不是百分数")
    return int(digits)


def _period_closed(fold: "Fold", place: "Place", name: str, event: on.PeriodClosed) -> None:
    fold.closings.add(
        1,
        {
            **place,
            **book_of(name),
            "period": event.period,
            "kind": event.kind,
            "ends": event.ends,
            "recorded_at": event.recorded_at,
            "origin": event.origin,
            "actor": event.actor,
        },
    )


def _chosen(event: on.BankAccountDesignated | on.BankAccountClosed) -> dict[str, str | None]:
    if isinstance(event, on.BankAccountClosed):
        return {"bank": None, "name": None, "tender": None}
    return {"bank": event.bank, "name": event.name, "tender": event.tender}


def _account(
    fold: "Fold", place: "Place", name: str, event: on.BankAccountDesignated | on.BankAccountClosed
) -> None:
    fold.accounts.add(
        1,
        {
            **place,
            **book_of(name),
            "account": event.account,
            "value_date": event.value_date,
            "closed": isinstance(event, on.BankAccountClosed),
            **_chosen(event),
            "papers": len(event.evidence),
            "origin": event.origin,
        },
    )


HANDLERS: Final[dict[type[on.Event], Handler]] = {
    on.BuildingsEntered: _buildings_entered,
    on.BankGainsReceived: _gains_received,
    on.GainsReversed: _gains_reversed,
    on.GainsDistributed: _gains_distributed,
    on.RatesAccrued: _rates_accrued,
    on.PeriodClosed: _period_closed,
    on.BankAccountDesignated: _account,
    on.BankAccountClosed: _account,
}
