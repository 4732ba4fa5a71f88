"""Designated bank accounts (专户) of books: opened and given up, by their place in the log."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Integer, PrimaryKeyConstraint, Table

from ledger.events import BankAccountClosed, BankAccountDesignated
from ledger.store.tables import KEY, metadata
from projections.appended import Appended, Rows
from projections.batch import Batch

designations = Table(
    "designations",
    metadata,
    Column("position", BigInteger, nullable=False, autoincrement=False),
    Column("county", KEY, nullable=False, comment="区县代码"),
    Column("fund", KEY, nullable=False, comment="commodity (商品住宅) or public (已售公有住房)"),
    Column("account", KEY, nullable=False, comment="账号"),
    Column("value_date", Date, nullable=False, comment="first day; of a closing the last"),
    Column("closed", Boolean, nullable=False, comment="given up (销户)"),
    Column("bank", KEY, comment="开户银行"),
    Column("name", KEY, comment="户名"),
    Column("tender", KEY, comment="paper by which the bank was chosen (招标文件)"),
    Column("version", Integer, nullable=False, comment="of its event in the book's stream"),
    PrimaryKeyConstraint("position"),
    schema="read",
)


class Designations(Appended):
    """The read model of ``read.designations``."""

    name = "designations"
    version = 1

    def fold(self, batch: Batch) -> Rows:
        """A row for each account designated, and one for each that is given up."""
        rows: list[tuple[object, ...]] = []
        for position, stream, version, event in batch.of(BankAccountDesignated, BankAccountClosed):
            facts: tuple[object, ...]
            if type(event) is BankAccountDesignated:
                facts = False, event.bank, event.name, event.tender
            else:
                facts = True, None, None, None
            _, county, fund = stream.split("/")
            rows.append((position, county, fund, event.account, event.value_date, *facts, version))
        return rows
