"""Heirs: the units that took the place of closed ones (销户), and what they take over from them."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

ACCOUNT = ["building", "unit", "part"]


def with_heirs(named: pl.DataFrame, unit_changes: pl.DataFrame) -> pl.DataFrame:
    """Named units (``building``, ``unit``), and with them all that ever took their place (房屋变更).

    Of these the ones open at a moment are those that stand in for the named units then. Other columns are
    those of the unit that was named.
    """
    change, columns = ["building", "version"], named.columns
    gone = unit_changes.filter(pl.col("fate") == "closed").select(*change, "unit")
    new = unit_changes.filter(pl.col("fate") == "opened").select(*change, heir="unit")
    edges = gone.join(new, on=change).select("building", "unit", "heir").unique()
    found, step = named, named
    while not step.is_empty():
        step = (
            step.join(edges, on=["building", "unit"])
            .drop("unit")
            .rename({"heir": "unit"})
            .select(columns)
            .unique()
            .join(found, on=columns, how="anti", nulls_equal=True)
        )
        found = pl.concat([found, step])
    return found


def inherit(weighed: pl.DataFrame, closings: pl.DataFrame) -> pl.DataFrame:
    """Weights after changes of units that close some; an account is one row of ``weighed``."""
    if closings.is_empty():
        return weighed
    touched = weighed.join(closings.select("building").unique(), on="building", how="semi")
    weights = {(row[0], row[1], row[2]): row[3] for row in touched.select(*ACCOUNT, "weight").iter_rows()}
    for (building, *_), change in closings.sort("position").group_by(
        ["building", "position"], maintain_order=True
    ):
        after = change.filter("after").sort("unit")
        areas = dict(zip(after["unit"], after["area_dm2"], strict=True))
        for gone in change.filter(pl.col("fate") == "closed")["unit"]:
            for part in ("owner", "seller"):
                left = weights.get((building, gone, part), 0)
                if not left:
                    continue
                weights[building, gone, part] = 0
                for heir, inherited in zip(areas, shares(left, list(areas.values())), strict=True):
                    key = (building, heir, part)
                    weights[key] = weights.get(key, 0) + inherited
    rest = weighed.join(closings.select("building").unique(), on="building", how="anti")
    return pl.concat([rest.select(*ACCOUNT, "weight"), _frame(weights)])


def _frame(weights: Mapping[tuple[str, str, str], int]) -> pl.DataFrame:
    columns = {name: [key[index] for key in weights] for index, name in enumerate(ACCOUNT)}
    counted = pl.Series("weight", list(weights.values()), dtype=pl.Int128)
    return pl.DataFrame(columns, schema=dict.fromkeys(ACCOUNT, pl.String)).with_columns(counted)


def shares(total: int, areas: Sequence[int]) -> list[int]:
    """A total by area, whole numbers: rounded towards zero, the rest one each to the largest remainders.

    Written anew from the rule like ``audit.apportion``, for totals below zero too; areas come in the order of
    their units' numbers. Nothing can be shared without area: all of it is nobody's then.
    """
    whole = sum(areas)
    if whole <= 0 or min(areas) < 0:
        return [0] * len(areas)
    return list(_shares(abs(total), areas, whole, -1 if total < 0 else 1))


def _shares(amount: int, areas: Sequence[int], whole: int, sign: int) -> Iterator[int]:
    ranked = sorted(range(len(areas)), key=lambda index: (-(amount * areas[index] % whole), index))
    rest = amount - sum(amount * area // whole for area in areas)
    lucky = set(ranked[:rest])
    for index, area in enumerate(areas):
        yield sign * (amount * area // whole + (index in lucky))
