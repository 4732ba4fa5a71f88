"""Book entries (账套分录): gains the bank credited, and other money of a book that is on no unit account."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, PrimaryKeyConstraint, Table

from ledger.events import BankGainsReceived, Event, GainsReversed, OtherExpensePaid, TreasuryReversed
from ledger.money import Fen
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch
from projections.treasury import ADDED

book_entries = Table(
    "book_entries",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("value_date", Date, nullable=False, comment="when it counts (到账日期)"),
    Column("kind", KEY, nullable=False, comment="what moved; docs/tables.md has the kinds"),
    Column(
        "category",
        KEY,
        comment="of a gain: demand, time or bond (活期、定期、国债); of an expense its kind",
    ),
    Column("account", KEY, comment="receiving account (账号)"),
    Column("amount_fen", BigInteger, nullable=False, comment="fen; opposite in a reversal"),
    Column("bank_ref", KEY, comment="银行流水号"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    Column("reversal", Boolean, nullable=False, comment="冲正"),
    PrimaryKeyConstraint("position", "line"),
    schema="read",
)

Line = tuple[str, str | None, str | None, Fen, str | None]
"""Kind, category, account, amount and bank reference."""


class BookEntries(Appended):
    """The read model of ``read.book_entries``."""

    name = "book_entries"
    version = 2

    def fold(self, batch: Batch) -> Rows:
        """A row for each line of money of a book."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(BankGainsReceived, GainsReversed, *ADDED):
            if type(event) is BankGainsReceived:
                lines: list[Line] = [
                    ("gain", gain.category, gain.account, gain.amount_fen, gain.bank_ref)
                    for gain in event.lines
                ]
            elif type(event) is GainsReversed:
                lines = [
                    ("gain", opposite.category, None, opposite.amount_fen, None) for opposite in event.lines
                ]
            else:
                lines = _other_money(event)
            if not lines:
                continue
            _, county, fund = stream.split("/")
            reversal = type(event) in (GainsReversed, TreasuryReversed)
            for line, (kind, category, account, amount_fen, bank_ref) in enumerate(lines):
                rows.append(
                    (
                        position,
                        line,
                        county,
                        fund,
                        event.value_date,
                        kind,
                        category,
                        account,
                        amount_fen,
                        bank_ref,
                        version,
                        reversal,
                    )
                )
        return rows


def _other_money(event: Event) -> list[Line]:
    """Petty cash, other income and other expense; lots are in ``read.lot_entries``."""
    added = ADDED[type(event)](event)
    if added.kind not in ("petty-cash", "other-income", "other-expense"):
        return []
    account, bank_ref = getattr(event, "account", None), getattr(event, "bank_ref", None)
    kind = event.kind if isinstance(event, OtherExpensePaid) else None
    return [(added.kind, kind, account, added.amount_fen, bank_ref)]
