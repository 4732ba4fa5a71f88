"""``fund interest accrue``: interest at listed rates, and what of the gains remains."""

BOOK = ("--book", "532301/commodity")


def imported(fund, files):
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0


def test_what_was_credited_and_what_remains(fund, files):
    """Three units with 23,387.25 since 2019-01-01 at 0.35 %, a gain of 1,000.00."""
    imported(fund, files)
    done = fund("interest", "accrue", *BOOK, "--on", "2019-12-31", "--bank", "PBOC", "--json")
    assert done.status == 0
    found = done.document
    assert found.pop("position").isdigit()
    assert found == {
        "book": "532301/commodity",
        "settled_on": "2019-12-31",
        "previous": None,
        "bank": "PBOC",
        "rates": {
            "this_year": {"product": "demand", "percent": "0.35"},
            "carried": {"product": "1y", "percent": "1.50"},
            "demand": {"product": "demand", "percent": "0.35"},
        },
        "credited": "82.76",
        "waiting": "1000.00",
        "difference": "917.24",
        "buildings": 1,
        "units": 3,
    }
    totals = fund("summary", "--json").document["total"]
    assert (totals["growth"], totals["balance"], totals["undistributed"]) == ("1000.00", "24387.25", "917.24")
    assert fund("audit", "verify", "--json").document["problems"] == []
    assert fund("rebuild", "--check").status == 0


def test_a_gap_is_shown_below_zero_everywhere(fund, files):
    imported(fund, {kind: path for kind, path in files.items() if kind != "bank-gains"})
    done = fund("interest", "accrue", *BOOK, "--on", "2019-12-31", "--bank", "PBOC")
    assert "计息入账 82.76 元，1 幢 3 户" in done.out
    assert "待分配累计收益（3101）计息前 0.00 元，计息后缺口 82.76 元" in done.out
    assert fund("summary", "--json").document["total"]["undistributed"] == "-82.76"


def test_a_rate_nobody_listed_is_refused(fund, files):
    imported(fund, files)
    done = fund("interest", "accrue", *BOOK, "--on", "2019-12-31", "--bank", "农商行", "--json")
    assert (done.status, done.document["code"]) == (1, "rate-unknown")
