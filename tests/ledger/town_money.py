"""What every account sees: money in, refunds, gains and their distribution, change of owner, reversals."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from ledger.commands import (
    ChangeOwner,
    CollectDeposit,
    CreditIncome,
    OpenBalance,
    ReceiveGains,
    RecordRepair,
    Refund,
    RefundDeposit,
    RepairPayment,
    ReverseEntry,
)
from ledger.events import DepositLine, GainLine, OpeningLine

from .town import BUILDINGS, COUNTY, DAYS, FEN, FUNDS, HISTORY, LAST, LIVE, RECORDINGS, Town, by_share


class Money(Town):
    """Deposits, openings, incomes, refunds, old repairs, gains, transfers and reversals."""

    @rule(data=st.data(), fen=FEN, on=DAYS, kind=st.sampled_from(["first", "top-up"]), recording=RECORDINGS)
    def deposit(self, data, fen, on, kind, recording) -> None:
        key = code, unit, part = data.draw(st.sampled_from(self.accounts()))
        number = f"{next(self.numbers):08}"
        line = DepositLine(unit=unit, part=part, amount_fen=fen, receipt_no=number)
        command = CollectDeposit(building=code, kind=kind, value_date=on, lines=(line,))
        at = self.asks(command, recording, self.shut(code, part == "seller"), self.closed(code, unit))
        if at is not None:
            self.moves(key, on, "deposit", fen, first=kind == "first")
            self.keeps(at, "deposit", on, [(key, fen, 0)], no=[number], given=[0], first=kind == "first")

    def deposits(self) -> list[tuple[dict, int]]:
        """The deposits that stand, by record and line."""
        return [
            (record, line)
            for record in self.records
            if record["kind"] == "deposit"
            for line in range(len(record["lines"]))
            if line not in record["gone"]
        ]

    @precondition(lambda self: len(self.records) % 5 == 0 and self.deposits())
    @rule(data=st.data())
    def a_receipt_is_not_used_twice(self, data) -> None:
        record, index = data.draw(st.sampled_from(self.deposits()))
        if record["no"][index] is None:
            return
        code, unit, part = record["lines"][index][0]
        line = DepositLine(unit=unit, part=part, amount_fen=1, receipt_no=record["no"][index])
        again = CollectDeposit(building=code, kind="first", value_date=LAST, lines=(line,))
        codes = {"receipt-used", *self.shut(code), *self.closed(code, unit)}
        self.refuses(lambda: self.does(again, LIVE), codes)

    @rule(data=st.data(), principal=FEN, interest=st.integers(0, 9999), on=DAYS, recording=RECORDINGS)
    def opening(self, data, principal, interest, on, recording) -> None:
        key = code, unit, part = data.draw(st.sampled_from(self.accounts()))
        line = OpeningLine(unit=unit, part=part, principal_fen=principal, interest_fen=interest)
        command = OpenBalance(building=code, value_date=on, lines=(line,))
        opened = any(
            record["kind"] == "opening" and record["lines"][0][0] == key and not record["gone"]
            for record in self.records
        )
        late = {"opening-late"} if self.standing[key] and not opened else set()
        always = {*self.closed(code, unit), *({"opening-twice"} if opened else ())}
        at = self.asks(command, recording, self.shut(code, part == "seller") | late, always)
        if at is not None:
            self.moves(key, on, "opening", principal, interest)
            self.keeps(at, "opening", on, [(key, principal, interest)])

    @rule(code=BUILDINGS, data=st.data(), fen=FEN, on=DAYS, recording=RECORDINGS)
    def income(self, code, data, fen, on, recording) -> None:
        units = sorted(unit for building, unit in self.units if building == code)
        unit = data.draw(st.one_of(st.none(), st.none(), st.sampled_from(units)))
        command = CreditIncome(building=code, category="operating", value_date=on, amount_fen=fen, unit=unit)
        always = set() if unit is None else self.closed(code, unit)
        at = self.asks(command, recording, self.shut(code), always)
        if at is None:
            return
        areas = self.open_units(code) if unit is None else {unit: 1}
        lines = [((code, name, "owner"), share, 0) for name, share in sorted(by_share(fen, areas).items())]
        lines = [line for line in lines if line[1]]
        for key, share, _ in lines:
            self.moves(key, on, "income", share)
        self.keeps(at, "income", on, lines)

    @rule(fund=st.sampled_from(FUNDS), fen=FEN, on=DAYS, recording=RECORDINGS)
    def gain(self, fund, fen, on, recording) -> None:
        line = GainLine(category="demand", amount_fen=fen)
        at = self.does(ReceiveGains(county=COUNTY, fund=fund, value_date=on, lines=(line,)), recording)
        self.gains_more(fund, on, fen)
        self.keeps(at, "gain", on, [(fund, fen, 0)])

    @precondition(lambda self: self.deposits())
    @rule(data=st.data(), fen=FEN, later=st.integers(-100, 900), recording=RECORDINGS)
    def refund(self, data, fen, later, recording) -> None:
        record, index = data.draw(st.sampled_from(self.deposits()))
        (code, old, part), amount, _ = record["lines"][index]
        if record["no"][index] is None:
            return
        unit = data.draw(st.sampled_from([old, *self.descent(code, old)]))
        key, on = (code, unit, part), record["on"] + timedelta(later)
        left = max(amount - record["given"][index], 0)
        fen = data.draw(st.sampled_from([fen, left or fen]))
        back = Refund(unit=unit, part=part, amount_fen=fen, receipt_no=record["no"][index])
        command = RefundDeposit(building=code, reason="overpaid", refunded_on=on, lines=(back,))
        wrong = {
            "refund-twice": left == 0,
            "refund-exceeds": fen > left,
            "balance-short": fen > self.held(key),
            "refund-early": later < 0,
            "unit-frozen": part == "owner" and fen > self.unfrozen(key, on),
        }
        rules = {name for name, found in wrong.items() if found} | self.shut(code, part == "seller")
        at = self.asks(command, recording, rules, self.closed(code, unit))
        if at is None:
            return
        principal = min(fen, max(self.principal[key], 0), left)
        interest = min(fen - principal, max(self.interest[key], 0))
        self.moves(key, on, "refund", interest - fen, -interest, first=record["first"])
        self.overdrawn |= self.held(key) < 0
        record["given"][index] += fen
        lines = [(key, interest - fen, -interest)]
        self.keeps(at, "refund", on, lines, of=(record, index), first=record["first"])

    def descent(self, code, unit) -> list[str]:
        """The units to which the balance of a unit came, and theirs."""
        heirs = self.units[code, unit]["heirs"] or {}
        return [name for heir in heirs for name in (heir, *self.descent(code, heir))]

    def frozen(self, code, unit, on) -> list[dict]:
        """The freezes that hold a unit on a day, or took hold since."""
        last = max(on, self.today)
        return [
            freeze
            for freeze in self.freezes[code, unit]
            if freeze["since"] <= last and (freeze["until"] is None or on <= freeze["until"])
        ]

    def takes_frozen(self, taken) -> set[str]:
        """Why a reversal may not take money out of accounts: a court has frozen it today."""
        sums: dict[tuple, int] = {}
        for key, fen in taken:
            if key[2] == "owner":
                sums[key] = sums.get(key, 0) + fen
        short = any(fen > self.unfrozen(key, self.today) for key, fen in sums.items())
        return {"unit-frozen"} if short else set()

    def unfrozen(self, key, on) -> int:
        """What an owner's account has to pay with."""
        return self.free(max(self.held(key), 0), key, on)

    def free(self, fen, key, on) -> int:
        """What the freezes of a unit leave of an amount; without any it is not asked for."""
        amounts = [freeze["amount"] for freeze in self.frozen(*key[:2], on)]
        if None in amounts:
            return 0
        return max(fen - sum(amounts), 0) if amounts else 10**12

    @rule(codes=st.sets(BUILDINGS, min_size=1), fen=FEN, on=DAYS)
    def old_repair(self, codes, fen, on) -> None:
        command = RecordRepair(
            project=f"H{next(self.numbers)}",
            county=COUNTY,
            estate="E1",
            buildings=tuple(sorted(codes)),
            object="电梯",
            content="更换曳引机",
            emergency=False,
            payments=(RepairPayment(stage="final", amount_fen=fen, paid_on=on),),
        )
        self.refuses(lambda: self.does(command, LIVE), {"history-only", "building-destroyed", "custody-out"})
        self.does(command, HISTORY)
        scope = {(code, unit): area for code in codes for unit, area in self.open_units(code).items()}
        for key, share in self.borne(fen, scope)[0].items():
            if share:
                self.pays(key, on, "withdrawal", share)

    def borne(self, cost, scope, unsold=()) -> tuple[dict, int]:
        """What accounts and the developer bear of a repair, art. 20 and 21."""
        by_area = by_share(cost, scope)
        shares = {(*unit, "owner"): share for unit, share in by_area.items() if unit not in unsold}
        developer = cost - sum(shares.values())
        public = [key for key in shares if self.fund(key) == "public"]
        owned = sum(max(self.deposited[key], 0) for key in public)
        sold = {(*key[:2], "seller"): max(self.deposited[*key[:2], "seller"], 0) for key in public}
        if not any(sold.values()):
            return shares, developer
        whole = {0: owned, 1: sum(sold.values())}
        parts = by_share(sum(shares[key] for key in public), whole)
        shares |= by_share(parts[0], {key: scope[key[:2]] for key in public})
        return shares | by_share(parts[1], sold), developer

    @rule(data=st.data(), owner=st.sampled_from(["p-9", "p-8", "p-7"]), on=DAYS, recording=RECORDINGS)
    def transfer(self, data, owner, on, recording) -> None:
        code, unit = data.draw(st.sampled_from(list(self.units)))
        facts = self.units[code, unit]
        command = ChangeOwner(building=code, unit=unit, transferred_on=on, owner_ref=owner)
        wrong = {
            "owner-same": owner == facts["owner"],
            "transfer-early": on < facts["since"],
            "unit-frozen": bool(self.frozen(code, unit, on)),
        }
        rules = {name for name, found in wrong.items() if found} | self.shut(code)
        if self.asks(command, recording, rules, self.closed(code, unit)) is not None:
            facts["owner"], facts["since"] = owner, on

    @precondition(lambda self: self.records)
    @rule(data=st.data(), whole=st.booleans())
    def reverse(self, data, whole) -> None:
        record = data.draw(st.sampled_from(self.records))
        chosen = list(range(len(record["lines"])))
        if not whole:
            chosen = [data.draw(st.sampled_from(chosen))]
        stream, _, version = record["at"].rpartition("@")
        command = ReverseEntry(
            stream=stream, version=int(version), reason="录错", lines=None if whole else tuple(chosen)
        )
        always = {"already-reversed"} if record["gone"] & set(chosen) else set()
        rules = set()
        if record["kind"] != "gain":
            for key in (record["lines"][line][0] for line in chosen):
                always |= self.closed(*key[:2])
                rules |= self.shut(key[0])
        if "given" in record and any(record["given"][line] for line in chosen):
            rules.add("refund-stands")
        if record["kind"] != "gain":
            lines = [record["lines"][line] for line in chosen]
            rules |= self.takes_frozen([(key, principal + interest) for key, principal, interest in lines])
        if self.asks(command, LIVE, rules, always) is None:
            return
        record["gone"] |= set(chosen)
        for line in chosen:
            self.goes_back(record, *record["lines"][line])

    def goes_back(self, record, key, principal, interest) -> None:
        if record["kind"] == "gain":
            self.gains_more(key, record["on"], -principal)
            return
        first = record.get("first", False)
        self.moves(key, record["on"], record["kind"], -principal, -interest, first, stands=-1)
        self.overdrawn |= self.held(key) < 0
        if record["kind"] == "refund":
            deposit, index = record["of"]
            deposit["given"][index] += principal + interest

    @rule(fund=st.sampled_from(FUNDS), through=DAYS)
    def distribute(self, fund, through) -> None:
        boundary, before = through + timedelta(1), self.boundary[fund]
        pool, weights = self.pool(fund, through), self.weights(fund, boundary)
        late = before is not None and boundary <= before
        if late or pool <= 0 or not any(weights.values()):
            codes = {"boundary-not-later", "method-mixed"} if late else {"pool-empty", "weight-none"}
            self.refuses(lambda: self.application.distribute(COUNTY, fund, through, LIVE), codes)
            return
        self.application.distribute(COUNTY, fund, through, LIVE)
        of_building: dict[str, dict] = {}
        for key, weight in weights.items():
            of_building.setdefault(key[0], {})[key] = weight
        shares = by_share(pool, {code: sum(own.values()) for code, own in of_building.items()})
        self.settles(fund, boundary)
        for code, share in shares.items():
            if share:
                for key, fen in by_share(share, of_building[code]).items():
                    if fen:
                        self.earns(key, fen, through)
        self.gains[fund] = [(on, fen) for on, fen in self.gains[fund] if on > through]
        self.rated[fund] = False
