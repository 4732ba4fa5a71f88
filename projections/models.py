"""The read models of this room: live over the read tables, and from zero over their shadows."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Engine

from projections.accounts import Accounts, accounts
from projections.accounts_anew import AccountsAnew
from projections.bank_lines import BankLines, bank_lines
from projections.bank_moves import BankMoves, bank_moves
from projections.batch import Model
from projections.book_entries import BookEntries, book_entries
from projections.buildings import Buildings, buildings
from projections.causes import Causes, causes
from projections.closings import Closings, closings
from projections.deposits import Deposits, deposits
from projections.designations import Designations, designations
from projections.distributions import Distributions, distributions
from projections.due_decisions import DueDecisions, due_decisions
from projections.entries import Entries
from projections.facts import Facts, StoredFacts
from projections.lot_entries import LotEntries, lot_entries
from projections.obligations import Obligations, obligations
from projections.postings import Postings, postings
from projections.receipt_ranges import ReceiptRanges, receipt_ranges
from projections.repair_steps import RepairSteps, repair_steps
from projections.shadow import beside, draft
from projections.unit_facts import UnitFacts, unit_facts
from projections.unit_sales import UnitSales, unit_sales
from projections.vouchers import Vouchers, VouchersAnew, vouchers
from projections.yearly import Yearly, yearly

TABLES = (
    buildings,
    accounts,
    postings,
    book_entries,
    bank_lines,
    bank_moves,
    deposits,
    due_decisions,
    unit_facts,
    unit_sales,
    receipt_ranges,
    lot_entries,
    obligations,
    closings,
    designations,
    yearly,
    repair_steps,
    distributions,
    causes,
    vouchers,
)
"""Every table that a rebuild makes anew."""

DRAFTS = (accounts,)
"""Tables that a rebuild writes twice: first a draft, from which the shadow is made."""


def read_models(engine: Engine) -> Sequence[Model]:
    """The models a follower keeps up."""
    entries = Entries(StoredFacts(engine), engine)
    return (
        Buildings(buildings),
        Accounts(accounts, entries),
        Postings(postings, entries),
        BookEntries(book_entries),
        BankLines(bank_lines),
        BankMoves(bank_moves, entries),
        Deposits(deposits, entries),
        DueDecisions(due_decisions),
        UnitFacts(unit_facts, entries),
        UnitSales(unit_sales),
        ReceiptRanges(receipt_ranges),
        LotEntries(lot_entries),
        Obligations(obligations, entries),
        Closings(closings),
        Designations(designations),
        Yearly(yearly),
        RepairSteps(repair_steps),
        Distributions(distributions),
        Causes(causes),
        Vouchers(vouchers, closings, entries),
    )


class Shadows(NamedTuple):
    """The same models from nothing, beside the live tables; two of them are settled at the end."""

    models: Sequence[Model]
    accounts: AccountsAnew
    vouchers: VouchersAnew


def shadow_models(engine: Engine) -> Shadows:
    """New shadow models; they see nothing but the log."""
    entries = Entries(Facts(), engine)
    summed = AccountsAnew(
        beside(accounts),
        entries,
        opened=draft(accounts),
        postings=beside(postings),
        deposits=beside(deposits),
    )
    numbered = VouchersAnew(beside(vouchers), beside(closings), entries)
    models = (
        Buildings(beside(buildings)),
        summed,
        Postings(beside(postings), entries),
        BookEntries(beside(book_entries)),
        BankLines(beside(bank_lines)),
        BankMoves(beside(bank_moves), entries),
        Deposits(beside(deposits), entries),
        DueDecisions(beside(due_decisions)),
        UnitFacts(beside(unit_facts), entries),
        UnitSales(beside(unit_sales)),
        ReceiptRanges(beside(receipt_ranges)),
        LotEntries(beside(lot_entries)),
        Obligations(beside(obligations), entries),
        Closings(beside(closings)),
        Designations(beside(designations)),
        Yearly(beside(yearly)),
        RepairSteps(beside(repair_steps)),
        Distributions(beside(distributions)),
        Causes(beside(causes)),
        numbered,
    )
    return Shadows(models, summed, numbered)
