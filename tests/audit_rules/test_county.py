"""I11, I49: gains that wait for a distribution, and counties that hardly use anything."""

import pytest

C = "532301"


# I11 增值收益未分配


@pytest.mark.parametrize(("through", "late"), [("2013-01-01", False), ("2013-01-02", True)])
def test_a_gain_waits_at_most_thirty_six_months_for_its_distribution(ledger, through, late):
    gain = ledger.gain(10_000, "2010-01-01")
    run = ledger.distribute(10_000, through, "2013-01-03")
    assert ledger.found() == ([("I11", C, "100.00", (gain, run))] if late else [])


@pytest.mark.parametrize(("on_day", "late"), [("2012-06-20", False), ("2012-06-19", True)])
def test_a_gain_never_distributed_waits_until_the_reference_day(ledger, on_day, late):
    gain = ledger.gain(10_000, on_day)
    assert ledger.found() == ([("I11", C, "100.00", (gain,))] if late else [])


def test_a_book_is_one_finding_with_all_gains_concerned(ledger):
    first = ledger.gain(10_000, "2010-01-01")
    second = ledger.gain(5_000, "2010-12-30")
    run = ledger.distribute(15_000, "2013-12-31", "2014-01-01")
    third = ledger.gain(2_000, "2011-01-01")
    ledger.gain(7_000, "2014-01-01")
    assert ledger.found() == [("I11", C, "170.00", (first, second, run, third))]
    message = ledger.findings()[0].message
    assert "3 笔" in message
    assert "其中 20.00 元至今未分配" in message


def test_a_distribution_takes_only_gains_on_record_before_it(ledger):
    ledger.distribute(1, "2010-12-31", "2011-01-01")
    gain = ledger.gain(10_000, "2010-01-01")
    run = ledger.distribute(10_000, "2013-06-30", "2013-07-01")
    assert ledger.found() == [("I11", C, "100.00", (gain, run))]


def test_interest_at_rates_takes_the_oldest_gains_that_it_pays_for(ledger):
    first = ledger.gain(4_000, "2010-01-01")
    second = ledger.gain(5_000, "2010-06-30")
    ledger.accrue(6_000, "2010-12-31")
    assert ledger.found() == [("I11", C, "50.00", (second,))]
    run = ledger.accrue(3_000, "2013-12-31")
    assert ledger.found() == [("I11", C, "50.00", (second, run))]
    assert first not in ledger.findings()[0].events


def test_what_interest_at_rates_left_is_taken_by_a_distribution(ledger):
    ledger.gain(5_000, "2010-06-30")
    ledger.accrue(3_000, "2010-12-31")
    ledger.distribute(2_000, "2011-12-31", "2012-01-01")
    assert ledger.found() == []


def test_a_gain_that_was_reversed_waits_for_nothing(ledger):
    gain = ledger.gain(10_000, "2010-01-01")
    ledger.reverse_gain(gain, 10_000, "2010-01-01")
    assert ledger.found() == []


# I49 使用率偏低


def county(empty, withdrawn, since="2009-07-15"):
    """Collected 100,000.00, of which 7,000.00 gains; ``withdrawn`` fen spent in 2015."""
    empty.building("B1", {"101": 100_000})
    empty.deposit("B1", on_day=since)
    empty.gain(700_000, "2015-01-01")
    return empty.repair(
        budget=withdrawn, settled=withdrawn, payments=(("first", withdrawn, "2015-06-20", {}),)
    )


def test_half_a_percent_is_enough(empty):
    county(empty, 50_000)
    assert empty.found() == []


def test_one_fen_less_is_not(empty):
    repair = county(empty, 49_999)
    deposit, gain, payment = "building/B1@3", f"book/{C}/commodity@1", repair[5]
    assert empty.found() == [("I49", C, "0.01", (deposit, gain, payment))]
    assert "使用率 0.49%，低于 0.50%" in empty.findings()[0].message


@pytest.mark.parametrize(("since", "rules"), [("2010-06-21", []), ("2010-06-20", ["I49"])])
def test_five_years_of_history_are_needed(empty, since, rules):
    county(empty, 49_999, since)
    assert [rule for rule, *_ in empty.found()] == rules


def test_a_withdrawal_that_was_reversed_was_no_use(empty):
    county(empty, 50_000)
    empty.reverse("building/B1@4", (0, "101", "withdrawal", 50_000))
    assert empty.found("I49") == [("I49", C, "500.00", ("building/B1@3", f"book/{C}/commodity@1"))]
