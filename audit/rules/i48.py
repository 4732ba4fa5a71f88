"""I48 验收前付尾款: the final stage, or more than the cap, was paid before the works were accepted."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I48",
    title="未验收先付尾款或超额付款",
    basis="165号令第22、23条（按工程进度拨付）；内控口径",
    severity="medium",
    advice="查明工程是否完工，补办验收；不合格的由维修单位返修，必要时追回尾款。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project and kind of irregularity, see ``_final``, ``_beyond`` and ``_closed``."""
    early = _final(figures)
    return [
        *(_finding(row) for row in early.iter_rows(named=True)),
        *_beyond(figures, early),
        *_closed(figures),
    ]


def _final(figures: Figures) -> pl.DataFrame:
    """Projects with final payments dated before the acceptance, or without any; amount: these payments."""
    early = (
        figures.payments.filter(pl.col("stage") == "final")
        .join(figures.projects.select("stream", "accepted_on"), on="stream", how="left")
        .filter(pl.col("accepted_on").is_null() | (pl.col("paid_on") < pl.col("accepted_on")))
        .group_by("stream")
        .agg(
            early_fen=pl.col("amount_fen").sum(),
            early=pl.col("version").sort(),
            early_on=pl.col("paid_on").min(),
        )
    )
    return figures.projects.join(early, on="stream", maintain_order="left")


def _beyond(figures: Figures, final: pl.DataFrame) -> list[Finding]:
    """Before acceptance more was paid than policy allows of the approved amount; amount: the most beyond.

    Not where the final payment was early: that is beyond the cap by itself.
    """
    others = figures.projects.join(final, on="stream", how="anti", maintain_order="left")
    dated = others.select("stream", "accepted_on", "approved_fen")
    early = (
        figures.payments.join(dated, on="stream")
        .filter(pl.col("approved_fen").is_not_null())
        .filter(pl.col("accepted_on").is_null() | (pl.col("paid_on") < pl.col("accepted_on")))
        .sort("paid_on", "position")
        .with_columns(spent_fen=pl.col("cost_fen").cum_sum().over("stream"))
    )
    most: dict[str, tuple[int, str]] = {}
    for row in early.iter_rows(named=True):
        cap = figures.policy.stage_cap(row["paid_on"])
        beyond = 0 if cap is None else row["spent_fen"] - cap.cap_fen(row["approved_fen"])
        if beyond > most.get(row["stream"], (0, ""))[0]:
            most[row["stream"]] = beyond, row["event"]
    found = figures.projects.filter(pl.col("stream").is_in(list(most)))
    return [_beyond_cap(row, *most[row["stream"]]) for row in found.iter_rows(named=True)]


def _beyond_cap(row: Row, beyond_fen: int, event: str) -> Finding:
    return RULE.finding(
        row,
        amount_fen=beyond_fen,
        events=[*facts(row, "approved"), event],
        message=f"项目 {row['project']} 验收前的付款超过批准金额的规定比例 {yuan(beyond_fen)} 元。",
        key="cap",
    )


def _closed(figures: Figures) -> list[Finding]:
    """Payments after the close (办结)."""
    late = (
        figures.payments.join(figures.projects.select("stream", "closed_on"), on="stream")
        .filter(pl.col("paid_on") > pl.col("closed_on"))
        .group_by("stream")
        .agg(late_fen=pl.col("cost_fen").sum(), late=pl.col("version").sort())
    )
    found = figures.projects.join(late, on="stream", maintain_order="left")
    return [
        RULE.finding(
            row,
            amount_fen=row["late_fen"],
            events=[*(event_id(row["stream"], version) for version in row["late"]), *facts(row, "closed")],
            message=f"项目 {row['project']} 于 {row['closed_on']} 办结后又付款 {yuan(row['late_fen'])} 元。",
            key="closed",
        )
        for row in found.iter_rows(named=True)
    ]


def _finding(row: Row) -> Finding:
    accepted = "没有验收记录" if row["accepted_on"] is None else f"{row['accepted_on']} 才验收"
    return RULE.finding(
        row,
        amount_fen=row["early_fen"],
        events=[*(event_id(row["stream"], version) for version in row["early"]), *facts(row, "accepted")],
        message=f"项目 {row['project']} 于 {row['early_on']} 支付尾款 {yuan(row['early_fen'])} 元，"
        f"{accepted}。",
    )
