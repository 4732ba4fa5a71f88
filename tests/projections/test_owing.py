"""What owners and selling units owe, who is in arrears or below the floor, and what became of receipts."""

from datetime import date

import pytest

from ledger import policy
from ledger.errors import InputError
from ledger.events import (
    BuildingDestroyed,
    CustodyLine,
    CustodyTransferredOut,
    DueOverridden,
    ExemptionLifted,
    MoveLine,
    ObligationLine,
    PublicUnitSold,
    ReceiptsIssued,
    ReceiptsVoided,
    UnitExempted,
    UnitLine,
    UnitsChanged,
)
from ledger.log import Change, Claim
from projections.arrears import arrears, dues
from projections.dunning import dunning
from projections.receipts import receipt_use
from projections.sellers import sellers
from projections.statement import statement_unit
from projections.summary import summary
from tests.projections.conftest import said

TODAY = date(2026, 11, 23)
DUE = 9000 * 93
"""Every unit of the town has 90 m² in a building with a lift."""
PAID_ON = date(2012, 6, 30)


@pytest.fixture
def ask(follower, database):
    def asked(question, *arguments, **options):
        follower.catch_up()
        with database.engine.connect() as connection:
            return question(connection, policy.load(), *arguments, today=TODAY, **options)

    return asked


def decide(town, kind, unit="101", on=date(2020, 1, 1), building="B1", **own):
    town.append(f"building/{building}", kind(unit=unit, **own, **said(on)))


def owing(found):
    return [(due.building, due.unit, due.paid, due.missing) for due in found.units]


# Dues


def test_the_standard_of_the_first_deposit_counts_else_that_of_the_asked_day(town, ask):
    town.open("B1", ("101", "102"))
    town.deposit("B1", PAID_ON, {"101": DUE})
    paid, unpaid = ask(dues, "B1").units
    assert (paid.on, unpaid.on) == (PAID_ON, TODAY)
    assert (paid.due, paid.paid, paid.missing) == ("8370.00", "8370.00", "0.00")
    assert (unpaid.due, unpaid.paid, unpaid.missing) == ("8370.00", "0.00", "8370.00")
    assert (unpaid.basis, unpaid.standard, unpaid.factor, unpaid.area_dm2) == ("standard", "93.00", "1", 9000)
    assert (unpaid.year_from, unpaid.year_to) == (date(2026, 3, 1), date(2027, 2, 28))
    assert unpaid.days == (TODAY - date(2010, 6, 30)).days
    assert ask(dues, "B1", "101").units == (paid,)
    assert ask(dues, "B1", as_of=date(2008, 1, 31)).units[1].basis == "unknown"
    assert ask(dues, "B2") is None
    assert ask(dues, "B1", "999") is None


def test_a_deposit_given_back_or_reversed_is_not_the_first(town, ask):
    town.open("B1", ("101", "102"))
    given = town.deposit("B1", PAID_ON, {"101": 500})
    town.reverse("B1", given, PAID_ON)
    town.deposit("B1", date(2013, 1, 1), {"101": 700})
    [due] = ask(dues, "B1", "101").units
    assert (due.on, due.paid) == (date(2013, 1, 1), "7.00")


def test_what_counts_as_paid(town, ask):
    """First and make-up deposits less refunds; a top-up fills what was used, an opening is older."""
    town.open("B1", ("101", "102", "103"))
    town.deposit("B1", PAID_ON, {"101": 600})
    town.deposit("B1", PAID_ON, {"101": 50}, kind="make-up")
    town.deposit("B1", PAID_ON, {"101": 7}, kind="top-up")
    town.refund("B1", PAID_ON, {"101": (100, 3)}, kind=None)
    town.opening("B1", PAID_ON, {"102": (500, 20)})
    found = ask(dues, "B1").units
    assert [(due.paid, due.missing, due.opened) for due in found] == [
        ("5.50", "8364.50", False),
        ("5.00", None, True),
        ("0.00", "8370.00", False),
    ]


