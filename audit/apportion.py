"""Apportioning (分摊), the second witness: exact shares by weight, for whole columns of totals at once.

Written anew from the rule, not from ``ledger.money``: each share is its proportion rounded down to the fen,
and the fen left over go one each to the largest remainders, ties to the first in order. 128-bit whole
numbers: fen × (fen × days) does not fit 64 bits.
"""

from collections.abc import Sequence

import polars as pl


def apportion(
    frame: pl.DataFrame, total: str, weight: str, within: Sequence[str], order: Sequence[str]
) -> pl.Series:
    """The share of each row of ``frame`` in the ``total`` of its group ``within``, by ``weight``, Int64.

    ``total`` is the same in a group and not negative, weights are not negative; null where a group has no
    weight. ``order`` breaks ties; text is ordered by code point.
    """
    lots = pl.col(weight).cast(pl.Int128)
    product = pl.col(total).cast(pl.Int128) * lots
    return (
        frame.with_row_index("_row")
        .with_columns(_whole=lots.sum().over(within), _product=product)
        .with_columns(
            _share=pl.when(pl.col("_whole") > 0).then(pl.col("_product") // pl.col("_whole")),
            _rest=pl.when(pl.col("_whole") > 0).then(pl.col("_product") % pl.col("_whole")),
        )
        .sort(*within, "_rest", *order, descending=[*[False] * len(within), True, *[False] * len(order)])
        .with_columns(
            _left=pl.col(total) - pl.col("_share").sum().over(within),
            _rank=pl.int_range(pl.len()).over(within),
        )
        .with_columns(_share=pl.col("_share") + (pl.col("_rank") < pl.col("_left")).cast(pl.Int128))
        .sort("_row")["_share"]
        .cast(pl.Int64)
    )


def apportion_one(total: int, weights: Sequence[int]) -> list[int]:
    """The same for one total and a few weights, not all zero."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda index: (-(total * weights[index] % whole), index))
    for index in by_rest[: total - sum(shares)]:
        shares[index] += 1
    return shares
