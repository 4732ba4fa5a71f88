"""What the rules look at: the replayed columns with reversed entries taken out, and sums they share.

A reversal (冲正) and the line it reverses cancel each other and are both gone here, so a mistake that was
put right is no finding. Every frame is computed once, when the first rule asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal, TypeVar

import msgspec
import polars as pl

from audit.replay import Replay
from ledger.identity import event_id
from ledger.policy import Policy

Row = dict[str, Any]
"""One named row of a frame."""

ACCOUNT = ("building", "unit", "part")
STATEMENT_ORDER = (pl.col("value_date"), pl.col("amount_fen") < 0, pl.col("position"), pl.col("line"))
"""Order of a statement (design): value date, money in before money out, position, line."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one rule in ``ledger/policy/audit.toml``; each rule adds its own figures."""

    valid_from: date
    mark: Literal["article", "custom", "unverified"]
    source: str


Settings = TypeVar("Settings", bound=Threshold)


def event_ids() -> pl.Expr:
    """``stream@version`` of each row."""
    return pl.format("{}@{}", "stream", "version")


def months_after(day: str, months: int) -> pl.Expr:
    """The same day ``months`` later (the month's last day where there is none)."""
    return pl.col(day).dt.offset_by(f"{months}mo")


def with_events(subjects: pl.DataFrame, rows: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    """Add ``events`` to each subject: the events of its ``rows``, each once, ordered by position."""
    events = (
        rows.join(subjects, on=on, how="semi", nulls_equal=True)
        .select(*on, "position", event=event_ids())
        .unique()
        .sort("position")
        .group_by(on, maintain_order=True)
        .agg(events=pl.col("event"))
    )
    return subjects.join(events, on=on, how="left", maintain_order="left", nulls_equal=True)


def facts(project: Row, *names: str) -> list[str]:
    """The events of one project behind facts (``proposed``, ``vote`` …) and ``payments``, by version."""
    versions: set[int] = set()
    for name in names:
        found = project["payments"] if name == "payments" else [project[f"{name}_version"]]
        versions.update(version for version in found if version is not None)
    return [event_id(project["stream"], version) for version in sorted(versions)]


def cross_project_events(figures: "Figures", projects: Iterable[Row]) -> list[str]:
    """The payments of each project, of an unpaid one its proposal, ordered by position."""
    events = [
        event for project in projects for event in facts(project, "payments") or facts(project, "proposed")
    ]
    return sorted(events, key=figures.repair_positions.__getitem__)


def with_balances(entries: pl.DataFrame) -> pl.DataFrame:
    """Entries in the order of the statements of their accounts, with the ``balance_fen`` after each."""
    return entries.sort(*ACCOUNT, *STATEMENT_ORDER).with_columns(
        balance_fen=pl.col("amount_fen").cum_sum().over(ACCOUNT)
    )


class Figures:
    """A replay as the rules see it."""

    def __init__(self, replay: Replay, policy: Policy) -> None:
        self.replay = replay
        self.policy = policy

    @cached_property
    def reference_day(self) -> date | None:
        """The latest value date of any money in the replay (参照日); None where there is no money yet."""
        days = [
            self.replay.entries["value_date"].max(),
            self.replay.gains["value_date"].max(),
            self.replay.payments["paid_on"].max(),
            self.replay.treasury["value_date"].max(),
        ]
        return max((day for day in days if isinstance(day, date)), default=None)

    @cached_property
    def today(self) -> date:
        """The reference day of a replay that has money; raises ValueError where there is none."""
        if self.reference_day is None:
            raise ValueError("no money in the replay: no reference day")
        return self.reference_day

    def settings(self, rule: str, kind: type[Settings]) -> Settings:
        """The thresholds of a rule in force on the reference day; the first ones also hold before their day.

        Raises KeyError for a rule that the file does not name, ValidationError for figures it does not have.
        """
        table: Mapping[str, Any] = self.policy.table("audit")
        periods = sorted(
            (msgspec.convert(period, kind) for period in table[rule]), key=lambda period: period.valid_from
        )
        in_force = [period for period in periods if period.valid_from <= self.today]
        return (in_force or periods[:1])[-1]

    @cached_property
    def entries(self) -> pl.DataFrame:
        """Entries of unit accounts that stand, with ``amount_fen``."""
        return _standing(self.replay.entries).with_columns(
            amount_fen=pl.col("principal_fen") + pl.col("interest_fen")
        )

    @cached_property
    def deposits(self) -> pl.DataFrame:
        """Deposit lines that stand."""
        return self.entries.filter(pl.col("kind") == "deposit")

    @cached_property
    def refunds(self) -> pl.DataFrame:
        """Refund lines that stand: ``given_fen`` and ``given_principal_fen`` positive.

        ``deposit_fen``, ``deposit_day`` and ``deposit_position`` are of the deposit that is given back, null
        where the refund names none that stands.
        """
        deposits = self.deposits.select(
            refunds=event_ids(),
            refunds_line="line",
            deposit_fen="amount_fen",
            deposit_day="value_date",
            deposit_position="position",
        )
        return (
            self.entries.filter(pl.col("kind") == "refund")
            .with_columns(given_fen=-pl.col("amount_fen"), given_principal_fen=-pl.col("principal_fen"))
            .join(deposits, on=["refunds", "refunds_line"], how="left", maintain_order="left")
        )

    @cached_property
    def first_deposits(self) -> pl.DataFrame:
        """First deposits (首期) that stand; ``amount_fen`` is less what was given back of each."""
        given = self.refunds.group_by("refunds", "refunds_line").agg(
            given_fen=pl.col("given_principal_fen").sum()
        )
        return (
            self.deposits.filter(pl.col("deposit_kind") == "first")
            .with_columns(event=event_ids())
            .join(
                given,
                left_on=["event", "line"],
                right_on=["refunds", "refunds_line"],
                how="left",
                maintain_order="left",
            )
            .with_columns(amount_fen=pl.col("amount_fen") - pl.col("given_fen").fill_null(0))
            .drop("event", "given_fen")
        )

    @cached_property
    def gains(self) -> pl.DataFrame:
        """Gains of books that stand."""
        return _standing(self.replay.gains)

    @cached_property
    def treasury(self) -> pl.DataFrame:
        """What a book's money was laid out in, petty cash and other money, as far as it stands."""
        return _standing(self.replay.treasury)

    @cached_property
    def cash(self) -> pl.DataFrame:
        """Money of each book on current accounts at the end of every day on which it moved: ``balance_fen``.

        Interest shared over units and a pledge move none; ``event`` is the last movement at ``position``.
        """
        columns = ("county", "fund", "value_date", "position", "event", "amount_fen")
        units = self.entries.filter(~pl.col("kind").is_in(["interest", "moved"]))
        laid_out = self.treasury.filter(pl.col("lot_kind").ne_missing(pl.lit("pledge"))).with_columns(
            amount_fen=pl.when(pl.col("kind") == "other-income")
            .then("amount_fen")
            .otherwise(-pl.col("amount_fen"))
        )
        frames = (frame.with_columns(event=event_ids()) for frame in (units, self.gains, laid_out))
        return (
            pl.concat(frame.select(columns) for frame in frames)
            .drop_nulls(["county", "fund"])
            .sort("position")
            .group_by("county", "fund", "value_date")
            .agg(pl.col("amount_fen").sum(), pl.col("position", "event").last())
            .sort("county", "fund", "value_date")
            .with_columns(balance_fen=pl.col("amount_fen").cum_sum().over("county", "fund"))
        )

    @cached_property
    def statements(self) -> pl.DataFrame:
        """Lines of bank statements that stand."""
        return _standing(self.replay.statements)

    @cached_property
    def running(self) -> pl.DataFrame:
        """Entries of accounts that money left, in statement order, with the ``balance_fen`` after each."""
        left = self.entries.filter(pl.col("amount_fen") < 0).select(ACCOUNT).unique()
        return with_balances(self.entries.join(left, on=ACCOUNT, how="semi"))

    @cached_property
    def payments(self) -> pl.DataFrame:
        """Repair payments that stand: ``amount_fen`` is what remains after reversed withdrawals."""
        every = self.replay.entries.filter((pl.col("kind") == "withdrawal") & ~pl.col("reversal"))
        reversed_fen = (
            every.join(
                self.entries.filter(pl.col("kind") == "withdrawal"),
                on=["stream", "version", "line"],
                how="anti",
            )
            .group_by(event="payment")
            .agg(reversed_fen=-(pl.col("principal_fen") + pl.col("interest_fen")).sum())
        )
        gone = self.replay.payment_reversals.select("stream", version="reverses_version")
        return (
            self.replay.payments.join(gone, on=["stream", "version"], how="anti", maintain_order="left")
            .with_columns(event=event_ids())
            .join(reversed_fen, on="event", how="left", maintain_order="left")
            .with_columns(amount_fen=pl.col("amount_fen") - pl.col("reversed_fen").fill_null(0))
            .filter(pl.col("amount_fen") > 0)
            .drop("reversed_fen")
            .sort("position")
        )

    @cached_property
    def returns(self) -> pl.DataFrame:
        """Repair money that came back and stands: lines of unit accounts, ``payment`` names the payment."""
        return self.entries.filter(pl.col("kind") == "return")

    @cached_property
    def destructions(self) -> pl.DataFrame:
        """Destructions of buildings (灭失) that stand."""
        return self._not_reversed(self.replay.destructions)

    @cached_property
    def custody(self) -> pl.DataFrame:
        """Transfers of custody (划转) that stand, out and in."""
        return self._not_reversed(self.replay.custody)

    @cached_property
    def in_custody(self) -> pl.DataFrame:
        """Buildings whose owners' money the assembly keeps, each with the ``event`` that passed it last."""
        last = self.custody.sort("position").unique("building", keep="last", maintain_order=True)
        return last.filter("out").with_columns(event=event_ids())

    @cached_property
    def obligations(self) -> pl.DataFrame:
        """What is owed for destroyed buildings, and what was paid of it, lines that stand."""
        return _standing(self.replay.obligations)

    def _not_reversed(self, frame: pl.DataFrame) -> pl.DataFrame:
        gone = self.replay.reversals.select("stream", version="reverses_version")
        return frame.join(gone, on=["stream", "version"], how="anti", maintain_order="left")

    @cached_property
    def projects(self) -> pl.DataFrame:
        """Projects with ``paid_fen`` and ``first_paid`` (null: unpaid), ``day`` and ``stake_fen``.

        ``payments`` are the versions of the payments that stand; ``day`` is the application's, else the first
        payment's; ``stake_fen`` the money at stake: what was paid, else approved, else estimated.
        """
        paid = self.payments.group_by("stream", maintain_order=True).agg(
            paid_fen=pl.col("amount_fen").sum(),
            first_paid=pl.col("paid_on").min(),
            payments=pl.col("version"),
        )
        return self.replay.projects.join(paid, on="stream", how="left", maintain_order="left").with_columns(
            pl.col("payments").fill_null([]),
            day=pl.coalesce("applied_on", "first_paid"),
            stake_fen=pl.coalesce("paid_fen", "approved_fen", "budget_fen", 0),
        )

    @cached_property
    def repair_positions(self) -> dict[str, int]:
        """Position of every event of a repair stream, for evidence that crosses projects."""
        repairs = self.replay.log.filter(pl.col("stream").str.starts_with("repair/"))
        return dict(repairs.select(event_ids(), "position").iter_rows())


_FEW: Final = 1000
"""Reversed rows around which a frame is cut; of more the pieces would cost more than a copy."""


def _standing(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that are neither reversals nor reversed."""
    reversed_lines = frame.filter("reversal").select(
        "stream", version=pl.col("reverses_version"), line=pl.col("reverses_line")
    )
    if reversed_lines.is_empty():  # the usual case: no copy of a large frame
        return frame
    rows = frame.select("stream", "version", "line", "reversal").with_row_index("row")
    undone = rows.join(reversed_lines, on=["stream", "version", "line"], how="semi")["row"]
    gone = sorted({*undone.to_list(), *rows.filter("reversal")["row"].to_list()})
    if len(gone) > _FEW:
        return frame.filter(~pl.int_range(pl.len()).is_in(gone))
    starts = [0, *(row + 1 for row in gone)]
    ends = [*gone, frame.height]
    slices = [frame.slice(start, end - start) for start, end in zip(starts, ends, strict=True)]
    return pl.concat(slices, rechunk=False)  # what stands is not copied