def test_decisions_count_in_the_order_of_their_days(town, ask):
    town.open("B1", ("101", "102"))
    decide(town, DueOverridden, due_fen=200, reason="r", on=date(2020, 1, 2))
    decide(town, DueOverridden, due_fen=100, reason="r", on=date(2020, 1, 1))
    decide(town, UnitExempted, "102", reason="sole-owner", until=date(2020, 12, 31))
    assert [(due.basis, due.due) for due in ask(dues, "B1").units] == [
        ("decided", "2.00"),
        ("standard", "8370.00"),
    ]
    before = ask(dues, "B1", as_of=date(2020, 1, 1)).units
    assert [(due.basis, due.due, due.missing) for due in before] == [
        ("decided", "1.00", "1.00"),
        ("exempt", None, None),
    ]
    assert ask(dues, "B1", as_of=date(2019, 12, 31)).units[1].basis == "standard"
    decide(town, ExemptionLifted, "102", reason="r", on=date(2020, 2, 1))
    assert ask(dues, "B1", as_of=date(2020, 3, 1)).units[1].basis == "standard"


# Arrears


def test_arrears_leave_out_who_paid_who_is_exempt_and_what_is_unknown(town, ask):
    town.open("B1", ("101", "102", "103", "104"))
    town.open("P1", ("101",), fund="public")
    town.deposit("B1", PAID_ON, {"101": DUE, "102": DUE - 1})
    town.opening("B1", PAID_ON, {"103": (5, 0)})
    decide(town, UnitExempted, "104", reason="sole-owner", on=date(2020, 1, 1))
    assert owing(ask(arrears)) == [("B1", "102", "8369.99", "0.01")]
    assert owing(ask(arrears, as_of=date(2012, 6, 29))) == [
        ("B1", unit, "0.00", "8370.00") for unit in ("101", "102", "103", "104")
    ]
    assert ask(arrears, as_of=date(2010, 6, 29)).units == ()


def test_arrears_go_by_pages_of_counties(town, ask):
    town.open("B1", ("101", "102"))
    town.open("A1", ("101",), county="532322")
    town.open("C1", ("101",))
    first = ask(arrears, limit=2)
    assert [due.building for due in first.units] == ["A1", "B1"]
    assert first.next == "B1/101"
    rest = ask(arrears, after=first.next)
    assert [(due.building, due.unit) for due in rest.units] == [("B1", "102"), ("C1", "101")]
    assert rest.next is None
    assert [due.building for due in ask(arrears, ("532322",)).units] == ["A1"]
    assert ask(arrears, ()).units == ()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"after": "B1"}, "cursor-invalid"),
        ({"after": "/"}, "cursor-invalid"),
        ({"after": "B1/1/2"}, "cursor-invalid"),
        ({"limit": 0}, "limit-invalid"),
        ({"limit": 1001}, "limit-invalid"),
    ],
)
@pytest.mark.parametrize("question", [arrears, dunning, sellers])
def test_a_page_that_cannot_be_asked_for(ask, question, options, code):
    with pytest.raises(InputError) as caught:
        ask(question, **options)
    assert caught.value.code == code


# Dunning


def test_below_thirty_percent_of_the_first_deposit(town, ask):
    town.open("B1", ("101", "102", "103", "104"))
    town.deposit("B1", PAID_ON, dict.fromkeys(("101", "102", "103"), 1001))
    town.deposit("B1", PAID_ON, {"104": 5}, kind="top-up")
    town.withdraw("B1", date(2015, 1, 1), {"101": (701, 0), "102": (700, 0), "103": (1001, 0), "104": (5, 0)})
    decide(town, UnitExempted, "103", reason="sole-owner", until=date(2019, 12, 31))
    below = ask(dunning, as_of=date(2019, 12, 31)).units
    assert [(each.unit, each.first_deposit, each.floor, each.balance, each.missing) for each in below] == [
        ("101", "10.01", "3.01", "3.00", "0.01"),
        ("103", "10.01", "3.01", "0.00", "3.01"),
    ]
    decide(town, UnitExempted, "103", reason="sole-owner", on=date(2019, 12, 31))
    assert [each.unit for each in ask(dunning, as_of=date(2019, 12, 31)).units] == ["101"]
    assert ask(dunning, as_of=date(2014, 12, 31)).units == ()


def test_a_refund_and_a_reversal_of_first_money_lower_the_floor(town, ask):
    town.open("B1", ("101", "102"))
    town.deposit("B1", PAID_ON, {"101": 1000, "102": 1000})
    again = town.deposit("B1", PAID_ON, {"102": 1000})
    town.withdraw("B1", date(2015, 1, 1), {"101": (600, 0), "102": (1600, 0)})
    assert [(each.unit, each.floor) for each in ask(dunning).units] == [("102", "6.00")]
    town.refund("B1", date(2016, 1, 1), {"101": (101, 0)})
    town.reverse("B1", again, PAID_ON)
    found = ask(dunning).units
    assert [(each.unit, each.first_deposit, each.floor, each.balance) for each in found] == [
        ("102", "10.00", "3.00", "-6.00")
    ]


