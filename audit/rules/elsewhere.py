"""Money outside the designated account (专户): what I08 and I09 have in common."""

import polars as pl

from audit.accounts import designations
from audit.rules.figures import Figures

_BOOK = ["county", "fund"]


def elsewhere(figures: Figures, money: pl.DataFrame) -> pl.DataFrame:
    """The rows of ``money`` that name an account which was not the book's designated one on their day.

    Only from the first day on which the book had one.
    """
    known = designations(figures.replay).select(*_BOOK, "account", "since", "until")
    begun = known.group_by(_BOOK).agg(begun=pl.col("since").min())
    named = money.filter(pl.col("account").is_not_null())
    at_home = (
        named.join(known, on=[*_BOOK, "account"])
        .filter(
            (pl.col("since") <= pl.col("value_date"))
            & (pl.col("until").is_null() | (pl.col("value_date") <= pl.col("until")))
        )
        .select("position", "line")
        .unique()
    )
    return (
        named.join(begun, on=_BOOK)
        .filter(pl.col("value_date") >= pl.col("begun"))
        .join(at_home, on=["position", "line"], how="anti")
        .sort("position", "line")
    )
