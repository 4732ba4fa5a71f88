"""What books owe every year (年度义务): reconciliations with the bank, and publications, art. 30."""

from sqlalchemy import BigInteger, Column, Date, Integer, PrimaryKeyConstraint, Table

from ledger.events import PublicationIssued, StatementReconciled
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

yearly = Table(
    "yearly",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("kind", KEY, nullable=False, comment="reconciliation (对账) or publication (公布)"),
    Column("year", Integer, nullable=False, comment="of a reconciliation that of its day"),
    Column("value_date", Date, nullable=False, comment="reconciled through; published on"),
    Column("account", KEY, comment="of a reconciliation (账号)"),
    Column("bank_fen", BigInteger, comment="of a reconciliation: the bank's balance"),
    Column("ledger_fen", BigInteger, comment="the ledger's balance; all accounts of a publication"),
    Column("difference_fen", BigInteger, comment="of a reconciliation: what no item explains"),
    Column("items", Integer, nullable=False, comment="open items (未达账项); accounts of a publication"),
    Column("estate", KEY, comment="of a publication: one estate; null: the whole book"),
    Column("sha256", KEY, comment="of the sheet published, in hex"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    PrimaryKeyConstraint("position"),
    schema="read",
)


class Yearly(Appended):
    """The read model of ``read.yearly``."""

    name = "yearly"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each reconciliation and each publication."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(StatementReconciled, PublicationIssued):
            facts: tuple[object, ...]
            if isinstance(event, StatementReconciled):
                items = len(event.bank_items) + len(event.ledger_items)
                balances = event.bank_balance_fen, event.ledger_balance_fen, event.difference_fen
                kind, year, account = "reconciliation", event.value_date.year, event.account
                facts = *balances, items, None, None
            else:
                kind, year, account = "publication", event.year, None
                held = event.totals.closing_fen
                facts = None, held, None, event.accounts, event.estate, event.sha256
            _, county, fund = stream.split("/")
            rows.append((position, county, fund, kind, year, event.value_date, account, *facts, version))
        return rows
