"""Dated rules as data: what they say, and that a bad file is named."""

from datetime import date
from fractions import Fraction
from importlib import resources

import pytest

from ledger import policy
from ledger.errors import InputError
from ledger.events import Product
from ledger.policy import Policy, PolicyError
from ledger.policy.showing import in_force

FILES = {
    entry.name.removesuffix(".toml"): entry.read_bytes()
    for entry in resources.files("ledger.policy").iterdir()
    if entry.name.endswith(".toml")
}


@pytest.fixture
def rules() -> Policy:
    return policy.load()


def test_the_ten_counties(rules: Policy) -> None:
    assert [county.code for county in rules.counties] == [
        "532301",
        "532302",
        "532322",
        "532323",
        "532324",
        "532325",
        "532326",
        "532327",
        "532328",
        "532329",
    ]
    assert rules.county("532301").name == "楚雄市"


def test_the_former_code_of_lufeng_leads_to_todays(rules: Policy) -> None:
    assert rules.county("532331").code == "532302"
    assert rules.county("532331").name == "禄丰市"


@pytest.mark.parametrize("code", ["", "532300", "530102", "楚雄市"])
def test_a_code_elsewhere_is_unknown(rules: Policy, code: str) -> None:
    with pytest.raises(InputError) as caught:
        rules.county(code)
    assert caught.value.code == "county-unknown"


@pytest.mark.parametrize(
    ("lift", "storeys", "fen_per_m2"),
    [(False, 1, 7500), (False, 6, 7500), (True, 6, 9300), (True, 33, 9300)],
)
def test_standards_by_lift_and_storeys(rules: Policy, lift: bool, storeys: int, fen_per_m2: int) -> None:
    for county, mark in (("532301", "found"), ("532302", "unverified"), ("532331", "unverified")):
        standard = rules.standard(county, lift, storeys, date(2015, 1, 1))
        assert standard is not None
        assert (standard.fen_per_m2, standard.mark) == (fen_per_m2, mark)


def test_seven_storeys_without_a_lift_have_no_standard(rules: Policy) -> None:
    assert rules.standard("532301", False, 7, date(2015, 1, 1)) is None


def test_before_the_rule_there_is_no_standard(rules: Policy) -> None:
    assert rules.standard("532301", True, 18, date(2008, 1, 31)) is None
    assert rules.standard("532301", True, 18, date(2008, 2, 1)) is not None


@pytest.mark.parametrize(
    ("area_dm2", "due"), [(12000, 1_116_000), (10455, 972_315), (1, 93), (8931, 830_583)]
)
def test_what_a_unit_owes_first(rules: Policy, area_dm2: int, due: int) -> None:
    standard = rules.standard("532301", True, 18, date(2015, 1, 1))
    assert standard is not None
    assert standard.due_fen(area_dm2) == due


def test_half_a_fen_is_rounded_up(rules: Policy) -> None:
    standard = rules.standard("532301", True, 18, date(2015, 1, 1))
    assert standard is not None
    odd = policy.Standard(
        counties=("532301",),
        lift=True,
        fen_per_m2=7550,
        valid_from=date(2020, 1, 1),
        mark="found",
        source="x",
    )
    assert odd.due_fen(1) == 76
    assert odd.due_fen(3) == 227


@pytest.mark.parametrize(
    ("on", "present", "agreed", "passed"),
    [
        (date(2020, 12, 31), 900, 600, True),
        (date(2020, 12, 31), 900, 599, False),
        (date(2020, 12, 31), None, 600, True),
        (date(2021, 1, 1), 600, 301, True),
        (date(2021, 1, 1), 600, 300, False),
        (date(2021, 1, 1), 599, 599, False),
        (date(2021, 1, 1), None, 900, False),
        (date(2021, 1, 1), 901, 900, False),
        (date(2021, 1, 1), 600, 601, False),
        (date(2021, 1, 1), 600, None, False),
    ],
)
def test_votes_by_their_day(
    rules: Policy, on: date, present: int | None, agreed: int | None, passed: bool
) -> None:
    rule = rules.vote_rule(on)
    assert rule is not None
    assert rule.passed(900, present, agreed) is passed


def test_a_vote_without_a_total_does_not_pass(rules: Policy) -> None:
    rule = rules.vote_rule(date(2020, 1, 1))
    assert rule is not None
    assert not rule.passed(None, 10, 10)
    assert not rule.passed(0, 0, 0)


def test_the_interest_part_pays_first(rules: Policy) -> None:
    assert rules.interest_first(date(2015, 1, 1))


