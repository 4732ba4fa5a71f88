"""I17, I21, I23, I30, I31, I47: what the money was spent on, and who got it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.windows import disliked
from ledger import events as on

C = "532301"
BIG = {"101": 300_000, "102": 300_000}


@pytest.fixture
def big(ledger):
    """A second estate with one building that can pay for much: 558,000.00."""
    ledger.building("B2", BIG, estate="E2")
    ledger.deposit("B2")
    return ledger


def work(ledger, project, start, amount, **facts):
    """A repair of B2 in estate E2 that costs ``amount`` fen, paid at the start of works."""
    paid_on = (date.fromisoformat(start) + timedelta(33)).isoformat()
    return ledger.repair(
        project,
        f"{start}",
        **{
            "estate": "E2",
            "buildings": ("B2",),
            "object": f"部位{project}",
            "budget": amount,
            "settled": amount,
            "payments": (("first", amount, paid_on, {}),),
        }
        | facts,
    )


# I17 集中承揽


STARTS = ("2015-03-01", "2015-08-01", "2016-03-01", "2017-02-01")


def test_one_firm_four_projects_round_payments(big):
    ids = [work(big, f"R{n}", start, 200_000)[5] for n, start in enumerate(STARTS)]
    assert big.found() == [("I17", f"{C} E2", "8000.00", tuple(ids))]


def test_the_fourth_after_twenty_four_months_is_too_late(big):
    for n, start in enumerate((*STARTS[:3], "2017-03-01")):
        work(big, f"R{n}", start, 200_000)
    assert big.found() == []


def test_half_of_the_payments_round_is_not_most(big):
    for n, start in enumerate(STARTS):
        work(big, f"R{n}", start, 200_000 + n % 2)
    assert big.found() == []


def test_more_than_half_round_is_most(big):
    ids = [work(big, f"R{n}", start, 200_000 + n // 3)[5] for n, start in enumerate(STARTS)]
    assert big.found() == [("I17", f"{C} E2", "8000.01", tuple(ids))]


def test_three_projects_or_several_firms_are_ordinary(big):
    other = on.Payee(kind="firm", name="楚雄电梯公司", account="5300-2")
    for n, start in enumerate(STARTS):
        own = {"payee": other} if n == 3 else {}
        work(big, f"R{n}", start, 200_000, payments=(("first", 200_000, "2017-04-01", own),))
    assert big.found() == []


def test_a_project_whose_payment_was_reversed_does_not_count(big):
    for n, start in enumerate(STARTS):
        work(big, f"R{n}", start, 200_000)
    big.reverse("building/B2@7", (0, "101", "withdrawal", 100_000), (1, "102", "withdrawal", 100_000))
    assert big.found() == []


# I21 化整为零


MONTHS = ("2015-03-01", "2015-08-01", "2016-02-29")


def test_three_small_projects_on_one_object(big):
    ids = [work(big, f"S{n}", start, 1_700_001, object="屋面")[5] for n, start in enumerate(MONTHS)]
    assert big.found() == [("I21", f"{C} E2", "51000.03", tuple(ids))]


@pytest.mark.parametrize(
    ("starts", "amounts", "facts"),
    [
        ((*MONTHS[:2], "2016-03-01"), (1_700_001,) * 3, {}),  # the third is twelve months later
        (MONTHS, (1_700_000, 1_700_000, 1_600_000), {}),  # together exactly at the threshold
        (MONTHS, (5_000_001, 1_700_001, 1_700_001), {}),  # one of them is above the threshold
        (MONTHS[:2], (4_900_001, 4_900_001), {}),  # two are not three
        (MONTHS, (1_700_001,) * 3, {"emergency": True}),
    ],
)
def test_what_is_not_splitting(big, starts, amounts, facts):
    for n, (start, amount) in enumerate(zip(starts, amounts, strict=True)):
        work(big, f"S{n}", start, amount, object="屋面", **facts)
    assert big.found() == []


def test_each_exactly_at_the_threshold_is_splitting(big):
    ids = [work(big, f"S{n}", start, 5_000_000, object="屋面")[5] for n, start in enumerate(MONTHS)]
    assert big.found() == [("I21", f"{C} E2", "150000.00", tuple(ids))]


SPANS = st.lists(st.tuples(st.integers(1, 300), st.integers(1, 60)), max_size=20).map(
    lambda spans: sorted((date.fromordinal(start), date.fromordinal(start + 60)) for start, _ in spans)
)


@given(spans=SPANS, many=st.integers(1, 5))
def test_windows_are_those_of_trying_every_start(spans, many):
    expected = set()
    for opens, closes in spans:
        inside = [index for index, (day, _) in enumerate(spans) if opens <= day < closes]
        if len(inside) >= many:
            expected.update(inside)
    assert disliked(range(len(spans)), spans, lambda things: len(things) >= many) == sorted(expected)


# I23 超范围列支


def test_routine_maintenance_is_named(ledger):
    ids = ledger.repair("P2", content="楼道日常保洁及灯泡更换")
    assert ledger.found() == [("I23", f"{C} E1 P2", "1100.24", (ids[0], ids[5], ids[6]))]
    assert "含有“日常、保洁、灯泡”" in ledger.findings()[0].message


# I30 决算超预算


@pytest.mark.parametrize(("settled", "found"), [(110_000, []), (110_001, ["100.01"])])
def test_a_final_account_more_than_ten_percent_over_budget(ledger, settled, found):
    payments = (("first", 110_000, "2015-04-03", {}),)
    ids = ledger.repair("P2", budget=100_000, settled=settled, payments=payments)
    assert ledger.found() == [("I30", f"{C} E1 P2", amount, (ids[0], ids[7])) for amount in found]


def test_without_a_budget_there_is_nothing_to_exceed(ledger):
    ledger.repair("P2", budget=None)
    assert ledger.found() == []


# I31 重复


def invoiced(number, amounts=(50_011, 60_013), **own):
    return (
        ("first", amounts[0], "2015-04-03", {"invoice_no": number, **own}),
        ("final", amounts[1], "2015-06-20", {"invoice_no": number, **own}),
    )


def test_one_invoice_in_two_projects(ledger):
    first = ledger.repair("P2", payments=invoiced("04412345"))
    second = ledger.repair("P3", payments=invoiced("04412345", (1_003, 2_007)), settled=3_010)
    assert ledger.found() == [("I31", f"{C} E1 P3", "30.10", (*first[5:7], *second[5:7]))]


def test_one_invoice_paid_in_stages_of_one_project(ledger):
    ledger.repair("P2", payments=invoiced("04412345"))
    assert ledger.found() == []


def test_another_firm_may_have_the_same_number(ledger):
    ledger.repair("P2", payments=invoiced("04412345"))
    other = on.Payee(kind="firm", name="楚雄电梯公司", account="5300-2")
    ledger.repair("P3", payments=invoiced("04412345", payee=other))
    assert ledger.found() == []


def test_an_invoice_whose_second_use_was_reversed(ledger):
    ledger.repair("P2", payments=invoiced("04412345"))
    ledger.repair("P3", payments=(invoiced("04412345")[0],), settled=None)
    shares = (("101", 14323), ("102", 16435), ("201", 19253))
    assert ledger.found("I31") != []
    ledger.reverse(
        "building/B1@8", *((line, unit, "withdrawal", share) for line, (unit, share) in enumerate(shares))
    )
    assert ledger.found() == []


def test_the_same_work_again_within_twenty_four_months(ledger):
    ids = [
        ledger.repair(
            f"P{n}", start, content="更换曳引机", payments=(("first", 10_007, on_day, {}),), settled=None
        )
        for n, start, on_day in (
            (2, "2015-03-01", "2015-06-01"),
            (3, "2017-02-28", "2017-06-01"),
            (4, "2019-02-28", "2019-06-01"),
        )
    ]
    assert ledger.found() == [("I31", f"{C} E1 P3", "100.07", (ids[0][5], ids[1][5]))]


@pytest.mark.parametrize(
    "facts", [{"content": "更换钢丝绳"}, {"object": "消防"}, {"buildings": ("B3",)}, {"start": "2017-03-01"}]
)
def test_other_work_another_building_or_later_is_not_again(ledger, facts):
    ledger.building("B3")
    ledger.deposit("B3")
    ledger.repair("P2", content="更换曳引机")
    ledger.repair("P3", **{"content": "更换曳引机"} | facts)
    assert ledger.found() == []


def test_a_chain_of_repeats_is_one_finding(ledger):
    ledger.building("B3")
    ledger.deposit("B3")
    for project, start, buildings in (
        ("P2", "2015-03-01", ("B1",)),
        ("P3", "2015-05-01", ("B3",)),
        ("P4", "2016-08-01", ("B1", "B3")),
    ):
        ledger.repair(project, start, content="更换曳引机", buildings=buildings)
    assert [(rule, where, amount) for rule, where, amount, _ in ledger.found()] == [
        ("I31", f"{C} E1 P3", "2200.48")
    ]


# I47 收款人


PERSON = on.Payee(kind="person", party_ref="p-1", account_ref="a-1")


def test_paid_to_a_person(ledger):
    ids = ledger.repair(
        "P2",
        settled=120_027,
        payments=(
            ("first", 50_011, "2015-04-03", {"payee": PERSON}),
            ("progress", 10_003, "2015-05-03", {}),
            ("final", 60_013, "2015-06-20", {"payee": PERSON}),
        ),
    )
    assert ledger.found() == [("I47", f"{C} E1 P2", "1100.24", (ids[5], ids[7]))]


def test_the_firm_s_account_changed_between_stages(ledger):
    moved = on.Payee(kind="firm", name="楚雄彝州建筑公司", account="6222-9")
    ids = ledger.repair(
        "P2",
        payments=(
            ("first", 50_011, "2015-04-03", {}),
            ("final", 60_013, "2015-06-20", {"payee": moved}),
        ),
    )
    assert ledger.found() == [("I47", f"{C} E1 P2", "600.13", (ids[5], ids[6]))]
    assert "收款账户先后为 5300-1、6222-9" in ledger.findings()[0].message


def test_two_firms_with_their_own_accounts(ledger):
    other = on.Payee(kind="firm", name="楚雄监理公司", account="5300-7")
    ledger.repair(
        "P2",
        payments=(
            ("first", 50_011, "2015-04-03", {}),
            ("final", 60_013, "2015-06-20", {"payee": other}),
        ),
    )
    assert ledger.found() == []
