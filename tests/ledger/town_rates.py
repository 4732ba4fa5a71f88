"""Interest at listed rates: every account's money followed day by day, first in first out."""

from datetime import date
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.stateful import rule

from ledger.commands import AccrueRates

from .town import COUNTY, DAYS, FUNDS, LIVE, POLICY, Town


def years_and_days(since: date, until: date) -> tuple[int, int]:
    """Whole years by counting birthdays, and the days after the last."""
    years = 0
    while birthday(since, years + 1) <= until:
        years += 1
    return years, (until - birthday(since, years)).days


def birthday(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


class Rates(Town):
    """Settlements at listed rates of both books."""

    @rule(fund=st.sampled_from(FUNDS), on=DAYS, this_year=st.sampled_from(["demand", "3m", "1y"]))
    def accrue(self, fund, on, this_year) -> None:
        before = self.boundary[fund]
        listed = {name: Fraction(str(rate)) for name, rate in POLICY.rates.on("PBOC", on).items()}
        found = self.inherited(
            {key: self.earned(key, on, listed, this_year) for key in self.accounts(fund=fund)}
        )
        command = AccrueRates(county=COUNTY, fund=fund, settled_on=on, bank="PBOC", this_year=this_year)
        late = before is not None and on <= before
        if late or not any(found.values()):
            codes = {"boundary-not-later", "method-mixed"} if late else {"interest-none"}
            self.refuses(lambda: self.application.accrue(command, LIVE), codes)
            return
        self.application.accrue(command, LIVE)
        self.settles(fund, on)
        for key, fen in found.items():
            if fen:
                self.earns(key, fen, on)
        self.gains[fund].append((on, -sum(found.values())))
        self.rated[fund] = True

    def earned(self, key, on, listed, this_year) -> int:
        """Half-up to the fen, nothing below zero, in per cent and a bank's year of 360 days."""
        if self.has_left(key):
            return 0
        before = self.boundary[self.fund(key)]
        carried, moved, earned = self.settled[key], {}, Fraction(0)
        for day, fen in self.waiting[key]:
            if day >= on:
                continue
            if before is not None and day < before:
                carried += fen
                earned += fen * (before - day).days * listed[this_year] / 360
            else:
                moved[day] = moved.get(day, 0) + fen
        money = [[carried, None]]
        for day in sorted(moved):
            money.append([moved[day], day] if moved[day] > 0 else [0, day])
            leaving = -min(moved[day], 0)
            earned += self.out(money, leaving, day, before, listed)
        for fen, since in money:
            if fen > 0 and since is not None:
                earned += fen * (on - since).days * listed[this_year] / 360
            elif fen > 0:
                earned += self.carried(fen, before, on, listed)
        return max(int(earned / 100 + Fraction(1, 2)), 0)

    def out(self, money, leaving, day, before, listed) -> Fraction:
        """What leaves is the oldest money; what it earned. A debt is made good by the next money in."""
        earned = Fraction(0)
        for lot in money:
            if lot[0] < 0 and money[-1] is not lot and money[-1][0] > 0:
                made_good = min(-lot[0], money[-1][0])
                lot[0] += made_good
                money[-1][0] -= made_good
        for lot in money:
            took = min(leaving, max(lot[0], 0))
            if took and lot[1] is None:
                earned += self.carried(took, before, day, listed)
            elif took:
                earned += took * (day - lot[1]).days * listed["demand"] / 360
            lot[0] -= took
            leaving -= took
        if leaving:
            money[-1][0] -= leaving
        return earned

    def carried(self, fen, before, until, listed) -> Fraction:
        if before is None:
            return Fraction(0)
        years, days = years_and_days(before, until)
        return fen * (years * listed["1y"] + Fraction(days) * listed["demand"] / 360)
