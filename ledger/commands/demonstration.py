"""The command that marks a log as the demonstration."""

from ledger.commands.command import Command


class StartDemonstration(Command, frozen=True, kw_only=True):
    """Mark an empty log as that of the demonstration prefecture."""

    seed: int
    scale: str