def test_the_floor_of_a_split_unit_goes_on_with_those_that_took_its_place(town, ask):
    town.open("B1", ("101",))
    town.deposit("B1", PAID_ON, {"101": 1000})
    town.withdraw("B1", date(2015, 1, 1), {"101": (800, 0)})

    def line(unit, area):
        return UnitLine(unit=unit, fund="commodity", usage="residential", area_dm2=area)

    def move(unit, principal, first):
        return MoveLine(unit=unit, principal_fen=principal, first_deposit_fen=first)

    split = UnitsChanged(
        reason="split",
        before=(line("101", 9000),),
        after=(line("A", 3600), line("B", 5400)),
        lines=(move("101", -200, -1000), move("A", 80, 400), move("B", 120, 600)),
        **said(date(2016, 1, 1)),
    )
    town.append("building/B1", split)
    town.deposit("B1", date(2017, 1, 1), {"A": 100}, kind="make-up")
    found = ask(dunning).units
    assert [(each.unit, each.first_deposit, each.floor, each.balance) for each in found] == [
        ("B", "6.00", "1.80", "1.20")
    ]
    assert [(each.unit, each.paid, each.missing) for each in ask(dues, "B1").units] == [
        ("A", "1.80", None),
        ("B", "1.20", None),
    ]


def test_the_selling_units_money_is_not_the_owners(town, ask):
    town.open("P1", ("101",), fund="public")
    town.deposit("P1", PAID_ON, {"101": 1000})
    town.deposit("P1", PAID_ON, {"101": 9000}, part="seller")
    town.withdraw("P1", date(2015, 1, 1), {"101": (900, 0)})
    [below] = ask(dunning).units
    assert (below.first_deposit, below.balance, below.missing) == ("10.00", "1.00", "2.00")
    [due] = ask(dues, "P1").units
    assert (due.basis, due.paid) == ("unknown", "10.00")


# Selling units


def sold(town, unit="101", on=date(2012, 1, 1), proceeds_fen=5_000_001, **own):
    decide(town, PublicUnitSold, unit, on, building="P1", proceeds_fen=proceeds_fen, seller="粮食局", **own)


def test_selling_units_owe_their_share_within_thirty_days(town, ask):
    town.open("P1", ("101", "102", "103"), fund="public")
    for unit in ("101", "102", "103"):
        sold(town, unit)
    town.deposit("P1", date(2012, 1, 31), {"101": 1_500_000}, part="seller")
    town.deposit("P1", date(2012, 1, 31), {"102": 1_000_000}, part="seller")
    town.deposit("P1", date(2012, 2, 3), {"102": 500_000}, part="seller")
    town.deposit("P1", date(2012, 1, 31), {"103": 1_500_000})
    found = ask(sellers).units
    assert [(due.due, due.due_on, due.percent) for due in found] == [("15000.00", date(2012, 1, 31), 30)] * 3
    assert [(due.paid, due.missing, due.paid_on) for due in found] == [
        ("15000.00", "0.00", date(2012, 1, 31)),
        ("15000.00", "0.00", date(2012, 2, 3)),
        ("0.00", "15000.00", None),
    ]
    assert [due.days_late for due in found] == [0, 3, (TODAY - date(2012, 1, 31)).days]
    assert [due.unit for due in ask(sellers, late=True).units] == ["102", "103"]
    assert [due.days_late for due in ask(sellers, as_of=date(2012, 2, 1)).units] == [0, 1, 1]
    assert ask(sellers, as_of=date(2011, 12, 31)).units == ()
    assert ask(sellers, ("532322",)).units == ()
    page = ask(sellers, limit=1)
    assert (page.units, page.next) == (found[:1], "P1/101")
    assert ask(sellers, after=page.next).units == found[1:]


def test_a_corrected_sale_counts_as_corrected(town, ask):
    town.open("P1", ("101",), fund="public")
    sold(town)
    sold(town, on=date(2013, 1, 1), proceeds_fen=100, corrects=True)
    [due] = ask(sellers).units
    assert (due.proceeds, due.due, due.due_on) == ("1.00", "0.30", date(2013, 1, 31))


# No view mixes the parts


