"""Streams loaded once for a batch of commands, evolving with it."""

from collections.abc import Collection, Sequence
from typing import Final, Generic

from ledger.events import Event
from ledger.log import Change, Fold, Log, State

DEMONSTRATION_STREAM: Final = "demonstration"


class Streams(Generic[State]):
    """Streams of one kind of aggregate: their states, and the new events decided so far.

    ``grown`` names the stream of each addition, in order.
    """

    def __init__(
        self, log: Log, names: Collection[str], prefix: str, initial: State, fold: Fold[State]
    ) -> None:
        self._log = log
        self._initial = initial
        self._fold = fold
        self._states: dict[str, State] = {}
        self._expected: dict[str, int] = {}
        self._new: dict[str, list[Event]] = {}
        self.grown: list[str] = []
        self.also([name for name in names if name.startswith(prefix)])

    def also(self, names: Collection[str]) -> None:
        """Load further streams of this kind, which deciding has met; those loaded stay as they are."""
        new = [name for name in names if name not in self._states]
        loaded = self._log.load(new, self._initial, self._fold) if new else {}
        for name, (version, state) in loaded.items():
            self._expected[name], self._states[name] = version, state

    def __getitem__(self, name: str) -> State:
        return self._states[name]

    def __contains__(self, name: str) -> bool:
        return name in self._states

    def add(self, name: str, events: Sequence[Event]) -> None:
        """Decided events of one stream."""
        if not events:
            return
        state = self._states[name]
        for event in events:
            state = self._fold(state, event)
        self._states[name] = state
        self.grown.append(name)
        self._new.setdefault(name, []).extend(events)

    def states(self) -> Collection[State]:
        """The states of all streams."""
        return self._states.values()

    def new(self, name: str) -> Sequence[Event]:
        """The events of one stream decided so far."""
        return self._new.get(name, ())

    def changes(self) -> list[Change]:
        """What to append, in the order in which streams were first touched."""
        return [Change(name, self._expected[name], tuple(events)) for name, events in self._new.items()]
