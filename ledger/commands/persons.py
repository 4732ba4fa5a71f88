"""The command about persons (当事人)."""

from ledger.commands.command import Command


class ErasePerson(Command, frozen=True, kw_only=True):
    """Erase a person (删除个人信息) from the register; ``party`` is the ref that stays in events."""

    party: str
    reason: str
