"""Interest at rates: the ledger, the audit and a plain model come to the same fen; what is wrong is named."""

from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from audit.problems import UNFINISHED
from audit.replay import replay
from audit.verify import consistency
from ledger import policy
from ledger.commands import (
    AccrueRates,
    CollectDeposit,
    DestroyBuilding,
    ReceiveGains,
    Recording,
    Refund,
    RefundDeposit,
    RegisterUnits,
    ReverseEntry,
)
from ledger.errors import Refused
from ledger.events import (
    DepositLine,
    GainLine,
    GainsDistributed,
    InterestAccrued,
    ListedRate,
    RatesAccrued,
    UnitLine,
)
from ledger.store.codec import decode, encode

HISTORY = Recording(actor="clerk", origin="history")
BANK = "PBOC"
UNITS = ("101", "102")
START = date(2012, 1, 1)


def opened(office):
    made = office(1)
    made.application.execute(
        [
            RegisterUnits(
                building=building,
                name=building,
                county="532301",
                estate="E1",
                estate_name="和谐小区",
                management="self",
                lift=True,
                storeys=18,
                units=tuple(
                    UnitLine(unit=unit, fund="commodity", usage="residential", area_dm2=9_000)
                    for unit in UNITS
                ),
            )
            for building in ("B1", "B2")
        ],
        HISTORY,
    )
    return made


def deposit(building, unit, fen, on):
    line = DepositLine(unit=unit, amount_fen=fen)
    return CollectDeposit(building=building, kind="first", value_date=on, lines=(line,))


def gains(fen, on):
    line = GainLine(category="demand", amount_fen=fen)
    return ReceiveGains(county="532301", fund="commodity", value_date=on, lines=(line,))


def accrue(made, on, **products):
    command = AccrueRates(county="532301", fund="commodity", settled_on=on, bank=BANK, **products)
    return made.application.accrue(command, HISTORY)


def wrong(rows, written):
    return [(found.kind, found.position, found.key) for found in consistency(replay(written(rows)))]


class Model:
    """A plain model of one account: days and rates written out, nothing known of events."""

    def __init__(self):
        self.waiting = []
        self.balance = 0
        self.previous = None

    def settle(self, on, this_year, carried):
        new, self.old, self.low = (
            policy.load().rate(BANK, name, on) for name in (this_year, carried, "demand")
        )
        lots = [[self.balance, self.previous]]
        earned = Fraction(0)
        by_day = defaultdict(int)
        for day, fen in [entry for entry in self.waiting if entry[0] < on]:
            self.waiting.remove((day, fen))
            self.balance += fen
            if self.previous and day < self.previous:
                lots[0][0] += fen
                earned += Fraction(fen * (self.previous - day).days, 360) * new
            else:
                by_day[day] += fen
        for day in sorted(by_day):
            lots.append([by_day[day], day])
            for debt in lots:
                for lot in lots:
                    if debt[0] < 0 < lot[0]:
                        out = min(lot[0], -debt[0])
                        debt[0], lot[0] = debt[0] + out, lot[0] - out
                        earned += out * (self.long(day) if lot is lots[0] else self.short(lot[1], day))
        for place, (fen, since) in enumerate(lots):
            if fen > 0:
                earned += fen * (Fraction((on - since).days, 360) * new if place else self.long(on))
        fen = 0
        while fen + Fraction(1, 2) <= earned:
            fen += max(int(earned - fen), 1)
        self.balance += fen
        self.previous = on
        return fen

    def short(self, since, until):
        return Fraction((until - since).days, 360) * self.low

    def long(self, until):
        years = 0
        while self.later(years + 1) <= until:
            years += 1
        return self.old * years + self.short(self.later(years), until)

    def later(self, years):
        start = self.previous
        if (start.month, start.day) == (2, 29):
            leap = (start.year + years) % 4 == 0
            return date(start.year + years, 2, 29 if leap else 28)
        return date(start.year + years, start.month, start.day)


account = st.sampled_from([("B1", "101")] * 4 + [("B1", "102"), ("B2", "101")])
on = st.integers(0, 900).map(lambda days: START + timedelta(days=days))
fen = st.one_of(st.integers(1, 9), st.integers(1, 10**9))
steps = st.one_of(
    st.tuples(st.just("in"), account, fen, on),
    st.tuples(st.just("in"), account, fen, on),
    st.tuples(st.just("out"), account, fen, on),
    st.tuples(st.just("back"), st.integers(0, 20)),
    st.tuples(
        st.just("settle"),
        st.sampled_from([1, 58, 59, 60, 364, 365, 366, 400, 731]),
        st.sampled_from(["demand", "6m"]),
        st.sampled_from(["3m", "1y"]),
    ),
)


