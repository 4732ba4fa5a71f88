"""What the read tables of the journal must hold: by which rule an entry is booked, and the vouchers."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import polars as pl

from audit.replay import Replay
from ledger.policy import load

YEAR: Final = pl.col("value_date").dt.year()

VOUCHERS: Final = {
    "position": pl.Int64,
    "county": pl.String,
    "fund": pl.String,
    "period": pl.String,
    "number": pl.Int64,
    "kind": pl.String,
    "date": pl.Date,
    "closes_month": pl.Boolean,
    "closes_year": pl.Boolean,
    "stream": pl.String,
    "version": pl.Int64,
    "actor": pl.String,
    "papers": pl.Int64,
}


def booked(entries: pl.DataFrame) -> pl.DataFrame:
    """The entries with ``entry``, the posting rule of each; a reversal is booked as its original."""
    kind = pl.col("kind")
    deposited = pl.col("refunds_day").dt.year()
    refunded = (
        pl.when(pl.col("obligation").fill_null(value=False))
        .then(pl.lit("destroyed"))
        .when(deposited.is_null())
        .then(pl.lit("refund-untraced"))
        .when(deposited == YEAR)
        .then(pl.lit("refund"))
        .otherwise(pl.lit("refund-earlier"))
    )
    returned = pl.when(pl.col("paid_on").dt.year() == YEAR).then(pl.lit("return"))
    first_hand = (
        pl.when(kind == "income")
        .then(pl.lit("income-") + pl.col("income_category").fill_null("other"))
        .when(kind == "refund")
        .then(refunded)
        .when(kind == "return")
        .then(returned.otherwise(pl.lit("return-earlier")))
        .otherwise(kind)
    )
    own = entries.with_columns(own=first_hand)
    originals = own.select("building", "line", "own", "version").rename(
        {"own": "of_original", "line": "reverses_line", "version": "reverses_version"}
    )
    return own.join(
        originals,
        on=["building", "reverses_version", "reverses_line"],
        how="left",
        maintain_order="left",
    ).with_columns(entry=pl.when("reversal").then(pl.coalesce("of_original", "own")).otherwise("own"))


def vouchers(replay: Replay) -> pl.DataFrame:
    """A voucher for each event in each book that it moves money of, and one for each closing, as numbered."""
    said = replay.recorded.select("position", "actor", "papers")
    rows = _Numbering().number(_moving(replay).join(said, on="position", how="left").sort("position", "fund"))
    return pl.DataFrame(list(rows), schema=VOUCHERS, orient="row")


def _moving(replay: Replay) -> pl.DataFrame:
    place = ["position", "stream", "version", "county", "fund", "value_date"]
    nothing = [pl.lit(None, pl.String).alias("closing"), pl.lit(None, pl.Date).alias("ends")]
    gains = replay.gains.with_columns(entry=pl.lit("gain-") + pl.col("category"))
    laid = replay.treasury.filter(
        (pl.col("amount_fen") != 0) & pl.col("lot_kind").ne_missing(pl.lit("pledge"))
    ).with_columns(
        entry=pl.when(pl.col("lot").is_null()).then("kind").otherwise(pl.lit("lot-") + pl.col("lot_kind"))
    )
    owed = replay.obligations.filter(pl.col("kind") == "paid").with_columns(entry=pl.lit("obligation"))
    moved = (
        pl.concat(frame.select(*place, "entry") for frame in (booked(replay.entries), gains, laid, owed))
        .group_by(place)
        .agg(entries=pl.col("entry").unique())
        .select(*place, "entries", *nothing)
    )
    closed = replay.closings.select(
        "position",
        "stream",
        "version",
        "county",
        "fund",
        value_date="ends",
        entries=pl.lit([], pl.List(pl.String)),
        closing="kind",
        ends="ends",
    )
    return pl.concat([moved, closed])


class _Numbering:
    """Counts vouchers by book and month, event after event."""

    def __init__(self) -> None:
        table = load().table("journal")
        every = [(row["account"], row) for row in table["closing"]]
        self._closings: dict[str, list[dict[str, Any]]] = {}
        for account, row in every:
            self._closings.setdefault(account, []).append(row)
        self._postings: dict[str, list[dict[str, Any]]] = {}
        for row in table["posting"]:
            self._postings.setdefault(row["entry"], []).append(row)
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._waiting: dict[tuple[str, str, str], set[str]] = {}
        self._open: dict[tuple[str, str], str] = {}

    def number(self, moving: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
        for row in moving.iter_rows(named=True):
            book = row["county"], row["fund"]
            if row["closing"] is not None:
                for period in self._closed(book, row["closing"], row["ends"]):
                    kind, last = f"{row['closing']}-closing", min(_last(period), row["ends"])
                    yield self._voucher(row, period, kind, last, set())
                continue
            day = row["value_date"]
            period = max(f"{day:%Y-%m}", self._open.get(book, ""))
            first = date(int(period[:4]), int(period[5:]), 1)
            waits = set() if day.year < first.year else self._waits(row["entries"], first)
            self._waiting.setdefault((*book, period), set()).update(waits)
            yield self._voucher(row, period, "entry", max(day, first), waits)

    def _voucher(
        self, row: dict[str, Any], period: str, kind: str, on: date, waits: set[str]
    ) -> tuple[Any, ...]:
        place = row["county"], row["fund"], period
        self._numbers[place] = self._numbers.get(place, 0) + 1
        return (
            row["position"],
            *place,
            self._numbers[place],
            kind,
            on,
            "month" in waits,
            "year" in waits,
            row["stream"],
            row["version"],
            row["actor"],
            row["papers"],
        )

    def _closed(self, book: tuple[str, str], kind: str, ends: date) -> list[str]:
        through = f"{ends:%Y-%m}"
        months = sorted(
            place[2] for place, waits in self._waiting.items() if place[:2] == book and kind in waits
        )
        if kind == "year":
            return [through] if any(month[:4] == through[:4] for month in months) else []
        first = self._open.get(book, "")
        self._open[book] = max(first, _next(through))
        return [month for month in months if first <= month <= through]

    def _waits(self, entries: list[str], on: date) -> set[str]:
        """The closings of income and expense that the rules of a day book these entries on."""
        accounts = (
            account
            for entry in entries
            for row in self._postings.get(entry, [])
            if _holds(row, on)
            for account in (row.get("debit", ""), row["credit"])
        )
        return {
            row["every"] for account in accounts for row in self._closings.get(account, []) if _holds(row, on)
        }


def _holds(row: dict[str, Any], on: date) -> bool:
    return bool(row["valid_from"] <= on and (row.get("valid_to") is None or on < row["valid_to"]))


def _next(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12:04}-{month % 12 + 1:02}"


def _last(period: str) -> date:
    following = _next(period)
    return date.fromordinal(date(int(following[:4]), int(following[5:]), 1).toordinal() - 1)
