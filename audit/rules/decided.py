"""What officers decided about units (核定、免交), as the audit believes it."""

import polars as pl

from audit.rules.figures import Figures

UNIT = ["building", "unit"]


def with_decided(units: pl.DataFrame, figures: Figures) -> pl.DataFrame:
    """Units with ``due_fen`` as an officer decided it, where one did, and without those exempt on day ``on``.

    The last decision by day, then by record, counts, and holds also before its day.
    """
    decisions = figures.replay.decisions.sort("value_date", "position")
    decided = (
        decisions.filter(pl.col("kind") == "override")
        .group_by(UNIT, maintain_order=True)
        .last()
        .select(*UNIT, decided_fen="due_fen")
    )
    return (
        without_exempt(units, figures)
        .join(decided, on=UNIT, how="left", maintain_order="left")
        .with_columns(due_fen=pl.coalesce("decided_fen", "due_fen"))
        .drop("decided_fen")
    )


def without_exempt(units: pl.DataFrame, figures: Figures) -> pl.DataFrame:
    """Units without those exempt on day ``on``.

    An exemption on a ground that was none on the day it was decided is not believed.
    """
    decisions = figures.replay.decisions.sort("value_date", "position").filter(pl.col("kind") != "override")
    last = decisions.group_by(UNIT, maintain_order=True).last()
    believed = [
        row["kind"] == "exempt" and figures.policy.dues.ground(row["reason"], row["value_date"]) is not None
        for row in last.iter_rows(named=True)
    ]
    exempt = last.filter(pl.Series(believed, dtype=pl.Boolean)).select(
        *UNIT, exempt=pl.lit(value=True), until="until"
    )
    stands = pl.col("until").is_null() | (pl.col("on") <= pl.col("until"))
    return (
        units.join(exempt, on=UNIT, how="left", maintain_order="left")
        .filter(pl.col("exempt").is_null() | stands.not_())
        .drop("exempt", "until")
    )
