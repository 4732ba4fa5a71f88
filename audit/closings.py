"""Closings (销户): which accounts were closed at a version, by a loss (灭失) or by custody (划转).

A destroyed building's accounts all are, an owner's while the last transfer of custody that stands went out.
"""

import polars as pl

from audit.replay import Replay

OWNER = pl.lit("owner")


class Closings:
    """The losses and transfers of custody of every building, and when each was reversed."""

    def __init__(self, replay: Replay) -> None:
        gone = (
            replay.reversals.sort("position")
            .unique(["building", "reverses_version"], keep="first")
            .select("building", version="reverses_version", gone_version="version")
        )
        self._losses = _with(replay.destructions, gone)
        self._custody = _with(replay.custody, gone)

    def at(self, read: pl.DataFrame) -> pl.DataFrame:
        """``building`` and ``part`` of the closed accounts, as each stream stood at ``read_version``."""
        lost = _standing(self._losses, read).select("building").unique()
        out = (
            _standing(self._custody, read)
            .sort("version")
            .unique("building", keep="last")
            .filter("out")
            .select("building")
        )
        return pl.concat(
            [
                lost.with_columns(part=OWNER),
                lost.with_columns(part=pl.lit("seller")),
                out.with_columns(part=OWNER),
            ]
        ).unique()


def _with(frame: pl.DataFrame, gone: pl.DataFrame) -> pl.DataFrame:
    return frame.join(gone, on=["building", "version"], how="left")


def _standing(frame: pl.DataFrame, read: pl.DataFrame) -> pl.DataFrame:
    """The rows that had happened by the version read, and were not reversed by then."""
    seen = frame.join(read.select("building", "read_version").unique("building"), on="building")
    reversed_ = pl.col("gone_version") <= pl.col("read_version")
    return seen.filter((pl.col("version") <= pl.col("read_version")) & ~reversed_.fill_null(value=False))
