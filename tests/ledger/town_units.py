"""Units that are split, merged and corrected, and accounts that a court freezes."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from ledger.commands import CorrectUnit, FreezeUnit, MergeUnits, NewUnit, ReleaseUnit, SplitUnit

from .town import BUILDINGS, DAYS, FEN, LAST, RECORDINGS, Town, by_share


class Units(Town):
    """Splits, mergers, corrections."""

    def changes(self, data, code, units) -> tuple:
        """A day of a change, and why it may not be that day."""
        keys = [key for key in self.accounts(code) if key[1] in units]
        last = self.last_day(*keys)
        on = data.draw(st.one_of(DAYS, st.just(max(last, LAST))))
        frozen = any(self.frozen(code, unit, on) for unit in units)
        wrong = {"change-early": on < last, "unit-frozen": frozen}
        return on, {name for name, found in wrong.items() if found} | self.shut(code)

    @rule(data=st.data(), parts=st.integers(2, 3), recording=RECORDINGS)
    def split(self, data, parts, recording) -> None:
        code, unit = data.draw(st.sampled_from(list(self.units)))
        facts = self.units[code, unit]
        on, rules = self.changes(data, code, [unit])
        cut = facts["area"] // (parts + 1)
        names = [f"n{next(self.numbers)}" for _ in range(parts)]
        areas = dict.fromkeys(names[1:], cut) | {names[0]: facts["area"] - cut * (parts - 1)}
        into = tuple(NewUnit(unit=name, area_dm2=areas[name]) for name in names)
        command = SplitUnit(building=code, unit=unit, into=into, changed_on=on, document_no="规1")
        if self.asks(command, recording, rules, self.closed(code, unit)) is not None:
            self.becomes(code, [unit], areas, facts["owner"], on)

    @rule(data=st.data(), code=BUILDINGS, recording=RECORDINGS, noted=st.booleans())
    def merge(self, data, code, recording, noted) -> None:
        known = sorted(unit for building, unit in self.units if building == code)
        if len(known) < 2:
            return
        units = data.draw(st.lists(st.sampled_from(known), min_size=2, max_size=3, unique=True))
        on, rules = self.changes(data, code, units)
        area = sum(self.units[code, unit]["area"] for unit in units) + 7 * noted
        name = f"n{next(self.numbers)}"
        always = self.closed(code, *units)
        if len({self.units[code, unit]["fund"] for unit in units}) > 1:
            always.add("units-differ")
        command = MergeUnits(
            building=code,
            units=tuple(units),
            into=NewUnit(unit=name, area_dm2=area, owner_ref="p-6"),
            changed_on=on,
            document_no="规2",
            note="实测" if noted else None,
        )
        if self.asks(command, recording, rules, always) is not None:
            self.becomes(code, units, {name: area}, "p-6", on)

    def becomes(self, code, units, areas, owner, on) -> None:
        fund = self.units[code, units[0]]["fund"]
        for name, area in areas.items():
            self.opens(code, name, area, fund, owner)
        gained: dict[tuple, list[int]] = {}
        for unit in units:
            self.units[code, unit]["heirs"] = dict(areas)
            for key in [key for key in self.accounts(code) if key[1] == unit]:
                whole = [self.principal[key], self.interest[key], self.first[key]]
                if any(whole):
                    self.takes(key, on, [-amount for amount in whole])
                for place, amount in enumerate(whole):
                    for name, share in by_share(amount, areas).items():
                        gained.setdefault((code, name, key[2]), [0, 0, 0])[place] += share
        for key, sums in gained.items():
            if any(sums):
                self.takes(key, on, sums)
        self.passes_on(code, units, areas)

    def takes(self, key, on, sums) -> None:
        self.moves(key, on, "moved", sums[0], sums[1])
        self.first[key] += sums[2]

    @rule(data=st.data(), area=st.integers(1, 20000), on=DAYS, recording=RECORDINGS)
    def correct(self, data, area, on, recording) -> None:
        code, unit = data.draw(st.sampled_from(list(self.units)))
        facts = self.units[code, unit]
        command = CorrectUnit(building=code, unit=unit, changed_on=on, reason="area", area_dm2=area)
        always = self.closed(code, unit) | ({"nothing-changed"} if area == facts["area"] else set())
        if self.asks(command, recording, self.shut(code), always) is not None:
            facts["area"] = area


class Freezes(Town):
    """Orders of a court, and their end."""

    @rule(
        data=st.data(),
        amount=st.one_of(st.none(), FEN),
        days=st.one_of(st.none(), st.integers(0, 900)),
        on=DAYS,
        recording=RECORDINGS,
    )
    def freeze(self, data, amount, days, on, recording) -> None:
        code, unit = data.draw(st.sampled_from(list(self.units)))
        until = None if days is None else on + timedelta(days)
        order = f"裁{next(self.numbers)}"
        command = FreezeUnit(
            building=code,
            unit=unit,
            frozen_on=on,
            court="某法院",
            order_no=order,
            until=until,
            amount_fen=amount,
        )
        rules = {"custody-out"} if self.assembly(code) else set()
        if self.asks(command, recording, rules, self.closed(code, unit)) is not None:
            self.freezes[code, unit].append(
                {"order": order, "since": on, "until": until, "amount": amount, "released": False}
            )

    @rule(data=st.data(), on=DAYS, recording=RECORDINGS)
    def release(self, data, on, recording) -> None:
        known = [(place, freeze) for place, found in self.freezes.items() for freeze in found]
        if not known:
            return
        (code, unit), freeze = data.draw(st.sampled_from(known))
        command = ReleaseUnit(building=code, unit=unit, released_on=on, order_no=freeze["order"])
        always = self.closed(code, unit)
        if freeze["released"]:
            always.add("order-unknown")
        elif on < freeze["since"]:
            always.add("release-early")
        if self.asks(command, recording, always=always) is not None:
            last = on - timedelta(1)
            freeze["until"] = last if freeze["until"] is None else min(last, freeze["until"])
            freeze["released"] = True
