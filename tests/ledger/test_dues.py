"""What is due (应交): standards, multipliers, officers' decisions, exemptions, sales of public housing."""

from datetime import date
from fractions import Fraction
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.findings import run
from audit.replay import replay
from ledger import dues, policy, standards
from ledger.commands import ExemptUnit, LiftExemption, OverrideDue, Recording, RecordSale
from ledger.errors import Refused
from ledger.events import CommandRefused, DueOverridden, ExemptionLifted, PublicUnitSold, UnitExempted
from ledger.identity import building_stream
from ledger.policy import PolicyError

FILES = {
    entry.name.removesuffix(".toml"): entry.read_bytes()
    for entry in resources.files("ledger.policy").iterdir()
    if entry.name.endswith(".toml")
}
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])
DAY = date(2025, 6, 30)
HALVED = b"""
[[multiplier]]
counties = ["532301"]
factor = "1/2"
valid_from = 2025-05-16
valid_to = 2026-03-01
mark = "found"
source = "halved"
"""
COST = b"""
[[cost]]
counties = ["532301"]
fen_per_m2 = 60000
valid_from = 2000-01-01
mark = "unverified"
source = "test"
"""


def changed(**files):
    return policy.read(FILES | files)


def halved(rows=HALVED):
    return changed(multipliers=rows)


def override(unit="101", due_fen=500_000, on=DAY, reason="测绘面积待定"):
    return OverrideDue(building="B1", unit=unit, due_fen=due_fen, reason=reason, decided_on=on)


def exempt(unit="101", reason="sole-owner", on=DAY, until=None):
    return ExemptUnit(building="B1", unit=unit, reason=reason, decided_on=on, until=until)


def lift(unit="101", on=DAY, reason="已出售"):
    return LiftExemption(building="B1", unit=unit, reason=reason, decided_on=on)


def sale(unit="101", proceeds_fen=5_000_000, on=DAY, **own):
    return RecordSale(building="B1", unit=unit, proceeds_fen=proceeds_fen, received_on=on, **own)


