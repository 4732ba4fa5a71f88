"""Events of the office itself: refused commands, undone imports, the demonstration."""

from typing import ClassVar

from ledger.events.event import Event


class CommandRefused(Event, frozen=True, kw_only=True):
    """A well-formed live command that a rule refused (拒绝): which command, which rules, why."""

    TOPIC: ClassVar[str] = "command-refused"

    command: str
    subject: str
    codes: tuple[str, ...]
    messages: tuple[str, ...]


class ImportUndone(Event, frozen=True, kw_only=True):
    """An import was undone (撤销导入): every entry it made is reversed in the same append.

    ``undone`` is the import's id, ``events`` the number of its events. Its rows may be imported again, and
    the receipts (票据) it used may be used again.
    """

    TOPIC: ClassVar[str] = "import-undone"

    undone: str
    events: int


class PersonErased(Event, frozen=True, kw_only=True):
    """A person was erased (删除个人信息) from the register; the ref in events stays and names nobody.

    Balances, proofs and the seal rest on refs only, so that nothing of the log changes.
    """

    TOPIC: ClassVar[str] = "person-erased"

    party_ref: str
    reason: str


class DemonstrationStarted(Event, frozen=True, kw_only=True):
    """This log belongs to the demonstration prefecture (演示数据); only such a log takes its data."""

    TOPIC: ClassVar[str] = "demonstration-started"

    seed: int
    scale: str
