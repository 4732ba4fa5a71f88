"""Every view (视图) that can be asked, by its name; one file for what belongs together."""

from collections.abc import Mapping
from typing import Final

from ledger.errors import InputError
from projections.views.balances import BOOKS, COUNTIES, PREFECTURE
from projections.views.entries import ENTRIES
from projections.views.journal import JOURNAL, TRIAL_BALANCE
from projections.views.view import View

VIEWS: Final[Mapping[str, View]] = {
    view.name: view
    for view in (
        ENTRIES,
        BOOKS,
        COUNTIES,
        PREFECTURE,
        JOURNAL,
        TRIAL_BALANCE,
    )
}
"""The registry: what is listed here is offered, exported, and held to the properties of all views."""


def view_named(name: str) -> View:
    """The view of a name; raises InputError ``view-unknown``."""
    found = VIEWS.get(name)
    if found is None:
        raise InputError("view-unknown", f"没有视图“{name[:40]}”，可用：{'、'.join(sorted(VIEWS))}")
    return found