def lived(made, history):
    """Carry a history out; returns what each settlement credited, in the ledger and in the model."""
    models = {(building, unit): Model() for building in ("B1", "B2") for unit in UNITS}
    taken, credited, expected = [], [], []
    settled_on = START - timedelta(days=1)
    for step in history:
        match step:
            case ("in", (building, unit), amount, day):
                done = made.application.execute([deposit(building, unit, amount, day)], HISTORY)
                models[building, unit].waiting.append((day, amount))
                taken.append((done.events[-1], (building, unit), day, amount))
            case ("out", (building, unit), amount, day):
                lines = (Refund(unit=unit, amount_fen=amount),)
                back = RefundDeposit(building=building, reason="overpaid", refunded_on=day, lines=lines)
                done = made.application.execute([back], HISTORY)
                models[building, unit].waiting.append((day, -amount))
                taken.append((done.events[-1], (building, unit), day, -amount))
            case ("back", place) if taken:
                event, where, day, amount = taken.pop(place % len(taken))
                stream, _, version = event.rpartition("@")
                undo = ReverseEntry(stream=stream, version=int(version), reason="误录")
                made.application.execute([undo], HISTORY)
                models[where].waiting.append((day, -amount))
            case ("settle", days, this_year, carried):
                settled_on += timedelta(days=days)
                interest = {
                    where: found.settle(settled_on, this_year, carried) for where, found in models.items()
                }
                if not any(interest.values()):
                    with pytest.raises(Refused, match="interest-none"):
                        accrue(made, settled_on, this_year=this_year, carried=carried)
                    break
                done = accrue(made, settled_on, this_year=this_year, carried=carried)
                lines = {
                    (row.stream.removeprefix("building/"), line.unit): line.interest_fen
                    for row, event in accruals(made)
                    if event.distribution.endswith(f"@{version_of(made)}")
                    for line in event.lines
                }
                credited.append(lines)
                expected.append({where: found for where, found in interest.items() if found})
                assert done.terms.total_fen == sum(interest.values())
    return credited, expected


def of_kind(made, kind):
    return [
        (row, event)
        for row in made.log.rows(0, 10**6)
        if isinstance(event := decode(row.topic, row.schema, row.data), kind)
    ]


def accruals(made):
    return of_kind(made, InterestAccrued)


