"""Buildings that are lost and paid for, and money that the owners' assembly takes into its custody."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.commands import (
    CustodyAmount,
    DestroyBuilding,
    HandOver,
    ObligationPart,
    PayObligation,
    ReturnCustody,
    ReverseEntry,
)
from ledger.identity import building_stream

from .town import BUILDINGS, DAYS, FEN, LAST, LIVE, RECORDINGS
from .town_money import Money

ENDS = st.one_of(DAYS, st.just(LAST + timedelta(400)))


class Ends(Money):
    """Destruction, what is owed for it and paid, custody out and in, and all of that taken back."""

    def leaves(self, code, on, parts) -> set[str]:
        """Why the accounts of a building may not leave on a day."""
        keys = [key for key in self.accounts(code) if key[2] in parts]
        wrong = {
            "entries-later": any(
                self.held_on(key, on) != (self.principal[key], self.interest[key]) for key in keys
            ),
            "account-overdrawn": any(self.held(key) < 0 for key in keys),
            "gains-undistributed": self.gains_to_come(code, on),
        }
        return {name for name, found in wrong.items() if found}

    @precondition(lambda self: len(self.records) > 20)
    @rule(code=BUILDINGS, lost=ENDS, days=st.integers(-1, 30), recording=RECORDINGS)
    def destroy(self, code, lost, days, recording) -> None:
        on = lost + timedelta(days)
        command = DestroyBuilding(building=code, destroyed_on=lost, confirmed_on=on, document="决定1")
        held = {key: self.held_on(key, on) for key in self.accounts(code)}
        lines = [(key, -held[key][0], -held[key][1]) for key in sorted(held) if sum(held[key]) > 0]
        rules = self.leaves(code, on, ("owner", "seller")) | ({"confirmed-early"} if days < 0 else set())
        always = {"building-destroyed"} if self.destroyed[code] and not lines else set()
        always |= self.closed(code, *(key[1] for key, _, _ in lines))
        at = self.asks(command, recording, rules, always)
        if at is None:
            return
        for key, principal, interest in lines:
            self.moves(key, on, "refund", principal, interest)
        self.overdraws(lines)
        self.destroyed[code].append(at)
        for index, (key, principal, interest) in enumerate(lines):
            fen = -principal - interest
            self.owed.append(
                {"at": at, "line": index, "key": key, "fen": fen, "paid": 0, "on": on, "gone": False}
            )
        self.ends.append({"at": at, "kind": "refund", "on": on, "lines": lines, "gone": False})

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[dict] = []
        self.payments: list[dict] = []

    def overdraws(self, lines) -> None:
        self.overdrawn |= any(self.held(key) < 0 for key, _, _ in lines)

    @precondition(lambda self: self.owed)
    @rule(data=st.data(), fen=FEN, whole=st.booleans(), on=ENDS, recording=RECORDINGS)
    def pay(self, data, fen, whole, on, recording) -> None:
        owed = data.draw(st.sampled_from(self.owed))
        left = owed["fen"] - owed["paid"]
        fen = left if whole and left > 0 else fen
        code = owed["at"].partition("@")[0].removeprefix("building/")
        command = PayObligation(
            building=code,
            obligation=owed["at"],
            paid_on=on,
            lines=(ObligationPart(line=owed["line"], amount_fen=fen),),
        )
        wrong = {
            "obligation-paid": left <= 0,
            "obligation-exceeds": fen > left,
            "payment-early": on < owed["on"],
            "unit-frozen": owed["key"][2] == "owner" and fen > self.free_of_owed(owed["key"], on),
        }
        rules = {name for name, found in wrong.items() if found}
        always = {"obligation-unknown"} if owed["gone"] else set()
        at = self.asks(command, recording, rules, always)
        if at is not None:
            owed["paid"] += fen
            self.payments.append({"at": at, "owed": owed, "fen": fen, "gone": False})

    def free_of_owed(self, key, on) -> int:
        """What may be paid out of what is owed for an account: no court holds it."""
        left = [each["fen"] - each["paid"] for each in self.owed if each["key"] == key and not each["gone"]]
        return self.free(sum(left), key, on)

    @precondition(lambda self: self.payments)
    @rule(data=st.data())
    def take_payment_back(self, data) -> None:
        paid = data.draw(st.sampled_from(self.payments))
        always = {"already-reversed"} if paid["gone"] else set()
        if self.asks(reversal(paid["at"]), LIVE, always=always) is not None:
            paid["gone"] = True
            paid["owed"]["paid"] -= paid["fen"]

    @precondition(lambda self: len(self.records) > 16)
    @rule(codes=st.sets(BUILDINGS, min_size=1, max_size=2), on=ENDS, recording=RECORDINGS)
    def hand_over(self, codes, on, recording) -> None:
        command = HandOver(buildings=tuple(codes), noticed_on=on, handed_on=on, assembly="业主大会")
        lines = {code: [] for code in codes}
        rules, always = set(), set()
        for code in codes:
            for key in sorted(self.accounts(code)):
                principal, interest = self.held_on(key, on)
                if key[2] == "owner" and principal + interest > 0:
                    lines[code].append((key, -principal, -interest))
                elif key[2] == "owner" and (principal or interest):
                    rules.add("custody-balance")
            rules |= self.leaves(code, on, ("owner",))
            for unit in self.open_units(code):
                if self.frozen(code, unit, on) and self.held((code, unit, "owner")) > 0:
                    rules.add("unit-frozen")
            rules |= {"building-destroyed"} if self.destroyed[code] else set()
            always |= self.closed(code, *(key[1] for key, _, _ in lines[code]))
            always |= {"custody-out"} if self.assembly(code) and not lines[code] else set()
        self.passes(command, on, lines, "业主大会", recording, rules, always)

    def passes(self, command, on, lines, assembly, recording, rules, always) -> None:
        """Money of buildings changes hands, an event each."""
        at = self.asks(command, recording, rules, always)
        if at is None:
            return
        for code, moved in lines.items():
            for key, principal, interest in moved:
                self.moves(key, on, "custody", principal, interest)
            self.overdraws(moved)
            place = f"{building_stream(code)}@{self.log.events(building_stream(code)).__len__()}"
            self.custody[code].append((place, assembly))
            self.ends.append({"at": place, "kind": "custody", "on": on, "lines": moved, "gone": False})

    @rule(
        data=st.data(),
        codes=st.sets(BUILDINGS, min_size=1, max_size=2),
        fen=FEN,
        on=ENDS,
        recording=RECORDINGS,
    )
    def come_back(self, data, codes, fen, on, recording) -> None:
        lines = {code: [] for code in codes}
        rules, always, amounts = set(), set(), []
        for code in codes:
            unit = data.draw(st.sampled_from(sorted(unit for name, unit in self.units if name == code)))
            always |= self.closed(code, unit)
            lines[code].append(((code, unit, "owner"), fen, 5))
            amounts.append(CustodyAmount(building=code, unit=unit, principal_fen=fen, interest_fen=5))
            rules |= {"custody-not-out"} if self.assembly(code) is None else set()
            rules |= {"building-destroyed"} if self.destroyed[code] else set()
        command = ReturnCustody(buildings=tuple(codes), returned_on=on, lines=tuple(amounts))
        self.passes(command, on, lines, None, recording, rules, always)

    @precondition(lambda self: self.ends)
    @rule(data=st.data())
    def take_back(self, data) -> None:
        """A destruction or a transfer is reversed, whole."""
        end = data.draw(st.sampled_from(self.ends))
        code = end["at"].partition("@")[0].removeprefix("building/")
        lost, passed = self.destroyed[code], self.custody[code]
        own = [each for each in self.owed if each["at"] == end["at"]]
        always = {"already-reversed"} if end["gone"] else set()
        always |= {"obligation-paid"} if any(each["paid"] for each in own) else set()
        always |= self.closed(code, *(key[1] for key, _, _ in end["lines"]))
        rules = self.takes_frozen([(key, principal + interest) for key, principal, interest in end["lines"]])
        if end["kind"] == "custody" and lost:
            rules.add("building-destroyed")
        elif end["kind"] == "custody" and not end["gone"] and passed[-1][0] != end["at"]:
            rules.add("custody-later")
        elif end["kind"] == "custody" and end["gone"] and self.assembly(code):
            rules.add("custody-out")
        if self.asks(reversal(end["at"]), LIVE, rules, always) is None:
            return
        end["gone"] = True
        for each in own:
            each["gone"] = True
        self.destroyed[code] = [at for at in lost if at != end["at"]]
        self.custody[code] = [each for each in passed if each[0] != end["at"]]
        for key, principal, interest in end["lines"]:
            self.moves(key, end["on"], end["kind"], -principal, -interest, stands=-1)
        self.overdraws(end["lines"])


def reversal(at: str) -> ReverseEntry:
    stream, _, version = at.rpartition("@")
    return ReverseEntry(stream=stream, version=int(version), reason="录错")
