"""What officers decided about units (核定、免交), as the audit believes it."""

import polars as pl

from audit.rules.figures import Figures

UNIT = ["building", "unit"]


def with_decided(units: pl.DataFrame, figures: Figures) -> pl.DataFrame:
    """Units with ``due_fen`` as an officer decided it, where one did, and without those exempt on day ``on``.

    The last decision by day, then by record, counts, and holds also before its day. An exemption on a ground
    that was none on the day it was decided is not believed.
    """
    decisions = figures.replay.decisions.sort("value_date", "position")
    overrides = decisions.filter(pl.col("kind") == "override").group_by(UNIT, maintain_order=True)
    exempt = decisions.filter(pl.col("kind") != "override").group_by(UNIT, maintain_order=True).last()
    believed = [
        figures.policy.dues.ground(row["reason"], row["value_date"]) is not None
        for row in exempt.iter_rows(named=True)
    ]
    exempt = exempt.filter(pl.Series(believed, dtype=pl.Boolean) & (pl.col("kind") == "exempt"))
    return (
        units.join(
            overrides.last().select(*UNIT, decided_fen="due_fen"), on=UNIT, how="left", maintain_order="left"
        )
        .join(
            exempt.select(*UNIT, exempt=pl.lit(value=True), until="until"),
            on=UNIT,
            how="left",
            maintain_order="left",
        )
        .filter(
            ~(
                pl.col("exempt").fill_null(value=False)
                & (pl.col("until").is_null() | (pl.col("on") <= pl.col("until")))
            ).fill_null(value=False)
        )
        .with_columns(due_fen=pl.coalesce("decided_fen", "due_fen"))
        .drop("decided_fen", "exempt", "until")
    )