def test_what_may_be_repaired_and_its_warranty(rules: Policy) -> None:
    roof = rules.repairs.named("屋面")
    assert roof is not None
    assert rules.repairs.named("roof") == roof
    assert rules.repairs.named("户内地板") is None
    warranty = rules.repairs.warranty(roof.warranty, date(2020, 2, 29))
    assert warranty is not None
    assert (warranty.years, warranty.until(date(2020, 2, 29))) == (5, date(2025, 3, 1))
    assert rules.repairs.warranty(roof.warranty, date(2000, 1, 29)) is None
    assert rules.repairs.warranty(None, date(2020, 1, 1)) is None


def test_the_notice_is_up_as_long_as_the_audit_asks(rules: Policy) -> None:
    assert rules.repairs.notice_days(date(2025, 1, 1)) == rules.table("audit")["I28"][0]["days"]


@pytest.mark.parametrize(
    ("bank", "product", "on", "rate"),
    [
        ("PBOC", "demand", date(1998, 3, 25), "171/10000"),
        ("PBOC", "1y", date(2007, 12, 20), "387/10000"),
        ("PBOC", "1y", date(2007, 12, 21), "414/10000"),
        ("PBOC", "3m", date(2015, 10, 24), "11/1000"),
        ("PBOC", "6m", date(2026, 11, 23), "13/1000"),
        ("STATE", "demand", date(2025, 5, 20), "1/2000"),
    ],
)
def test_rates_by_bank_product_and_day(
    rules: Policy, bank: str, product: Product, on: date, rate: str
) -> None:
    assert rules.rate(bank, product, on) == Fraction(rate)


@pytest.mark.parametrize(
    ("bank", "product", "on"),
    [
        ("PBOC", "1y", date(1998, 3, 24)),
        ("STATE", "6m", date(2025, 5, 20)),
        ("STATE", "1y", date(2022, 9, 14)),
        ("nobody", "demand", date(2025, 5, 20)),
    ],
)
def test_a_rate_that_is_not_on_record(rules: Policy, bank: str, product: Product, on: date) -> None:
    assert rules.rate(bank, product, on) is None


def test_the_benchmark_has_thirty_rows_and_no_gap(rules: Policy) -> None:
    benchmark = [row for row in rules.rates.listed if row.bank == "PBOC"]
    assert len(benchmark) == 30
    assert {row.mark for row in benchmark} == {"found"}
    assert {row.mark for row in rules.rates.listed if row.bank == "STATE"} == {"unverified"}


def test_four_fifths_may_be_paid_before_acceptance(rules: Policy) -> None:
    cap = rules.stage_cap(date(2025, 4, 1))
    assert cap is not None
    assert (cap.cap_fen(100_001), cap.mark) == (80_000, "unverified")
    assert rules.stage_cap(date(2008, 1, 31)) is None


def test_rooms_read_their_own_tables(rules: Policy) -> None:
    assert rules.table("counties")["county"][0]["code"] == "532301"
    with pytest.raises(PolicyError, match=r"nothing\.toml"):
        rules.table("nothing")


