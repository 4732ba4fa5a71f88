"""Bank lines (对账单明细): what the bank says moved on its accounts."""

from sqlalchemy import BigInteger, Column, Date, Index, Integer, PrimaryKeyConstraint, Table

from ledger.events import StatementRecorded, StatementReversed
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

BANK = "bank/"

bank_lines = Table(
    "bank_lines",
    metadata,
    Column("position", BigInteger, nullable=False),
    Column("line", Integer, nullable=False, comment="index of the line in its event"),
    Column("account", KEY, nullable=False, comment="账号"),
    Column("value_date", Date, nullable=False, comment="交易日期"),
    Column("bank_ref", KEY, comment="银行流水号"),
    Column("amount_fen", BigInteger, nullable=False, comment="fen; negative: money out"),
    Column("balance_fen", BigInteger, comment="fen, after the line, where the bank states it (余额)"),
    Column("summary", KEY, comment="摘要"),
    Column("version", Integer, nullable=False, comment="of its event in the account's stream"),
    Column("reverses_version", Integer, comment="of a reversal (冲正): version it takes back in its stream"),
    Column("reverses_line", Integer, comment="of a reversal: line it takes back"),
    PrimaryKeyConstraint("position", "line"),
    Index(None, "account", "value_date"),
    Index(None, "bank_ref"),
    schema="read",
)


class BankLines(Appended):
    """The read model of ``read.bank_lines``."""

    name = "bank_lines"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each line of a statement, and one for each that is taken back."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(StatementRecorded, StatementReversed):
            if isinstance(event, StatementRecorded):
                lines: list[tuple[object, ...]] = [
                    (
                        line.bank_ref,
                        line.in_fen - line.out_fen,
                        line.balance_fen,
                        line.summary,
                        version,
                        None,
                        None,
                    )
                    for line in event.lines
                ]
            else:
                lines = [
                    (None, opposite.amount_fen, None, None, version, event.version, opposite.line)
                    for opposite in event.lines
                ]
            place = stream[len(BANK) :], event.value_date
            rows += [(position, index, *place, *line) for index, line in enumerate(lines)]
        return rows
