"""Streams loaded once for a batch of commands, evolving with it."""

from collections.abc import Collection, Sequence
from typing import Final, Generic

from ledger.events import Event
from ledger.log import Change, Fold, Log, State

DEMONSTRATION_STREAM: Final = "demonstration"


class Streams(Generic[State]):
    """Streams of one kind of aggregate: their states, and the new events decided so far."""

    def __init__(
        self, log: Log, names: Collection[str], prefix: str, initial: State, fold: Fold[State]
    ) -> None:
        own = [name for name in names if name.startswith(prefix)]
        loaded = log.load(own, initial, fold) if own else {}
        self._fold = fold
        self._states = {name: state for name, (_, state) in loaded.items()}
        self._expected = {name: version for name, (version, _) in loaded.items()}
        self._new: dict[str, list[Event]] = {}

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
