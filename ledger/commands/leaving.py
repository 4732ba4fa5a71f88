"""Commands about money that leaves for good (灭失), and about custody (划转)."""

from datetime import date

import msgspec

from ledger.commands.command import Command
from ledger.identity import Part


class DestroyBuilding(Command, frozen=True, kw_only=True):
    """A building is gone (灭失): its whole money is owed to owners, selling units or the treasury, art. 29.

    ``confirmed_on`` is when the obligation arises, ``destroyed_on`` where it is None; ``sellers_gone`` names
    the selling units that exist no longer, whose part goes to the treasury (国库). What accounts hold after
    an earlier destruction is owed by the same command.
    """

    building: str
    destroyed_on: date
    confirmed_on: date | None = None
    reason: str | None = None
    document: str | None = None
    sellers_gone: tuple[str, ...] = ()


class ObligationPart(msgspec.Struct, frozen=True, kw_only=True):
    """What is paid of one line of an obligation: its index, and fen."""

    line: int
    amount_fen: int


class PayObligation(Command, frozen=True, kw_only=True):
    """Pay what is owed for a destroyed building (返还); ``obligation`` is the id of its destruction.

    Without ``payee_ref`` the money goes to whom it is owed; to somebody else only for a ``reason``.
    """

    building: str
    obligation: str
    paid_on: date
    lines: tuple[ObligationPart, ...]
    payee_ref: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None


class CustodyAmount(msgspec.Struct, frozen=True, kw_only=True):
    """What moves of one account of one building, in fen."""

    building: str
    unit: str
    part: Part = "owner"
    principal_fen: int = 0
    interest_fen: int = 0


class HandOver(Command, frozen=True, kw_only=True):
    """Hand the money of an estate's buildings to the owners' assembly (划转), all in one append, art. 15.

    Without ``lines`` the owners' balances at the end of ``handed_on`` move.
    """

    buildings: tuple[str, ...]
    noticed_on: date | None = None
    handed_on: date
    assembly: str
    assembly_account: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None
    lines: tuple[CustodyAmount, ...] | None = None


class ReturnCustody(Command, frozen=True, kw_only=True):
    """Take the money of buildings back from the owners' assembly (划转回)."""

    buildings: tuple[str, ...]
    returned_on: date
    assembly: str | None = None
    account: str | None = None
    bank_ref: str | None = None
    reason: str | None = None
    lines: tuple[CustodyAmount, ...]
