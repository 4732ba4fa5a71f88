"""I11 增值收益未及时分配: gains that wait too long for a distribution to the unit accounts."""

from collections.abc import Iterator

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, Threshold, event_ids, months_after
from ledger.identity import FUND_NAMES, Fund, event_id
from ledger.money import yuan

RULE = Rule(
    id="I11",
    title="增值收益长期未分配到户",
    basis="165号令第27条（转入滚存）；分配期限为内控口径",
    severity="medium",
    advice="按积数将增值收益分配到分户账，并建立定期结息分配制度。",
)

TAKEN = {
    "position": pl.Int64,
    "line": pl.Int64,
    "through": pl.Date,
    "taken_at": pl.Int64,
    "taken_by": pl.String,
}


class Months(Threshold, frozen=True, kw_only=True):
    """A gain may wait ``months`` from its value date."""

    months: int


def find(figures: Figures) -> list[Finding]:
    """One finding a book; amount: the gains concerned. One a building that left before it had its share."""
    gains = figures.gains.select(
        "county", "fund", "value_date", "position", "line", "amount_fen", event=event_ids()
    ).sort("value_date", "position", "line")
    gains_of = gains.partition_by("county", "fund", as_dict=True)
    runs = figures.replay.distributions.with_columns(event=event_ids()).sort("position")
    taken = pl.DataFrame(
        [
            taken
            for book, settled in runs.partition_by("county", "fund", as_dict=True).items()
            for taken in _taken(gains_of.get(book, gains.clear()), settled)
        ],
        schema=TAKEN,
        orient="row",
    )
    late = (
        gains.join(taken, on=["position", "line"], how="left", maintain_order="left")
        .with_columns(until=pl.col("through").fill_null(figures.today))
        .filter(pl.col("until") > months_after("value_date", figures.settings(RULE.id, Months).months))
    )
    return [
        *(_finding(book) for book in late.partition_by("county", "fund", maintain_order=True)),
        *_left_early(figures, gains.join(taken, on=["position", "line"], how="left"), runs),
    ]


def _left_early(figures: Figures, gains: pl.DataFrame, runs: pl.DataFrame) -> Iterator[Finding]:
    """Buildings that left (灭失、划转) with money while gains of the days before waited to be shared.

    Amount: these gains of the book. What a pool shares out later passes the building by; interest at rates
    comes after it all the same.
    """
    columns = ["stream", "version", "position", "building", "county", "estate", "value_date"]
    left = pl.concat(
        [figures.destructions.select(columns), figures.custody.filter("out").select(columns)]
    ).sort("position")
    for row in left.iter_rows(named=True):
        moved = figures.entries.filter(
            (pl.col("stream") == row["stream"]) & (pl.col("version") == row["version"])
        )
        for fund in moved["fund"].drop_nulls().unique().sort():
            book = (pl.col("county") == row["county"]) & (pl.col("fund") == fund)
            before = runs.filter(book & (pl.col("position") < row["position"])).tail(1).rows(named=True)
            if before and (before[0]["method"] == "rate" or before[0]["through"] >= row["value_date"]):
                continue
            waiting = gains.filter(
                book
                & (pl.col("position") < row["position"])
                & (pl.col("value_date") <= row["value_date"])
                & (pl.col("taken_at").is_null() | (pl.col("taken_at") > row["position"]))
            )
            if not waiting.is_empty():
                yield _building(row, fund, waiting)


def _building(row: Row, fund: Fund, waiting: pl.DataFrame) -> Finding:
    amount = int(waiting["amount_fen"].sum())
    event = event_id(row["stream"], row["version"])
    return RULE.finding(
        row,
        amount_fen=amount,
        events=[*waiting.sort("position")["event"], event],
        message=f"楼幢 {row['building']} 于 {row['value_date']} 灭失或划转时，账套 {row['county']}/{fund}"
        f"（{FUND_NAMES[fund]}）尚有收益 {yuan(amount)} 元没有分配。",
        key=f"left {fund} {event}",
    )


def _taken(gains: pl.DataFrame, runs: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    """Which settlement of a book took each gain, oldest first.

    A distribution takes all gains on record before it; interest at rates those that what it credited, with
    what was credited before it, pays for.
    """
    waiting: list[Row] = list(gains.iter_rows(named=True))
    credited = 0
    for run in runs.iter_rows(named=True):
        credited += run["total_fen"] or 0
        still: list[Row] = []
        for gain in waiting:
            received = gain["position"] < run["position"] and gain["value_date"] <= run["through"]
            if received and run["method"] == "rate":
                received = not still and gain["amount_fen"] <= credited
                credited -= gain["amount_fen"] * received
            if received:
                yield gain["position"], gain["line"], run["through"], run["position"], run["event"]
            else:
                still.append(gain)
        waiting = still


def _finding(late: pl.DataFrame) -> Finding:
    row: Row = late.row(0, named=True)
    events = pl.concat(
        [late.select("position", "event"), late.select(position="taken_at", event="taken_by").drop_nulls()]
    )
    amount = int(late["amount_fen"].sum())
    waiting = int(late.filter(pl.col("through").is_null())["amount_fen"].sum())
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=amount,
        events=events.unique().sort("position")["event"].to_list(),
        message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）有 {late.height} 笔增值收益"
        f"共 {yuan(amount)} 元久未分配到户，最早 {row['value_date']} 到账，"
        f"其中 {yuan(waiting)} 元至今未分配。",
        key=row["fund"],
    )
