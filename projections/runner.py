"""The follower (投影进程): reads the log in batches and keeps every read model up to it.

A batch and the checkpoints of the models that took it commit together, or not at all. Models may stand at
different positions; the one furthest behind goes first, so that a model never asks another for facts that are
not there yet.
"""

import logging
import time
from collections.abc import Sequence
from threading import Event as StopEvent
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from ledger.store.feed import Feed, Source
from projections.batch import Batch, Model, ProjectionStopped
from projections.checkpoints import CheckpointMoved, OutdatedModel, advance, positions
from projections.exclusive import Task, exclusive
from projections.pauses import pauses
from projections.shadow import clear
from projections.wait import NotProjected

_LOG = logging.getLogger(__name__)

BATCH = 5000
"""Events a transaction."""

_STAND_BY = 0.2
"""Seconds between looks of a follower that stands by while another one follows."""

_RETRY = 5.0
"""Seconds before a follower tries again after the database or a model failed."""


class Follower:
    """Keeps the models up to the log; of all followers of one database, one runs and others stand by."""

    def __init__(
        self, engine: Engine, models: Sequence[Model], feed: Source | None = None, batch: int = BATCH
    ) -> None:
        self._engine = engine
        self._models = {model.name: model for model in models}
        self._versions = {model.name: model.version for model in models}
        self._feed: Source = feed or Feed(engine)
        self._batch = batch
        self._positions: dict[str, int] = {}
        self._stopped: dict[str, ProjectionStopped] = {}
        # COPY speaks to the driver directly, so its errors come unwrapped.
        driver_error = engine.dialect.loaded_dbapi.Error
        self._failures = (DBAPIError, driver_error, ProjectionStopped, OutdatedModel)

    def catch_up(self, timeout: float = 600.0) -> int:
        """Project to the horizon of this moment and return the position reached by every model.

        While another follower runs, wait until it has come as far. Raises ProjectionStopped when a model
        cannot go on (the others are at the horizon by then), OutdatedModel, or NotProjected after
        ``timeout`` seconds of waiting for another follower.
        """
        target = self._feed.horizon()
        deadline = time.monotonic() + timeout
        for pause in pauses():
            with exclusive(self._engine, Task.FOLLOW) as held:
                if held:
                    return self._reach(target)
            found = self._stored()
            if found >= target:
                return found
            if time.monotonic() > deadline:
                raise NotProjected(target, found)
            time.sleep(pause)
        raise AssertionError("pauses never end")

    def run(self, stop: StopEvent) -> None:
        """Follow the log until ``stop`` is set; stand by while another follower runs.

        A failing database or model is logged, and tried again.
        """
        while not stop.is_set():
            try:
                with exclusive(self._engine, Task.FOLLOW) as held:
                    if held:
                        self._follow(stop)
                stop.wait(_STAND_BY)
            except self._failures as error:
                _LOG.error("投影暂停：%s", error.orig if isinstance(error, DBAPIError) else error)
                stop.wait(_RETRY)

    def _reach(self, target: int) -> int:
        self._restart()
        while self._moving() and min(self._moving().values()) < target and self._step():
            pass
        self._raise_stopped()
        return min(self._positions.values(), default=target)

    def _follow(self, stop: StopEvent) -> None:
        if cleared := clear(self._engine):
            _LOG.warning("清除了中断的重建留下的 %d 张表", len(cleared))
        self._restart()
        idle = pauses()
        while not stop.is_set():
            if self._step():
                idle = pauses()
            else:
                self._raise_stopped()
                stop.wait(next(idle))

    def _restart(self) -> None:
        self._stopped = {}
        self._refresh()

    def _refresh(self) -> None:
        with self._engine.connect() as connection:
            self._positions = positions(connection, self._versions)

    def _stored(self) -> int:
        with self._engine.connect() as connection:
            return min(positions(connection, self._versions).values(), default=0)

    def _moving(self) -> dict[str, int]:
        return {name: at for name, at in self._positions.items() if name not in self._stopped}

    def _raise_stopped(self) -> None:
        if self._stopped:
            raise next(iter(self._stopped.values()))

    def _step(self) -> bool:
        """Bring the models that are furthest behind one batch further; False when there is nothing new."""
        moving = self._moving()
        if not moving:
            return False
        behind = min(moving.values())
        ahead = [at for at in moving.values() if at > behind]
        rows = self._feed.rows(behind, self._batch)
        if ahead:
            rows = [row for row in rows if row.position <= min(ahead)]
        if rows:
            self._take([name for name, at in moving.items() if at == behind], behind, Batch(rows))
        return bool(rows)

    def _take(self, names: Sequence[str], behind: int, batch: Batch) -> None:
        changes: dict[str, Any] = {}
        for name in names:
            try:
                changes[name] = self._models[name].fold(batch)
            except ProjectionStopped as error:
                self._stopped[name] = error
        if not changes:
            return
        writing = ""
        try:
            with self._engine.begin() as connection:
                advance(connection, {name: self._versions[name] for name in changes}, behind, batch.position)
                for writing, change in changes.items():
                    self._models[writing].write(connection, change)
        except CheckpointMoved:
            self._refresh()
        except ProjectionStopped as error:
            self._stopped[writing] = error
        else:
            self._positions |= dict.fromkeys(changes, batch.position)
