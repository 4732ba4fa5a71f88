"""I32 重复退款: a deposit given back again, or an account that gave back more than was deposited."""

import polars as pl

from audit.findings import Finding, Rule
from audit.rules.figures import ACCOUNT, Figures, Row, with_events
from ledger.money import yuan

RULE = Rule(
    id="I32",
    title="重复退款或超额退款",
    basis="财会〔2020〕7号（返还支出）；165号令第10条（按户设分户账）；内控口径",
    severity="high",
    advice="核对退款申请与原交存票据，追回多退的款项，并冲正重复的退款。",
)

DEPOSIT = ["refunds", "refunds_line"]


def find(figures: Figures) -> list[Finding]:
    """One finding a deposit, else an account; amount: what was given back beyond what was deposited.

    And one a repair payment of which more came back (退回) than was paid.
    """
    twice = _deposits(figures)
    return (
        [_deposit(row) for row in twice.iter_rows(named=True)] + _accounts(figures, twice) + _repairs(figures)
    )


def _deposits(figures: Figures) -> pl.DataFrame:
    """Deposits of which a refund came after the whole, or took more principal than there was.

    Interest may go with the principal, so the sum alone does not tell.
    """
    given = (
        figures.refunds.filter(pl.col("deposit_fen").is_not_null())
        .sort("position", "line")
        .with_columns(
            before_fen=(pl.col("given_fen").cum_sum() - pl.col("given_fen")).over(DEPOSIT),
            principal_fen=pl.col("given_principal_fen").cum_sum().over(DEPOSIT),
        )
    )
    too_much = (pl.col("before_fen") >= pl.col("deposit_fen")) | (
        pl.col("principal_fen") > pl.col("deposit_fen")
    )
    wrong = given.join(given.filter(too_much).select(DEPOSIT).unique(), on=DEPOSIT, how="semi")
    deposits = wrong.group_by(DEPOSIT, maintain_order=True).agg(
        pl.col("county", "estate", "building", "unit", "part", "receipt_no", "deposit_fen").first(),
        times=pl.len(),
        given_fen=pl.col("given_fen").sum(),
    )
    return with_events(deposits, wrong, DEPOSIT)


def _deposit(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["given_fen"] - row["deposit_fen"],
        events=[row["refunds"], *row["events"]],
        message=f"楼幢 {row['building']} 户 {row['unit']} 票据 {row['receipt_no']} 交存"
        f" {yuan(row['deposit_fen'])} 元，退款 {row['times']} 次共 {yuan(row['given_fen'])} 元。",
        key=f"{row['refunds']} {row['refunds_line']}",
    )


def _accounts(figures: Figures, known: pl.DataFrame) -> list[Finding]:
    """Accounts with refunds of no deposit on record, and more principal given back than deposited.

    What moved there from a split or merged unit was deposited by it.
    """
    refunds = figures.refunds.filter(pl.col("refund_reason") != "destroyed")
    unknown = refunds.filter(pl.col("deposit_fen").is_null()).select(ACCOUNT).unique()
    moved_in = (pl.col("kind") == "moved") & (pl.col("principal_fen") > 0)
    paid_in = (
        figures.entries.filter(pl.col("kind").is_in(["deposit", "opening"]) | moved_in)
        .group_by(ACCOUNT)
        .agg(paid_fen=pl.col("principal_fen").sum())
    )
    accounts = (
        refunds.join(unknown, on=ACCOUNT, how="semi", maintain_order="left")
        .join(known, on=ACCOUNT, how="anti", maintain_order="left")
        .group_by(ACCOUNT, maintain_order=True)
        .agg(pl.col("county", "estate").first(), given_fen=pl.col("given_principal_fen").sum())
        .join(paid_in, on=ACCOUNT, how="left", maintain_order="left")
        .with_columns(pl.col("paid_fen").fill_null(0))
        .filter(pl.col("given_fen") > pl.col("paid_fen"))
    )
    return [_account(row) for row in with_events(accounts, refunds, ACCOUNT).iter_rows(named=True)]


def _account(row: Row) -> Finding:
    return RULE.finding(
        row,
        amount_fen=row["given_fen"] - row["paid_fen"],
        events=row["events"],
        message=f"楼幢 {row['building']} 户 {row['unit']} 共交存 {yuan(row['paid_fen'])} 元，"
        f"退还本金 {yuan(row['given_fen'])} 元。",
        key=row["part"],
    )


def _repairs(figures: Figures) -> list[Finding]:
    """Amount: what came back beyond what the fund paid; evidence: the payment and the returns."""
    back = figures.returns.group_by("payment", maintain_order=True).agg(
        back_fen=pl.col("amount_fen").sum(), returned=pl.col("returned").unique(maintain_order=True)
    )
    beyond = figures.payments.join(back, left_on="event", right_on="payment").filter(
        pl.col("back_fen") > pl.col("amount_fen")
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["back_fen"] - row["amount_fen"],
            events=[row["event"], *row["returned"]],
            message=f"项目 {row['project']} 的付款 {row['event']} 支付 {yuan(row['amount_fen'])} 元，"
            f"先后退回 {yuan(row['back_fen'])} 元。",
            key=row["event"],
        )
        for row in beyond.iter_rows(named=True)
    ]
