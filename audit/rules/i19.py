"""I19 表决票异常: ballots of units that a project does not charge, or several of one unit."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from audit.votes import UNIT, VOTE, charged_of
from ledger.money import yuan

RULE = Rule(
    id="I19",
    title="表决票重复或超出分摊范围",
    basis="165号令第19、22条；《民法典》第278条（2021年起）",
    severity="high",
    advice="调取表决票原件，向有关业主核实；确有伪造的，移送处理并重新表决。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project; the ballots of its last vote count."""
    replay = figures.replay
    last = figures.projects.select("stream", version="vote_version")
    votes = replay.steps.join(last, on=VOTE, how="semi").join(replay.ballots, on=VOTE, how="semi")
    if votes.is_empty():
        return []
    charged = charged_of(replay, votes).select(*VOTE, *UNIT)
    cast = replay.ballots.join(votes, on=VOTE, how="semi")
    outside = cast.join(charged, on=[*VOTE, *UNIT], how="anti").group_by("stream").agg(outside=pl.len())
    twice = (
        cast.group_by("stream", *UNIT)
        .agg(pl.len())
        .filter(pl.col("len") > 1)
        .group_by("stream")
        .agg(twice=pl.len())
    )
    wrong = (
        figures.projects.join(outside, on="stream", how="left", maintain_order="left")
        .join(twice, on="stream", how="left", maintain_order="left")
        .filter(pl.col("outside").is_not_null() | pl.col("twice").is_not_null())
    )
    return [_finding(row) for row in wrong.iter_rows(named=True)]


def _finding(row: Row) -> Finding:
    said = [f"{row['outside']} 张票不在分摊范围内"] if row["outside"] else []
    said += [f"{row['twice']} 户重复表决"] if row["twice"] else []
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=facts(row, "proposed", "vote"),
        message=f"项目 {row['project']} {row['voted_on']} 的表决中{'，'.join(said)}，"
        f"涉及 {yuan(row['stake_fen'])} 元。",
    )
