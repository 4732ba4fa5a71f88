"""I09 专户不唯一: a book with several accounts at a time, one that was not tendered, or gains elsewhere."""

from collections.abc import Iterator

import polars as pl

from audit.accounts import designations
from audit.findings import Finding, Rule
from audit.rules.elsewhere import elsewhere
from audit.rules.figures import Figures, Row, event_ids
from ledger.identity import FUND_NAMES

RULE = Rule(
    id="I09",
    title="专户不唯一或未经招标",
    basis="165号令第10条（一个专户管理银行、一个专户）；招标为内控口径",
    severity="high",
    advice="清理多头开户，将资金归集到一个专户；补充专户管理银行的选定文件。",
)

_BOOK = ["county", "fund"]
_NEVER = pl.date(9999, 12, 31)


def find(figures: Figures) -> list[Finding]:
    """By book: accounts used side by side or designated together, gains elsewhere, no tender on record."""
    return [
        *_used(figures),
        *_designated(figures),
        *_gains(figures),
        *_paid_back(figures),
        *_untendered(figures),
    ]


def _used(figures: Figures) -> Iterator[Finding]:
    """Accounts of a book without designated one, used over spans of days that overlap.

    Amount: what came to all of them but the one that got most.
    """
    columns = [*_BOOK, "account", "value_date", "amount_fen", "position"]
    uses = pl.concat(
        frame.filter(pl.col("account").is_not_null()).select(*columns, event=event_ids())
        for frame in (figures.deposits, figures.gains)
    ).join(designations(figures.replay), on=_BOOK, how="anti")
    spans = (
        uses.group_by(*_BOOK, "account")
        .agg(pl.col("amount_fen").sum(), first=pl.col("value_date").min(), last=pl.col("value_date").max())
        .sort(*_BOOK, "first", "last", "account")
    )
    before = pl.col("last").cum_max().shift(1).over(_BOOK)
    crowded = spans.filter((pl.col("first") <= before).fill_null(value=False)).select(_BOOK).unique()
    for book in spans.join(crowded, on=_BOOK, how="semi").partition_by(_BOOK, maintain_order=True):
        others = book.sort("amount_fen", "account", descending=[True, False]).slice(1)
        evidence = uses.join(others, on=[*_BOOK, "account"], how="semi").sort("position")
        said = f"同时使用 {book.height} 个账号：{'、'.join(book['account'].sort())}"
        amount, events = int(others["amount_fen"].sum()), evidence["event"].to_list()
        yield _finding(book.row(0, named=True), amount, events, said, "used")


def _designated(figures: Figures) -> Iterator[Finding]:
    """Accounts that were designated while another one still was; amount: 0."""
    made = designations(figures.replay).with_columns(event=event_ids())
    pairs = made.join(made, on=_BOOK, suffix="_other").filter(
        (pl.col("position") < pl.col("position_other"))
        & (pl.col("since") < pl.col("until_other").fill_null(_NEVER))
        & (pl.col("since_other") < pl.col("until").fill_null(_NEVER))
    )
    for book in pairs.partition_by(_BOOK, maintain_order=True):
        both = pl.concat(
            [
                book.select("position", "account", "event"),
                book.select(position="position_other", account="account_other", event="event_other"),
            ]
        )
        places = both.unique().sort("position")
        said = f"同时开立专户：{'、'.join(places['account'].unique().sort())}"
        yield _finding(book.row(0, named=True), 0, places["event"].to_list(), said, "designated")


def _gains(figures: Figures) -> Iterator[Finding]:
    """Gains that the bank credited to another account; amount: those gains."""
    wrong = elsewhere(figures, figures.gains).with_columns(event=event_ids())
    for book in wrong.partition_by(_BOOK, maintain_order=True):
        said = f"收益进入非专户账号：{'、'.join(book['account'].unique().sort())}"
        amount, events = int(book["amount_fen"].sum()), book["event"].to_list()
        yield _finding(book.row(0, named=True), amount, events, said, "gains")


def _paid_back(figures: Figures) -> Iterator[Finding]:
    """What was paid back after a loss (灭失) from another account; amount: those payments."""
    paid = figures.obligations.filter(pl.col("kind") == "paid")
    wrong = elsewhere(figures, paid).with_columns(event=event_ids())
    for book in wrong.partition_by(_BOOK, maintain_order=True):
        said = f"灭失返还从非专户账号付出：{'、'.join(book['account'].unique().sort())}"
        amount, events = -int(book["amount_fen"].sum()), book["event"].to_list()
        yield _finding(book.row(0, named=True), amount, events, said, "paid-back")


def _untendered(figures: Figures) -> Iterator[Finding]:
    """Designated accounts without a tender paper on record and without any evidence; amount: 0."""
    made = designations(figures.replay).with_columns(event=event_ids())
    wrong = made.filter(pl.col("tender").is_null() & (pl.col("papers") == 0))
    for row in wrong.iter_rows(named=True):
        yield _finding(
            row, 0, [row["event"]], f"专户 {row['account']} 没有选定银行的招标文件", row["account"]
        )


def _finding(row: Row, amount_fen: int, events: list[str], said: str, key: str) -> Finding:
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=amount_fen,
        events=events,
        message=f"账套 {row['county']}/{row['fund']}（{FUND_NAMES[row['fund']]}）{said}。",
        key=f"{row['fund']} {key}",
    )
