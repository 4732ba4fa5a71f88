"""Every view (视图) that can be asked, by its name; one file for what belongs together."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import InputError
from projections.views.accounts import ACCOUNTS, LOW_BALANCE
from projections.views.arrears_register import ARREARS
from projections.views.balances import BOOKS, COUNTIES, PREFECTURE
from projections.views.bank_reconciliation import BANK_RECONCILIATION
from projections.views.deposit_register import DEPOSITS, REFUNDS
from projections.views.entries import ENTRIES
from projections.views.interest_register import INTEREST, INTEREST_BY_UNIT
from projections.views.journal import JOURNAL, TRIAL_BALANCE
from projections.views.owner_statements import OWNER_STATEMENTS
from projections.views.payment_register import PAYMENTS
from projections.views.places import BUILDINGS, ESTATES
from projections.views.receipt_register import RECEIPTS
from projections.views.repair_register import REPAIRS
from projections.views.series import MONTHS, YEARS
from projections.views.survey import SURVEY
from projections.views.use_by_part import USE_BY_PART
from projections.views.view import View

VIEWS: Final[Mapping[str, View]] = {
    view.name: view
    for view in (
        ACCOUNTS,
        ENTRIES,
        OWNER_STATEMENTS,
        LOW_BALANCE,
        BUILDINGS,
        ESTATES,
        BOOKS,
        COUNTIES,
        PREFECTURE,
        MONTHS,
        YEARS,
        JOURNAL,
        TRIAL_BALANCE,
        DEPOSITS,
        REFUNDS,
        INTEREST,
        INTEREST_BY_UNIT,
        REPAIRS,
        PAYMENTS,
        USE_BY_PART,
        SURVEY,
        RECEIPTS,
        ARREARS,
        BANK_RECONCILIATION,
    )
}
"""The registry: what is listed here is offered, exported, and held to the properties of all views."""


def view_named(name: str) -> View:
    """The view of a name; raises InputError ``view-unknown``."""
    found = VIEWS.get(name)
    if found is None:
        raise InputError("view-unknown", f"没有视图“{name[:40]}”，可用：{'、'.join(sorted(VIEWS))}")
    return found
