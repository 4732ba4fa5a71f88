"""I19 表决票异常: ballots outside, repeated or missing, and votes held again after one that passed."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import Figures, Row, facts
from audit.rules.passing import objection
from audit.votes import UNIT, VOTE, charged_of
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I19",
    title="表决票缺失、重复、超出分摊范围或通过后重新表决",
    basis="165号令第19、22条；《民法典》第278条（2021年起）",
    severity="high",
    advice="调取表决票原件，向有关业主核实；确有伪造的，移送处理并重新表决。",
)


def find(figures: Figures) -> list[Finding]:
    """One finding a project and kind of irregularity; the ballots of its last vote count."""
    return [*_ballots(figures), *_without_ballots(figures), *_again(figures)]


def _without_ballots(figures: Figures) -> list[Finding]:
    """Votes without ballots of projects that were asked for them; registers of the past have the figures."""
    bare = figures.projects.filter(pl.col("liable").is_not_null() & pl.col("voted_on").is_not_null()).join(
        figures.replay.ballots.select("stream", vote_version="version").unique(),
        on=["stream", "vote_version"],
        how="anti",
        maintain_order="left",
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["stake_fen"],
            events=facts(row, "proposed", "vote"),
            message=f"项目 {row['project']} {row['voted_on']} 的表决没有逐户的表决意见，"
            f"涉及 {yuan(row['stake_fen'])} 元。",
            key="bare",
        )
        for row in bare.iter_rows(named=True)
    ]


def _again(figures: Figures) -> list[Finding]:
    """Votes after one that passed: of another day, or with ballots of their own.

    Figures without ballots that are told again for the same day are the same vote.
    """
    cast = figures.replay.ballots.select("stream", vote_version="version", cast=pl.lit(value=True)).unique()
    votes = (
        figures.replay.steps.filter(pl.col("vote_version").is_not_null())
        .filter(pl.len().over("stream") > 1)
        .join(cast, on=["stream", "vote_version"], how="left", maintain_order="left")
    )
    passed: dict[str, Row] = {}
    again: dict[str, list[Row]] = {}
    for vote in votes.sort("position").iter_rows(named=True):
        before = passed.get(vote["stream"])
        if before is None:
            if objection(vote, figures.policy) is None:
                passed[vote["stream"]] = vote
        elif vote["cast"] or vote["voted_on"] != before["voted_on"]:
            again.setdefault(vote["stream"], [before]).append(vote)
    found = figures.projects.filter(pl.col("stream").is_in(list(again)))
    return [_repeated(row, again[row["stream"]]) for row in found.iter_rows(named=True)]


def _repeated(row: Row, votes: list[Row]) -> Finding:
    first, last = votes[0]["voted_on"], votes[-1]["voted_on"]
    return RULE.finding(
        row,
        amount_fen=row["stake_fen"],
        events=[event_id(row["stream"], vote["vote_version"]) for vote in votes],
        message=f"项目 {row['project']} {first} 的表决已经通过，又重新表决（{last}），"
        f"涉及 {yuan(row['stake_fen'])} 元。",
        key="again",
    )


def _ballots(figures: Figures) -> list[Finding]:
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
