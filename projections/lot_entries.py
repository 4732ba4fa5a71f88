"""Lot entries (存单与债券台账): every placing, ending and coupon of a lot, one row an event.

What a lot still holds on any day, as known at any position, is the sum of its entries up to there.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import BondBought, Event, InvestmentRecorded, TimeDepositEnded, TimeDepositPlaced
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.treasury import ADDED

lot_entries = Table(
    "lot_entries",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("lot", KEY, nullable=False, comment="存单或债券编号"),
    Column("lot_kind", KEY, nullable=False, comment="time, notice, agreement, bond, or forbidden"),
    Column("kind", KEY, nullable=False, comment="lot-placed, lot-ended or bond-interest"),
    Column("value_date", Date, nullable=False),
    Column("amount_fen", BigInteger, nullable=False, comment="fen of cost; negative: came back"),
    Column("interest_fen", BigInteger, nullable=False, comment="fen received with it; a gain of the book"),
    Column("expected_fen", BigInteger, comment="interest to be expected, where known"),
    Column("name", KEY, comment="bank, issue or description"),
    Column("rate_bp", Integer, comment="annual rate, 1/100 %"),
    Column("term_months", Integer, comment="存期"),
    Column("matures_on", Date, comment="到期日"),
    Column("renew", Boolean, comment="自动转存"),
    Column("account", KEY, comment="current account it left or reached"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    Column("reverses_version", Integer, comment="of a reversal (冲正): version it takes back in its stream"),
    PrimaryKeyConstraint("position"),
    Index(None, "county", "fund", "lot"),
    schema="read",
)


class LotEntries(Appended):
    """The read model of ``read.lot_entries``."""

    name = "lot_entries"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each event of a lot."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(*ADDED):
            added = ADDED[type(event)](event)
            if added.lot is None:
                continue
            _, county, fund = stream.split("/")
            rows.append(
                (
                    position,
                    county,
                    fund,
                    added.lot,
                    added.lot_kind,
                    added.kind,
                    event.value_date,
                    added.amount_fen,
                    added.interest_fen,
                    *_facts(event),
                    getattr(event, "account", None),
                    version,
                    added.reverses,
                )
            )
        return rows


def _facts(event: Event) -> tuple[object, ...]:
    """Interest to be expected, name, rate, term, maturity, and whether renewed."""
    match event:
        case TimeDepositPlaced():
            return None, event.bank, event.rate_bp, event.term_months, event.matures_on, event.renew
        case BondBought():
            return None, event.issue_name, event.rate_bp, None, event.matures_on, False
        case InvestmentRecorded():
            return None, event.description, None, None, None, None
        case TimeDepositEnded():
            return event.expected_fen, None, None, None, None, None
        case _:
            return None, None, None, None, None, None