def test_a_statement_keeps_the_parts_apart(town, follower, database):
    town.open("P1", ("101",), fund="public")
    town.deposit("P1", date(2019, 1, 1), {"101": 100})
    town.deposit("P1", date(2019, 1, 2), {"101": 40}, part="seller")
    town.withdraw("P1", date(2019, 1, 3), {"101": (30, 0)})
    follower.catch_up()
    with database.engine.connect() as connection:
        found = statement_unit(connection, "P1", "101")
    assert [(line.part, line.part_balance, line.balance) for line in found.lines] == [
        ("owner", "1.00", "1.00"),
        ("seller", "0.40", "1.40"),
        ("owner", "0.70", "1.10"),
    ]
    assert [(part.part, part.balance, part.principal) for part in found.parts] == [
        ("owner", "0.70", "0.70"),
        ("seller", "0.40", "0.40"),
    ]


def test_a_summary_of_one_fund_kind(town, follower, database):
    town.open("P1", ("101",), fund="public", estate="E2")
    town.open("B1", ("101", "102"))
    town.deposit("P1", PAID_ON, {"101": 5})
    town.deposit("B1", PAID_ON, {"101": 7})
    town.gain("532301", PAID_ON, 2, fund="public")
    follower.catch_up()
    with database.engine.connect() as connection:
        public = summary(connection, fund="public")
        commodity = summary(connection, fund="commodity")
        whole = summary(connection)
    counted = [
        (found.total.collected, found.total.estates, found.total.buildings, found.total.units)
        for found in (public, commodity, whole)
    ]
    assert counted == [("0.07", 1, 1, 1), ("0.07", 1, 1, 2), ("0.14", 2, 2, 3)]
    assert (public.fund, whole.fund) == ("public", None)


# Receipts


def test_what_became_of_the_receipts_of_a_code(town, event_log, follower, database):
    day = said(PAID_ON)
    town.append("receipts/A", ReceiptsIssued(first="楚0098", last="楚0107", holder="一办", **day))
    town.append("receipts/A", ReceiptsIssued(first="楚0200", last="楚0201", holder="二办", **day))
    town.append("receipts/A", ReceiptsVoided(first="楚0099", last="楚0099", reason="污损", **day))
    town.open("B1", ("101",))
    numbers = ("楚0098", "楚0103", "楚0105", "楚105")
    claims = [Claim("receipt/532301", number, strict=True) for number in numbers]
    town.versions["building/B1"] += 1
    event_log.append(
        [Change("building/B1", 2, [DueOverridden(unit="101", reason="r", **day)])], claims=claims
    )
    follower.catch_up()
    with database.engine.connect() as connection:
        found = receipt_use(connection, "A")
        nothing = receipt_use(connection, "B")
    assert nothing is None
    first, second = found.ranges
    assert (first.first, first.last, first.issued, first.used, first.void) == ("楚0098", "楚0107", 10, 3, 1)
    assert (first.free, first.skipped) == (2, 4)
    assert [(gap.first, gap.last, gap.count) for gap in first.gaps] == [
        ("楚0100", "楚0102", 3),
        ("楚0104", "楚0104", 1),
    ]
    assert (second.used, second.free, second.gaps) == (0, 2, ())
    assert (found.issued, found.used, found.void, found.free, found.skipped) == (12, 3, 1, 4, 4)


# Buildings that are gone, and money in other hands


def test_who_is_gone_or_handed_over_is_not_asked_for_money(town, ask):
    town.open("B1", ("101", "102"))
    town.open("B2", ("101",))
    town.deposit("B1", PAID_ON, {"101": 1000})
    town.deposit("B2", PAID_ON, {"101": 1000})
    assert ask(dunning).units == ()
    gone = BuildingDestroyed(
        destroyed_on=date(2015, 1, 1),
        lines=(ObligationLine(unit="101", principal_fen=1000, payee="owner"),),
        **said(date(2015, 1, 1)),
    )
    town.append("building/B1", gone)
    handed = CustodyTransferredOut(
        assembly="业主大会",
        lines=(CustodyLine(unit="101", principal_fen=1000),),
        **said(date(2015, 1, 1)),
    )
    town.append("building/B2", handed)
    assert ask(dunning).units == ()
    assert owing(ask(arrears)) == [("B2", "101", "10.00", "8360.00")]
    before = ask(arrears, as_of=date(2014, 12, 31))
    assert [(due.building, due.unit) for due in before.units] == [("B1", "101"), ("B1", "102"), ("B2", "101")]
    assert len(ask(dues, "B1").units) == 2
