"""Every view of the registry over random lives: a cut answers as if what is cut away had never been.

``known_at``: the same as over a log that ends there. ``as_of``: the same as over a log in which whatever is
dated later never happened. What was registered stays, whenever it is dated: buildings, units, and how units
changed, of which only the money did not move.
"""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random

import msgspec
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from ledger.errors import InputError
from ledger.events import (
    BankAccountDesignated,
    BuildingOpened,
    CommandRefused,
    Event,
    OwnerChanged,
    UnitFrozen,
    UnitReleased,
    UnitsChanged,
    UnitsRegistered,
)
from ledger.log import Change
from ledger.store.bridge import EventLog
from ledger.store.codec import decode
from ledger.store.feed import Feed
from projections.models import read_models
from projections.runner import Follower
from projections.views import VIEWS
from projections.views.paging import page, stream
from projections.views.showing import plain
from projections.views.view import ask
from projections.views.workbook import write_workbook
from tests.ledger.test_lives import Everything, RepairsOfChangingUnits
from tests.ledger.town import HOUSES

TODAY = date(2026, 11, 23)

ASKS = {"building": sorted(HOUSES), "year": [str(year) for year in range(2011, 2018)]}
"""What a random town is asked where a view must be told, by the name of the filter; accounts come with it."""

BY_PERIOD = {"journal", "trial-balance"}
"""Asked by accounting period (会计期间), which is no value date; they refuse a day."""

DATED = (OwnerChanged, UnitFrozen, UnitReleased)
"""Facts of units that a value date cuts as it cuts money."""

REGISTERED: frozenset[type[Event]] = frozenset({BuildingOpened, UnitsRegistered})


def asks_of(events):
    """The same, with the bank accounts that the town met."""
    accounts = {event.account for _, event in events if isinstance(event, BankAccountDesignated)}
    return ASKS | {"account": ["6222", *sorted(accounts)[:3]]}


def questions(view, asks):
    """Every way to fill the filters that the view must have; one at most."""
    required = [name for name, each in view.filters.items() if each.required]
    if not required:
        return [{}]
    [name] = required
    return [{name: value} for value in asks[name]]


def answers(connection, asks, left_out=(), **cuts):
    """All rows of all views, by view and filters."""
    found = {}
    for name in sorted(VIEWS.keys() - left_out):
        view = VIEWS[name]
        for filters in questions(view, asks):
            asked = ask(connection, view, filters=filters, **{"today": TODAY, **cuts})
            found[name, str(filters)] = list(stream(connection, view, asked))
    return found


def events_of(machine):
    return [(row.stream, decode(row.topic, row.schema, row.data)) for row in machine.log.rows(0, 1_000_000)]


def lived(database, events):
    """The events in a log of their own, read by followers; the position of each."""
    log, versions = EventLog(database.engine), {}
    for stream_, event in events:
        at = versions.get(stream_, 0)
        log.append([Change(stream_, at, (event,))])
        versions[stream_] = at + 1
    Follower(database.engine, read_models(database.engine), batch=11).catch_up()
    return [row.position for row in Feed(database.engine).rows(0, 1_000_000)]


def without_later(events, day):
    """The same life in which nothing dated later happened; what did not happen leaves a place."""
    return [(stream_, _unless_later(event, day)) for stream_, event in events]


def _unless_later(event, day):
    if event.value_date <= day or type(event) in REGISTERED:
        return event
    if type(event) is UnitsChanged:
        return msgspec.structs.replace(event, lines=())
    said = {name: getattr(event, name) for name in Event.__struct_fields__ if name != "tag"}
    return CommandRefused(command="none", subject="none", codes=(), messages=(), **said)


def days_of(events, random):
    """Any day, and the one before an owner changed or a court spoke, where that ever was."""
    days = sorted({event.value_date for _, event in events})
    dated = sorted({event.value_date for _, event in events if isinstance(event, DATED)})
    return {random.choice(days), random.choice(dated or days) - timedelta(1)}


def agree(machine, embedded, random):
    events = events_of(machine)
    asks = asks_of(events)
    with embedded.database() as whole:
        positions = lived(whole, events)
        with whole.engine.connect() as connection:
            everything = answers(connection, asks)
            assert sum(map(len, everything.values())) > 0
            some_pages_are_the_whole(connection, asks, random)
            some_workbooks_are_the_whole(connection, asks, random)
            for known in sorted(random.sample(range(1, len(events)), 2)):
                with embedded.database() as cut:
                    lived(cut, events[:known])
                    with cut.engine.connect() as only:
                        found = answers(connection, asks, position=positions[known - 1])
                        assert found == answers(only, asks)
            for day in days_of(events, random):
                with embedded.database() as cut:
                    lived(cut, without_later(events, day))
                    with cut.engine.connect() as only:
                        dated = answers(connection, asks, BY_PERIOD, as_of=day)
                        assert dated == answers(only, asks, BY_PERIOD, today=day)


def some_pages_are_the_whole(connection, asks, random):
    """Page by page the same rows in the same order; totals are the sums of the columns."""
    for view in VIEWS.values():
        for filters in questions(view, asks):
            asked = ask(connection, view, filters=filters, today=TODAY)
            whole = list(stream(connection, view, asked))
            keys = [view.columns.index(view.column(name)) for name in view.order]
            assert len({tuple(row[key] for key in keys) for row in whole}) == len(whole)
            limit, cursor, rows = random.choice((1, 2, 3, 7, 1000)), None, []
            while True:
                found = page(connection, view, asked, limit, cursor)
                rows += found.rows
                cursor = found.next
                if cursor is None:
                    break
            assert rows == whole
            assert found.count == len(whole)
            assert found.totals == {
                each.name: sum(row[place] or 0 for row in whole)
                for place, each in enumerate(view.columns)
                if each.total
            }


def some_workbooks_are_the_whole(connection, asks, random):
    for view in random.sample(sorted(VIEWS.values(), key=lambda view: view.name), 3):
        asked = ask(connection, view, filters=random.choice(questions(view, asks)), today=TODAY)
        whole, file = list(stream(connection, view, asked)), BytesIO()
        assert write_workbook(file, connection, view, asked) == len(whole)
        sheet = openpyxl.load_workbook(file).worksheets[0]
        written = [[cell.value for cell in row] for row in sheet.iter_rows(4, 3 + len(whole))]
        assert written == [
            [as_written(column, value) for column, value in zip(view.columns, row, strict=True)]
            for row in whole
        ]


def as_written(column, value):
    if value is None:
        return None
    if column.kind in ("money", "area", "percent"):
        return value / 100
    if column.kind == "date":
        return datetime.combine(value, time())
    return value if column.kind == "count" else plain(column, value)


def test_what_is_asked_by_period_refuses_a_day(database):
    with database.engine.connect() as connection:
        for name in BY_PERIOD:
            with pytest.raises(InputError, match="as-of-unsupported"):
                list(stream(connection, VIEWS[name], ask(connection, VIEWS[name], as_of=TODAY)))


@pytest.mark.slow
@pytest.mark.parametrize(("lives", "examples"), [(Everything, 2), (RepairsOfChangingUnits, 1)])
def test_a_cut_answers_as_if_the_rest_had_never_been(embedded, lives, examples):
    random = Random(20191231)

    class Viewed(lives):
        def teardown(self) -> None:
            agree(self, embedded, random)

    run_state_machine_as_test(
        Viewed,
        settings=settings(
            max_examples=examples,
            phases=[Phase.reuse, Phase.generate],
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