def version_of(made):
    return of_kind(made, RatesAccrued)[-1][0].version


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=4, max_size=20))
def test_ledger_model_and_audit_come_to_the_same_fen(office, written, history):
    made = opened(office)
    credited, expected = lived(made, [*history, ("settle", 365, "demand", "1y")])
    assert credited == expected
    assert wrong(made.log.rows(0, 10**6), written) == []


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(steps, min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(office, written, history, shuffler):
    moves = [step for step in history if step[0] in ("in", "out")]
    outcomes = []
    for _ in range(2):
        made = opened(office)
        outcomes.append(lived(made, [*moves, ("settle", 1_700, "6m", "1y"), ("settle", 366, "6m", "1y")])[0])
        shuffler.shuffle(moves)
    assert outcomes[0] == outcomes[1]


# What is wrong is named


@pytest.fixture
def accrued(office):
    """Two buildings: one pool distribution, then two settlements at rates; the last has two shares."""
    made = opened(office)
    commands = [
        deposit("B1", "101", 1_000_000, date(2012, 3, 1)),
        deposit("B2", "102", 500_000, date(2013, 5, 1)),
        gains(7_000, date(2012, 12, 21)),
        gains(9_000, date(2014, 12, 21)),
    ]
    made.application.execute(commands, HISTORY)
    made.application.distribute("532301", "commodity", date(2012, 12, 31), HISTORY)
    accrue(made, date(2014, 1, 1))
    accrue(made, date(2015, 1, 1))
    return made


def with_last(made, kind, change):
    """The rows with the last event of a kind changed, and its position."""
    row, event = of_kind(made, kind)[-1]
    rows = made.log.rows(0, 10**6)
    index = rows.index(row)
    return [*rows[:index], row._replace(data=encode(change(event))), *rows[index + 1 :]], str(row.position)


def test_nothing_is_wrong_where_one_method_follows_the_other(accrued, written):
    rows = accrued.log.rows(0, 10**6)
    assert wrong(rows, written) == []
    accrued.application.execute([gains(100_000, date(2015, 6, 21))], HISTORY)
    accrued.application.distribute("532301", "commodity", date(2015, 12, 31), HISTORY)
    assert wrong(accrued.log.rows(0, 10**6), written) == []


def test_a_closed_account_earns_nothing_by_either_method(accrued, written):
    lost = DestroyBuilding(building="B2", destroyed_on=date(2015, 6, 1), document="灭失证明")
    accrued.application.execute([lost, gains(500_000, date(2016, 6, 21))], HISTORY)
    done = accrue(accrued, date(2016, 1, 1))
    accrued.application.distribute("532301", "commodity", date(2016, 12, 31), HISTORY)
    assert [share.building for share in done.terms.shares if share.credit_fen] == ["B1"]
    assert [event.lines for row, event in accruals(accrued)[-4:] if row.stream == "building/B2"] == [(), ()]
    assert wrong(accrued.log.rows(0, 10**6), written) == []


def test_one_fen_too_much_on_an_account_is_named(accrued, written):
    def more(event):
        (line,) = event.lines
        return replace(event, lines=(replace(line, interest_fen=line.interest_fen + 1),))

    rows, at = with_last(accrued, InterestAccrued, more)
    assert wrong(rows, written) == [("interest-wrong", at, "B2/102/owner")]


def test_an_account_forgotten_is_named(accrued, written):
    rows, at = with_last(accrued, InterestAccrued, lambda event: replace(event, lines=()))
    assert wrong(rows, written) == [("interest-wrong", at, "B2/102/owner")]


def test_a_building_with_other_interest_than_its_accounts_is_named(accrued, written):
    def more(event):
        first, last = event.shares
        fen = last.credit_fen + 1
        return replace(event, total_fen=event.total_fen + 1, shares=(first, replace(last, credit_fen=fen)))

    rows, at = with_last(accrued, RatesAccrued, more)
    assert wrong(rows, written) == [("credit-wrong", at, "B2")]


def test_a_total_that_is_not_the_sum_is_named(accrued, written):
    rows, at = with_last(accrued, RatesAccrued, lambda event: replace(event, total_fen=event.total_fen - 100))
    assert wrong(rows, written) == [("total-wrong", at, None)]


def test_gains_waiting_that_are_not_the_gains_are_named(accrued, written):
    rows, at = with_last(accrued, RatesAccrued, lambda event: replace(event, waiting_fen=0))
    assert wrong(rows, written) == [("waiting-wrong", at, None)]


def test_what_rates_credited_is_missing_in_the_next_pool(accrued, written):
    accrued.application.execute([gains(100_000, date(2015, 6, 21))], HISTORY)
    accrued.application.distribute("532301", "commodity", date(2015, 12, 31), HISTORY)
    credited = sum(event.total_fen for _, event in of_kind(accrued, RatesAccrued))
    (_, pool) = of_kind(accrued, GainsDistributed)[-1]
    assert pool.pool_fen == 9_000 + 100_000 - credited


def test_a_building_left_out_is_named(accrued, written):
    def less(event):
        _, last = event.shares
        return replace(event, total_fen=last.credit_fen, shares=(last,))

    rows, at = with_last(accrued, RatesAccrued, less)
    assert ("building-left-out", at, "B1") in wrong(rows, written)


def test_a_boundary_that_does_not_follow_is_named(accrued, written):
    rows, at = with_last(accrued, RatesAccrued, lambda event: replace(event, previous=date(2013, 12, 31)))
    assert ("boundary-wrong", at, None) in wrong(rows, written)


def test_another_rate_is_other_interest(accrued, written):
    rate = ListedRate(product="1y", percent="9.99")
    rows, _ = with_last(accrued, RatesAccrued, lambda event: replace(event, carried=rate))
    assert {(kind, key) for kind, _, key in wrong(rows, written)} == {
        ("credit-wrong", "B1"),
        ("credit-wrong", "B2"),
        ("interest-wrong", "B1/101/owner"),
        ("interest-wrong", "B2/102/owner"),
    }


@pytest.mark.parametrize("percent", ["", "1,5", "-0.35", "100.01", "0.12345", "1.5.0", "壹"])
def test_a_rate_that_is_no_percentage_makes_the_event_unreadable(accrued, written, percent):
    rate = ListedRate(product="1y", percent=percent)
    rows, at = with_last(accrued, RatesAccrued, lambda event: replace(event, carried=rate))
    assert ("event-unreadable", at, None) in wrong(rows, written)


def test_a_torn_settlement_is_pending_and_the_next_must_finish_it(accrued, written):
    rows = accrued.log.rows(0, 10**6)
    (last, _) = of_kind(accrued, RatesAccrued)[-1]
    torn = wrong(rows[: rows.index(last) + 2], written)
    assert torn == [(UNFINISHED, str(last.position), "532301/commodity")]
    (first, _) = of_kind(accrued, RatesAccrued)[0]
    index = rows.index(first) + 1
    assert ("accrual-missing", str(first.position), "B1") in wrong(
        [*rows[:index], *rows[index + 1 :]], written
    )
