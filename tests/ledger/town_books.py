"""Books: lots, petty cash, other money, closed periods, designated accounts; dues and bulk deposits."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.commands import (
    AdvancePettyCash,
    ClosePeriod,
    CollectBulk,
    CollectDeposit,
    DesignateAccount,
    ExemptUnit,
    LiftExemption,
    MatureDeposit,
    OverrideDue,
    PlaceDeposit,
    RecordInvestment,
    RecordOtherExpense,
    RecordOtherIncome,
    ReturnPettyCash,
    ReverseEntry,
    WithdrawDeposit,
)
from ledger.events import DepositLine
from ledger.identity import book_stream

from .town import BUILDINGS, COUNTY, DAYS, FEN, FUNDS, LIVE, RECORDINGS
from .town_money import Money

FUND = st.sampled_from(FUNDS)
STANDARD = 93
"""Fen for 0.01 m² of a building with a lift."""


class Books(Money):
    """How the money of a book rests; nothing here moves money of units but the bulk deposit."""

    def __init__(self) -> None:
        super().__init__()
        self.lots: dict[tuple[str, str], dict] = {}
        self.cash = dict.fromkeys(FUNDS, 0)
        self.booked: list[dict] = []
        self.months: dict[str, int | None] = dict.fromkeys(FUNDS)
        self.named: dict[str, list] = {fund: [] for fund in FUNDS}
        self.overrides: dict[tuple[str, str], list] = {}
        self.exempt: dict[tuple[str, str], list] = {}

    def moves_in(self, key) -> None:
        """Only the mixed building begins with money; the others owe their first deposit."""
        if key[0] == "B3":
            super().moves_in(key)

    def books(self, fund, command, recording, rules=(), always=(), **effect) -> None:
        """An event of a book that may be reversed, and what it adds: lot, open, cash, book, gain."""
        at = self.asks(command, recording, rules, always)
        if at is not None:
            self.booked.append({"fund": fund, "at": at, "gone": False, **effect})
            self.adds(self.booked[-1], 1)

    def adds(self, effect, sign) -> None:
        fund = effect["fund"]
        if "lot" in effect:
            lot = self.lots[fund, effect["lot"]]
            lot["open"] += sign * effect["open"]
            lot["moves"] += sign * (effect["open"] < 0)
        self.cash[fund] += sign * effect.get("cash", 0)
        self.totals[fund, "book"] += sign * effect.get("book", 0)
        if effect.get("gain"):
            self.gains_more(fund, effect["on"], sign * effect["gain"])

    @rule(fund=FUND, fen=FEN, on=DAYS, recording=RECORDINGS)
    def place(self, fund, fen, on, recording) -> None:
        lot = f"L{next(self.numbers)}"
        self.lots[fund, lot] = {"open": 0, "moves": 0, "on": on}
        command = PlaceDeposit(
            county=COUNTY,
            fund=fund,
            lot=lot,
            kind="time",
            bank="农行",
            amount_fen=fen,
            rate_bp=200,
            placed_on=on,
            term_months=12,
        )
        self.books(fund, command, recording, lot=lot, open=fen)

    @precondition(lambda self: self.lots)
    @rule(
        data=st.data(),
        fen=FEN,
        interest=st.integers(0, 5000),
        days=st.integers(-9, 900),
        recording=RECORDINGS,
    )
    def end_lot(self, data, fen, interest, days, recording) -> None:
        fund, name = data.draw(st.sampled_from(sorted(self.lots)))
        lot = self.lots[fund, name]
        on = lot["on"] + timedelta(days)
        where = {"county": COUNTY, "fund": fund, "lot": name, "ended_on": on, "interest_fen": interest}
        whole = data.draw(st.booleans())
        wrong = {
            "lot-unknown": lot.get("gone", False),
            "lot-ended": not lot["open"],
            "date-before": days < 0,
            "not-matured": whole and days < 365,
            "lot-short": not whole and fen > lot["open"],
        }
        always = {code for code, found in wrong.items() if found}
        if days in (365, 366):
            return
        command = MatureDeposit(**where) if whole else WithdrawDeposit(**where, principal_fen=fen)
        out = lot["open"] if whole else fen
        self.books(fund, command, recording, (), always, lot=name, open=-out, gain=interest, on=on)

    @rule(fund=FUND, fen=FEN, on=DAYS, out=st.booleans(), recording=RECORDINGS)
    def petty_cash(self, fund, fen, on, out, recording) -> None:
        where = {"county": COUNTY, "fund": fund, "holder_ref": "p-holder", "amount_fen": fen}
        if out:
            self.books(fund, AdvancePettyCash(**where, advanced_on=on), recording, cash=fen)
        else:
            always = {"petty-cash-short"} if fen > self.cash[fund] else ()
            self.books(fund, ReturnPettyCash(**where, returned_on=on), recording, (), always, cash=-fen)

    @rule(
        fund=FUND, fen=FEN, on=DAYS, kind=st.sampled_from(["", "bank-charge", "office"]), recording=RECORDINGS
    )
    def other_money(self, fund, fen, on, kind, recording) -> None:
        where = {"county": COUNTY, "fund": fund, "amount_fen": fen, "reason": "某事"}
        if not kind:
            self.books(fund, RecordOtherIncome(**where, received_on=on), recording, book=fen)
            return
        command = RecordOtherExpense(**where, paid_on=on, kind=kind, payee="农行")
        rules = {"expense-kind"} if kind == "office" else ()
        self.books(fund, command, recording, rules, book=-fen)

    @rule(fund=FUND, fen=FEN, on=DAYS, recording=RECORDINGS)
    def forbidden(self, fund, fen, on, recording) -> None:
        lot = f"W{next(self.numbers)}"
        command = RecordInvestment(
            county=COUNTY,
            fund=fund,
            lot=lot,
            kind="wealth",
            amount_fen=fen,
            invested_on=on,
            description="某产品",
        )
        self.asks(command, recording, {"investment-forbidden"})

    @precondition(lambda self: self.booked)
    @rule(data=st.data())
    def reverse_booked(self, data) -> None:
        effect = data.draw(st.sampled_from(self.booked))
        fund, lot = effect["fund"], self.lots.get((effect["fund"], effect.get("lot")))
        wrong = {
            "already-reversed": effect["gone"],
            "lot-moved": lot is not None and effect["open"] > 0 and lot["moves"] > 0,
            "petty-cash-short": effect.get("cash", 0) > self.cash[fund],
        }
        stream, _, version = effect["at"].rpartition("@")
        command = ReverseEntry(stream=stream, version=int(version), reason="录错")
        always = {code for code, found in wrong.items() if found}
        if self.asks(command, LIVE, always=always) is not None:
            effect["gone"] = True
            self.adds(effect, -1)
            if lot is not None and effect["open"] > 0:
                lot["gone"] = True

    @precondition(lambda self: any(effect.get("gain") and not effect["gone"] for effect in self.booked))
    @rule(data=st.data())
    def the_gain_of_a_lot_goes_back_with_it(self, data) -> None:
        found = [effect for effect in self.booked if effect.get("gain") and not effect["gone"]]
        effect = data.draw(st.sampled_from(found))
        version = int(effect["at"].rpartition("@")[2]) + 1
        command = ReverseEntry(stream=book_stream(COUNTY, effect["fund"]), version=version, reason="录错")
        self.asks(command, LIVE, always={"gain-of-lot"})

    @rule(fund=FUND, month=st.integers(0, 72), following=st.booleans(), recording=RECORDINGS)
    def close_month(self, fund, month, following, recording) -> None:
        """Closing a month moves no money, whatever comes later."""
        last = self.months[fund]
        month = last + 1 if following and last is not None else month
        command = ClosePeriod(county=COUNTY, fund=fund, period=f"{2012 + month // 12}-{month % 12 + 1:02}")
        rules = {"period-closed", "period-order"} if last is not None and month != last + 1 else ()
        if self.asks(command, recording, rules) is not None:
            self.months[fund] = max(month, last or 0)

    @rule(fund=FUND, on=DAYS, recording=RECORDINGS)
    def designate(self, fund, on, recording) -> None:
        number = f"专户{next(self.numbers)}"
        command = DesignateAccount(
            county=COUNTY, fund=fund, account=number, bank="农行", name="维修资金", since=on
        )
        if self.asks(command, recording, {"account-designated"} if self.named[fund] else ()) is not None:
            self.named[fund].append((number, on))

    @rule(data=st.data(), fen=FEN, on=DAYS, known=st.booleans(), recording=RECORDINGS)
    def deposit_at_a_bank(self, data, fen, on, known, recording) -> None:
        key = code, unit, part = data.draw(st.sampled_from(self.accounts()))
        named = self.named[self.fund(key)]
        account = data.draw(st.sampled_from(named))[0] if named and known else "6222"
        begun = [each for each in named if each[1] <= on]
        rules = {"account-not-designated"} if begun and account not in dict(begun) else set()
        line = DepositLine(unit=unit, part=part, amount_fen=fen, account=account)
        command = CollectDeposit(building=code, kind="make-up", value_date=on, lines=(line,))
        at = self.asks(command, recording, rules | self.shut(code, part == "seller"), self.closed(code, unit))
        if at is not None:
            self.moves(key, on, "deposit", fen)
            self.keeps(at, "deposit", on, [(key, fen, 0)], no=[None], given=[0], first=False)

    # What is due moves nothing; the bulk deposit brings exactly that

    @rule(data=st.data(), fen=st.one_of(st.none(), FEN), on=DAYS, recording=RECORDINGS)
    def override(self, data, fen, on, recording) -> None:
        code, unit = data.draw(st.sampled_from(sorted(self.units)))
        command = OverrideDue(building=code, unit=unit, due_fen=fen, reason="核定", decided_on=on)
        if self.asks(command, recording, self.shut(code), self.closed(code, unit)) is not None:
            self.overrides.setdefault((code, unit), []).append((on, fen))

    @rule(data=st.data(), on=DAYS, lifted=st.booleans(), recording=RECORDINGS)
    def exemption(self, data, on, lifted, recording) -> None:
        code, unit = data.draw(st.sampled_from(sorted(self.units)))
        last = self.latest(self.exempt, code, unit)
        always = self.closed(code, unit)
        if lifted:
            always |= {"not-exempt"} if last is None or on < last else set()
            command = LiftExemption(building=code, unit=unit, reason="查实", decided_on=on)
        else:
            command = ExemptUnit(building=code, unit=unit, reason="sole-owner", decided_on=on)
        if self.asks(command, recording, self.shut(code), always) is not None:
            self.exempt.setdefault((code, unit), []).append((on, None if lifted else on))

    @staticmethod
    def latest(decided, code, unit):
        """The decision of the latest day, of one day the last on record."""
        found = decided.get((code, unit), [])
        days = [on for on, _ in found]
        return next((said for on, said in reversed(found) if on == max(days)), None)

    @rule(code=BUILDINGS, on=DAYS, right=st.booleans(), recording=RECORDINGS)
    def bulk(self, code, on, right, recording) -> None:
        units = [
            unit
            for unit in sorted(self.open_units(code))
            if self.deposited[code, unit, "owner"] <= 0 and self.latest(self.exempt, code, unit) is None
        ]
        dues = {}
        for unit in units:
            facts = self.units[code, unit]
            standard = None if facts["fund"] == "public" else facts["area"] * STANDARD
            dues[unit] = self.latest(self.overrides, code, unit) or standard
        total = sum(due or 0 for due in dues.values())
        number = f"{next(self.numbers):04}0000"
        command = CollectBulk(
            building=code, value_date=on, total_fen=max(total, 1) if right else total + 1, receipt_no=number
        )
        wrong = {
            "units-missing": not units,
            "due-unknown": None in dues.values(),
            "bulk-total": not right,
        }
        always = {name for name, found in wrong.items() if found}
        at = self.asks(command, recording, self.shut(code), always)
        if at is None:
            return
        lines = [((code, unit, "owner"), due, 0) for unit, due in dues.items()]
        for key, due, _ in lines:
            self.moves(key, on, "deposit", due, first=True)
        numbers = [f"{int(number) + place:08}" for place in range(len(lines))]
        self.keeps(at, "deposit", on, lines, no=numbers, given=[0] * len(lines), first=True)
