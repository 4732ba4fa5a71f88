"""Events of the designated bank account (专户) of a book."""

from typing import ClassVar

from ledger.events.event import Event


class BankAccountDesignated(Event, frozen=True, kw_only=True):
    """The book's money is kept in this account (开立专户) from the value date on, art. 10.

    ``bank`` keeps it, ``name`` is the account's own, ``tender`` the paper by which the bank was chosen.
    """

    TOPIC: ClassVar[str] = "bank-account-designated"

    account: str
    bank: str
    name: str
    tender: str | None = None


class BankAccountClosed(Event, frozen=True, kw_only=True):
    """A designated account is given up (销户); the value date is the last day on which it is one."""

    TOPIC: ClassVar[str] = "bank-account-closed"

    account: str
    reason: str | None = None