def test_the_version_names_the_content() -> None:
    version = policy.read(FILES).version
    assert version == policy.load().version
    changed = FILES | {"votes": FILES["votes"] + b"# one word more\n"}
    assert policy.read(changed).version != version


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("counties", b'code = "532301"', b'code = "53230"', "six digits"),
        ("counties", b'code = "532322"', b'code = "532301"', "appears twice"),
        ("counties", b"name = ", b"title = ", r"counties\.toml: \[\[county\]\] 1"),
        ("counties", b"[[county]]", b"[[county", r"counties\.toml"),
        ("counties", b"[[county]]", b"[[town]]", r"no \[\[county\]\]"),
        ("standards", b"7500", b'"7500"', r"standards\.toml: \[\[standard\]\] 1.*fen_per_m2"),
        ("standards", b"7500", b"0", "must be positive"),
        ("standards", b'["532301"]', b'["532399"]', "no county"),
        ("standards", b'["532301"]', b'["532302"]', "overlap"),
        ("votes", b"valid_to = 2021-01-01", b"valid_to = 2021-01-02", "overlap"),
        ("votes", b"valid_to = 2021-01-01", b"valid_to = 2008-01-01", "ends before"),
        ("votes", b'"2/3"', b'"3/2"', "between 0 and 1"),
        ("repairs", b'code = "roof"', b'code = "structure"', "structure appears twice"),
        ("repairs", b'name = "\xe5\xb1\x8b\xe9\x9d\xa2"', b'name = "lift"', "lift appears twice"),
        ("repairs", b'kind = "part"', b'kind = "thing"', r"repairs\.toml: \[\[object\]\] 1"),
        ("repairs", b'warranty = "waterproofing"', b'warranty = "water"', "water is no part"),
        ("repairs", b"days = 7", b"days = -1", "must not be negative"),
        ("repairs", b"valid_from = 1949-10-01", b"valid_from = 2008-02-01", "some days have no row"),
        ("warranties", b"years = 50", b"years = 0", "must be positive"),
        ("warranties", b'part = "electrical"', b'part = "plumbing"', "overlap"),
        ("rates", b'"1.71"', b'"1,71"', r"rates\.toml: \[\[rate\]\] 1: .*no percentage"),
        ("rates", b'"1.71"', b'"101"', "from 0 to 100"),
        ("rates", b'"1.71"', b'"1.71001"', "four decimals"),
        ("rates", b'"1.71"', b"1.71", r"rates\.toml: \[\[rate\]\] 1"),
        ("rates", b'demand = "1.71", ', b"", "at least the demand rate"),
        ("rates", b'"3m"', b'"9m"', r"rates\.toml: \[\[rate\]\] 1"),
        ("rates", b'bank = "PBOC"', b'bank = "ABC"', r"\[\[rate\]\] 1: 'ABC' is no"),
        ("rates", b'code = "STATE"', b'code = "PBOC"', "appears twice"),
        ("rates", b"valid_to = 1998-07-01", b"valid_to = 1998-06-30", "PBOC has no .* from 1998-06-30"),
        ("rates", b"valid_to = 1998-07-01", b"valid_to = 1998-07-02", "overlap"),
        ("rates", b"may_exceed_gains = true", b'may_exceed_gains = "yes"', "may_exceed_gains"),
        ("rates", b"valid_from = 1949-10-01", b"valid_from = 2008-02-01", "some days have no row"),
        ("custody", b"days = 30", b"days = 0", r"custody\.toml: \[\[hand-over\]\] 1"),
        ("custody", b"2008-02-01", b"2008-02-01\nvalid_to = 2008-01-01", "ends before"),
        ("withdrawals", b"true", b'"yes"', "interest_first"),
        ("payments", b"= 80", b"= 0", "before_acceptance_percent"),
        ("payments", b"= 80", b"= 101", "before_acceptance_percent"),
        ("payments", b'"unverified"', b'"guessed"', "mark"),
        ("withdrawals", b"valid_from = 1949-10-01", b"valid_from = 2008-02-01", "some days have no row"),
    ],
)
def test_a_bad_file_is_named(file: str, old: bytes, new: bytes, message: str) -> None:
    assert old in FILES[file]
    with pytest.raises(PolicyError, match=message):
        policy.read(FILES | {file: FILES[file].replace(old, new)})


def test_a_bank_that_stopped_listing_is_named() -> None:
    last = FILES["rates"].replace(
        b"valid_from = 2025-05-20\n", b"valid_from = 2025-05-20\nvalid_to = 2026-01-01\n"
    )
    with pytest.raises(PolicyError, match=r"STATE has no .* to this day"):
        policy.read(FILES | {"rates": last})


class TestShown:
    """What is in force on a day, for people and programs."""

    def test_every_file_is_shown(self, rules: Policy) -> None:
        shown = in_force(rules, date(2025, 6, 30))
        assert [file.name for file in shown.files] == sorted(FILES)
        assert (shown.version, shown.on) == (rules.version, date(2025, 6, 30))

    @pytest.mark.parametrize(
        ("on", "percent"), [(date(2015, 10, 23), "1.75"), (date(2015, 10, 24), "1.50"), (date.max, "1.50")]
    )
    def test_only_what_is_in_force(self, rules: Policy, on: date, percent: str) -> None:
        (file,) = in_force(rules, on, "rates").files
        (benchmark,) = (row for row in file.rows if row.says.get("bank") == "PBOC")
        assert benchmark.says["percent"]["1y"] == percent
        assert (benchmark.table, benchmark.mark) == ("rate", "found")
        assert benchmark.source
        assert "source" not in benchmark.says

    def test_before_the_first_row_nothing_is_in_force(self, rules: Policy) -> None:
        (file,) = in_force(rules, date(2008, 1, 31), "votes").files
        assert file.rows == ()

    def test_rows_without_days_are_always_in_force(self, rules: Policy) -> None:
        (file,) = in_force(rules, date.min, "counties").files
        assert len(file.rows) == 10
        (file,) = in_force(rules, date.min, "payees").files
        assert [row.table for row in file.rows] == ["words", "names", "endings", "endings"]

    def test_a_threshold_holds_until_the_next(self) -> None:
        later = b"""
[[I30]]
valid_from = 2025-01-01
percent = 5
mark = "custom"
source = "x"
"""
        rules = policy.read(FILES | {"audit": FILES["audit"] + later})
        for on, percent in ((date(2024, 12, 31), 10), (date(2025, 1, 1), 5)):
            (file,) = in_force(rules, on, "audit").files
            assert [row.says["percent"] for row in file.rows if row.table == "I30"] == [percent]

    def test_no_such_file(self, rules: Policy) -> None:
        with pytest.raises(InputError, match="policy-unknown"):
            in_force(rules, date(2025, 1, 1), "nothing")
