"""Distributions (增值收益分配) and interest at listed rates (定率计息): the share of every building."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Numeric, PrimaryKeyConstraint, Table

from ledger.events import GainsDistributed, RatesAccrued
from ledger.money import Fen
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

distributions = Table(
    "distributions",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the building in its event"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    Column("method", KEY, nullable=False, comment="pool (积数分摊) or rates (定率计息)"),
    Column("value_date", Date, nullable=False),
    Column("boundary", Date, nullable=False, comment="first day of the next span"),
    Column("previous", Date, comment="boundary before; null: none"),
    Column("total_fen", BigInteger, nullable=False, comment="of all buildings"),
    Column("building", KEY, nullable=False, comment="楼幢编码"),
    Column("weight", Numeric(38, 0), comment="积数, fen × days, of a pool"),
    Column("share_fen", BigInteger, nullable=False),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "county", "fund", "version"),
    schema="read",
)


Line = tuple[str, int | None, Fen]
"""Building, weight of a pool, and share."""


def _lines(event: GainsDistributed | RatesAccrued) -> list[Line]:
    if isinstance(event, GainsDistributed):
        return [(share.building, share.weight, share.share_fen) for share in event.shares]
    return [(share.building, None, share.credit_fen) for share in event.shares]


class Distributions(Appended):
    """The read model of ``read.distributions``."""

    name = "distributions"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each building of a run."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(GainsDistributed, RatesAccrued):
            if isinstance(event, GainsDistributed):
                method, total = "pool", event.pool_fen
            else:
                method, total = "rates", event.total_fen
            _, county, fund = stream.split("/")
            run = county, fund, version, method, event.value_date, event.boundary, event.previous, total
            rows += [(position, index, *run, *line) for index, line in enumerate(_lines(event))]
        return rows
