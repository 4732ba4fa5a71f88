"""I28, I35: every book with money is published and reconciled with the bank every year, art. 30."""

from datetime import date

import pytest

from ledger import events as on

C = "532301"
BOOK = f"book/{C}/commodity"


@pytest.fixture
def office(ledger):
    class Office:
        def publish(self, year, estate=None):
            return ledger.append(
                BOOK, on.PublicationIssued, f"{year + 1}-03-31", year=year, estate=estate,
                ends=date(year, 12, 31), accounts=3, totals=on.PublishedTotals(), sha256="0" * 64,
                buildings=(),
            )  # fmt: skip

        def reconcile(self, day, difference=0):
            return ledger.append(
                BOOK, on.StatementReconciled, day, account="6222", bank_balance_fen=difference,
                ledger_balance_fen=0, difference_fen=difference, bank_version=1, buildings=(),
            )  # fmt: skip

        def until(self, day):
            """Money of this day, so that the audit looks from there."""
            ledger.append(
                BOOK, on.BankGainsReceived, day, lines=(on.GainLine(category="time", amount_fen=1),)
            )

    return Office()


def found(ledger):
    return [
        (each.rule, each.county, each.message[:40], each.events)
        for each in ledger.findings()
        if each.rule in ("I28", "I35")
    ]


@pytest.mark.parametrize(
    ("today", "owed"),
    [
        ("2026-12-31", []),
        ("2027-03-31", []),
        ("2027-04-01", ["I35"]),
        ("2027-06-30", ["I35"]),
        ("2027-07-01", ["I35", "I28"]),
        ("2028-12-01", ["I35", "I35", "I28", "I28"]),
    ],
)
def test_a_year_that_was_neither_published_nor_reconciled(ledger, office, today, owed):
    office.until(today)
    assert [each[0] for each in found(ledger)] == owed


def test_years_that_were(ledger, office):
    for year in (2026, 2027):
        office.publish(year)
        office.reconcile(f"{year}-12-31")
    office.until("2028-12-01")
    assert found(ledger) == []


def test_one_estate_alone_is_not_the_book(ledger, office):
    office.publish(2026, estate="E1")
    office.reconcile("2026-06-30")
    office.until("2027-12-01")
    assert [each[0] for each in found(ledger)] == ["I28"]
    [finding] = [each for each in ledger.findings() if each.rule == "I28"]
    held = sum(area * 93 for area in (8931, 10247, 12005)) - 50_011 - 60_013
    assert finding.amount == f"{held // 100}.{held % 100:02}"
    assert finding.message.startswith(
        "账套 532301/commodity（商品住宅）2026 年度的交存、使用、增值和结存没有公布"
    )


def test_a_difference_nobody_explained(ledger, office):
    event = office.reconcile("2019-12-31", -450)
    assert [(each[0], each[3]) for each in found(ledger)] == [("I35", (event,))]
    [finding] = [each for each in ledger.findings() if each.rule == "I35"]
    assert finding.amount == "4.50"
    assert "相差 -4.50 元" in finding.message