def refused(office, command, recording=LIVE):
    """Codes of the refusals; the log grows by one refusal when live, and by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(command, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [found.code for found in caught.value.refusals]


def due(office, unit, on=DAY):
    state = office.application.buildings(["B1"])["B1"]
    return dues.due_fen(state, decided(office), policy.load(), unit, on)


def decided(office):
    return dues.decisions(office.building_events("B1"))


@pytest.fixture
def b1(office):
    office.register("B1", {"101": 8931, "102": 10247})
    return office


@pytest.fixture
def p1(office):
    office.register("B1", {"101": 8931, "102": 10247}, fund="public")
    return office


# Standards


@pytest.mark.parametrize(
    ("on", "factor"),
    [
        (date(2025, 5, 15), Fraction(1)),
        (date(2025, 5, 16), Fraction(1, 2)),
        (date(2026, 2, 28), Fraction(1, 2)),
        (date(2026, 3, 1), Fraction(1)),
    ],
)
def test_a_multiplier_holds_on_its_days(on, factor):
    assert halved().dues.factor("532301", on) == factor
    assert halved().dues.factor("532302", on) == 1
    assert policy.load().dues.factor("532301", on) == 1


def test_half_a_standard_is_rounded_once():
    """93.00 yuan × 0.01 m² ÷ 2 is 46.5 fen, half-up 47; 75.00 × 0.03 ÷ 2 is 112.5, half-up 113."""
    found = standards.rate(halved(), "532301", "commodity", True, 18, DAY)
    assert (found.due_fen(1), found.due_fen(8931)) == (47, 415_292)
    low = standards.rate(halved(), "532301", "commodity", False, 6, DAY)
    assert low.due_fen(3) == 113


@given(area=st.integers(1, 10**9), fen=st.integers(1, 10**6), over=st.integers(1, 97), of=st.integers(97, 97))
def test_what_is_due_is_exact_to_half_a_fen(area, fen, over, of):
    rate = standards.Rate(fen, Fraction(over, of), "")
    exact = Fraction(fen * area * over, 100 * of)
    assert abs(rate.due_fen(area) - exact) <= Fraction(1, 2)
    assert rate.due_fen(area) >= exact or (exact - rate.due_fen(area)) < Fraction(1, 2)


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2025, 3, 1), (date(2025, 3, 1), date(2026, 2, 28))),
        (date(2024, 2, 29), (date(2023, 3, 1), date(2024, 2, 29))),
        (date(2025, 2, 28), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2025, 12, 31), (date(2025, 3, 1), date(2026, 2, 28))),
        (date(9999, 12, 31), (date(9999, 3, 1), date(9999, 12, 31))),
    ],
)
def test_a_standard_is_published_for_the_year_from_march_on(on, year):
    assert standards.standard_year(on) == year


@pytest.mark.parametrize(
    ("county", "lift", "storeys", "on"),
    [("532301", False, 7, DAY), ("532301", True, 18, date(2008, 1, 31)), ("999999", True, 18, DAY)],
)
def test_where_no_standard_is_known_nothing_is_made_up(county, lift, storeys, on):
    assert standards.rate(policy.load(), county, "commodity", lift, storeys, on) is None


def test_the_owner_of_public_housing_owes_two_percent_of_the_reform_cost_where_it_is_known():
    assert standards.rate(policy.load(), "532301", "public", True, 18, DAY) is None
    public = FILES["public"].replace(b"cost = []", b"") + COST
    found = standards.rate(changed(public=public), "532301", "public", True, 18, DAY)
    assert found.due_fen(10000) == 120_000  # 100 m² × 600.00 × 2 %


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("multipliers", HALVED.replace(b"1/2", b"3/2"), r"multipliers\.toml: \[\[multiplier\]\] 1"),
        ("multipliers", HALVED.replace(b'"1/2"', b'"half"'), r"multipliers\.toml: \[\[multiplier\]\] 1"),
        ("multipliers", HALVED.replace(b'"1/2"', b'"1/0"'), r"multipliers\.toml: \[\[multiplier\]\] 1"),
        ("multipliers", HALVED + HALVED, "multipliers.toml: rows from 2025-05-16 and 2025-05-16 overlap"),
        ("multipliers", HALVED.replace(b"532301", b"532399"), "532399 is no county"),
        ("multipliers", b"version = '1'", r"multipliers\.toml: no \[\[multiplier\]\]"),
        ("exemptions", FILES["exemptions"].replace(b"detached-nonresidential", b"sole-owner"), "overlap"),
        ("floor", FILES["floor"].replace(b"percent = 30", b"percent = 0"), r"floor\.toml: percent"),
        ("floor", FILES["floor"].replace(b"30\n", b'"30"\n', 1), r"floor\.toml: \[\[floor\]\] 1"),
        ("public", FILES["public"].replace(b"storeys_from = 10", b"storeys_from = 9"), "overlap"),
        ("public", FILES["public"].replace(b"days = 30", b"days = -1"), "days"),
        ("public", FILES["public"].replace(b"cost = []", b"") + COST.replace(b"60000", b"0"), "positive"),
    ],
)
def test_a_bad_file_is_named(file, content, message):
    with pytest.raises(PolicyError, match=message):
        changed(**{file: content})


@pytest.mark.parametrize(("first", "floor"), [(0, 0), (1, 1), (10, 3), (11, 4), (830_583, 249_175)])
def test_the_floor_is_thirty_percent_up_to_the_fen(first, floor):
    assert policy.load().dues.floor(DAY).floor_fen(first) == floor


# Decisions of officers


@BOTH
def test_an_officer_decides_what_is_due_and_takes_it_back(b1, recording):
    assert due(b1, "101") == 830_583
    b1.execute(override(), recording=recording)
    assert due(b1, "101") == 500_000
    b1.execute(override(due_fen=None, reason="按标准"), recording=recording)
    assert due(b1, "101") == 830_583
    made = [event for event in b1.building_events("B1") if isinstance(event, DueOverridden)]
    assert [(event.unit, event.due_fen, event.value_date) for event in made] == [
        ("101", 500_000, DAY),
        ("101", None, DAY),
    ]


def test_the_latest_decision_counts_whatever_the_order_of_recording(b1):
    b1.execute(override(due_fen=2, on=date(2025, 1, 2)), override(due_fen=1, on=date(2025, 1, 1)))
    assert due(b1, "101") == 2


def test_a_decision_makes_known_what_no_standard_says(p1):
    assert due(p1, "101") is None
    p1.execute(override(due_fen=107_172), recording=LIVE)
    assert due(p1, "101") == 107_172


@BOTH
@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (override("999"), ["unit-unknown"]),
        (override(due_fen=0), ["amount-not-positive"]),
        (override(due_fen=10**14), ["amount-too-large"]),
        (override(on=date(2026, 11, 24)), ["date-future"]),
        (override(reason=" "), ["reason-missing"]),
        (exempt("999"), ["unit-unknown"]),
        (exempt(until=date(2025, 6, 29)), ["until-early"]),
        (exempt(on=date(2026, 11, 24)), ["date-future"]),
        (lift(), ["not-exempt"]),
        (lift("999"), ["unit-unknown", "not-exempt"]),
        (sale(), ["part-unknown"]),
        (sale("999"), ["unit-unknown"]),
    ],
)
def test_what_contradicts_the_register_is_refused(b1, recording, command, codes):
    assert refused(b1, command, recording) == codes


@BOTH
@pytest.mark.parametrize("command", [override(), exempt(), lift(), sale()])
def test_a_building_must_be_known(office, recording, command):
    assert "building-unknown" in refused(office, command, recording)


# Exemptions


@BOTH
def test_a_unit_is_exempted_until_it_is_not(b1, recording):
    b1.execute(exempt(until=date(2025, 12, 31)), recording=recording)
    assert decided(b1).is_exempt("101", date(2025, 12, 31))
    assert not decided(b1).is_exempt("101", date(2026, 1, 1))
    assert not decided(b1).is_exempt("102", DAY)
    b1.execute(lift(), recording=recording)
    assert not decided(b1).is_exempt("101", DAY)
    assert [type(event) for event in b1.building_events("B1")[-2:]] == [UnitExempted, ExemptionLifted]


def test_a_lifting_before_its_exemption_is_refused(b1):
    b1.execute(exempt())
    assert refused(b1, lift(on=date(2025, 6, 29))) == ["not-exempt"]


@pytest.mark.parametrize("command", [exempt(reason="friend"), exempt(on=date(2008, 1, 31))])
def test_a_ground_that_is_none_is_refused_live(b1, command):
    assert refused(b1, command) == ["exemption-ground"]


def test_as_history_it_is_recorded_and_the_audit_does_not_believe_it(b1):
    """Both units are without deposit; the good exemption frees one, the bad one frees nobody."""
    b1.execute(exempt("101"), exempt("102", reason="friend"), b1.gains(5, on=date(2025, 1, 1)))
    assert b1.building_events("B1")[-1].reason == "friend"
    findings = [found for found in run(replay(b1.memory), policy.load()) if found.rule == "I01"]
    assert [(found.estate, found.building, found.unit) for found in findings] == [("E1", None, None)]
    assert "共 1 户" in findings[0].message


# Sold public housing


@BOTH
def test_a_sale_is_recorded_once_and_corrected(p1, recording):
    p1.execute(sale(), recording=recording)
    assert refused(p1, sale(), recording) == ["sale-known"]
    p1.execute(sale(proceeds_fen=6_000_000, corrects=True, seller="粮食局"), recording=recording)
    found = decided(p1).sales["101"]
    assert isinstance(found, PublicUnitSold)
    assert (found.proceeds_fen, found.seller, found.value_date) == (6_000_000, "粮食局", DAY)
    assert refused(p1, sale("102", corrects=True), recording) == ["sale-unknown"]


@BOTH
def test_a_sale_names_the_registered_seller(office, recording):
    units = office.units("B1", {"101": 5000}, fund="public")
    office.execute(
        type(units)(
            **{name: getattr(units, name) for name in units.__struct_fields__ if name != "units"},
            units=tuple(type(line)(
                unit=line.unit, fund="public", usage="residential", area_dm2=5000, seller="粮食局"
            ) for line in units.units),
        )
    )  # fmt: skip
    assert refused(office, sale(seller="教育局"), recording) == ["seller-contradicts"]
    office.execute(sale(), recording=recording)
    assert decided(office).sales["101"].seller == "粮食局"


@pytest.mark.parametrize(("storeys", "percent"), [(1, 20), (9, 20), (10, 30), (33, 30)])
def test_the_sellers_share_by_class_of_building(storeys, percent):
    for lift_ in (True, False):
        assert policy.load().dues.seller_share(lift_, storeys, DAY).percent == percent
    assert policy.load().dues.seller_share(True, storeys, date(2008, 1, 31)) is None


def test_the_seller_has_no_account_in_commercial_housing(b1):
    assert refused(b1, b1.deposit("B1", "101", 100, DAY, part="seller")) == ["part-unknown"]


def test_decisions_move_no_money(p1):
    before = p1.balances("B1")
    p1.execute(override(), exempt(), lift(), sale(), recording=LIVE)
    assert p1.balances("B1") == before
    assert len(p1.events(building_stream("B1"))) == 6
