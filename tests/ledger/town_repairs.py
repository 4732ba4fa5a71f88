"""Repairs step by step: proposal to approval, payments, money returned, acceptance, final account, close."""

from datetime import date, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from msgspec.structs import replace

from ledger.commands import (
    AcceptRepair,
    ApproveRepair,
    CloseRepair,
    PayRepair,
    ProposeRepair,
    ReturnRepairMoney,
    ReverseEntry,
    ReviewRepair,
    SettleRepair,
)
from ledger.events import Developer, Payee, ProjectUnit
from ledger.identity import repair_stream

from .town import BUILDINGS, COUNTY, FEN, LIVE, RECORDINGS, by_share
from .town_money import Money

APPLIED = date(2015, 1, 1)
DAYS = st.dates(APPLIED - timedelta(20), date(2017, 12, 31))
FIRM = Payee(kind="firm", name="楚雄某建筑公司", account="6222")


class Repairs(Money):
    """Projects by name; ``paid`` and ``back`` are payments and returns by version of the project."""

    names_units = True
    """Whether projects name the units they charge."""

    def __init__(self) -> None:
        super().__init__()
        self.projects: dict[str, dict] = {}

    @precondition(lambda self: len(self.projects) < 3)
    @rule(
        data=st.data(),
        codes=st.sets(BUILDINGS, min_size=1),
        fen=st.integers(1000, 3_000_000),
        some=st.booleans(),
        developed=st.booleans(),
    )
    def propose(self, data, codes, fen, some, developed) -> None:
        if any(self.shut(code) for code in codes):
            return
        places = sorted((code, unit) for code in codes for unit in self.open_units(code))
        several = st.sets(st.sampled_from(places), min_size=1)
        chosen = data.draw(several) if some and self.names_units else set()
        unsold = data.draw(several) if developed and self.names_units else set()
        name = f"P{next(self.numbers)}"
        step = {"county": COUNTY, "project": name}
        proposed = ProposeRepair(
            **step,
            applied_on=APPLIED,
            buildings=tuple(sorted(codes)),
            object="电梯",
            content="更换曳引机",
            budget_fen=fen,
            units=named(chosen),
            emergency=True,
            ground="lift",
            developer=Developer(name="某置业", units=named(unsold)) if unsold else None,
        )
        approved = ApproveRepair(**step, approved_on=APPLIED, approved_fen=fen)
        for command, actor in (
            (proposed, "clerk"),
            (ReviewRepair(**step, reviewed_on=APPLIED, passed=True), "reviewer"),
            (approved, "head"),
        ):
            self.does(command, replace(LIVE, actor=actor))
        self.projects[name] = {
            "codes": sorted(codes), "chosen": chosen, "unsold": unsold, "approved": fen,
            "paid": {}, "back": {}, "accepted": None, "settled": None, "closed": False,
        }  # fmt: skip

    def passes_on(self, code, units, areas) -> None:
        """What closed units bear of payments, those bear that took their place, by area."""
        for paid in [paid for project in self.projects.values() for paid in project["paid"].values()]:
            for found in (paid["borne"], paid["left"]):
                for key in [key for key in found if key[0] == code and key[1] in units]:
                    parts = [by_share(part, areas) for part in found.pop(key)]
                    for heir in areas:
                        before = found.get((code, heir, key[2]), (0, 0))
                        more = parts[0][heir], parts[1][heir]
                        found[code, heir, key[2]] = before[0] + more[0], before[1] + more[1]

    def drawn(self, data) -> tuple[str, dict]:
        return data.draw(st.sampled_from(sorted(self.projects.items(), key=lambda item: item[0])))

    def cost(self, project) -> int:
        """What was paid, whoever bore it, less what firms gave back."""
        back = sum(each["fen"] for each in project["back"].values() if not each["gone"])
        return sum(each["cost"] for each in project["paid"].values() if not each["gone"]) - back

    def version(self, name) -> int:
        return len(self.log.events(repair_stream(COUNTY, name)))

    def open_heirs(self, places) -> set:
        """The open units that took the place of some, or themselves."""
        found = {(code, heir) for code, unit in places for heir in (unit, *self.descent(code, unit))}
        return {place for place in found if not self.units[place]["heirs"]}

    def available(self, key, on) -> int:
        """What an account has to pay a repair with."""
        free = self.unfrozen(key, on) if key[2] == "owner" else self.held(key)
        return max(min(self.held(key), free), 0)

    def scope(self, project) -> dict:
        """The areas of the units charged, those of the developer among them."""
        places = {
            (code, unit): area for code in project["codes"] for unit, area in self.open_units(code).items()
        }
        wanted = self.open_heirs(project["chosen"] | project["unsold"]) if project["chosen"] else places
        return {place: area for place, area in places.items() if place in wanted}

    @precondition(lambda self: self.projects)
    @rule(
        data=st.data(),
        fen=FEN,
        on=DAYS,
        stage=st.sampled_from(["first", "progress", "final"]),
        recording=RECORDINGS,
    )
    def pay_repair(self, data, fen, on, stage, recording) -> None:
        name, project = self.drawn(data)
        left = project["approved"] - self.cost(project)
        fen = data.draw(st.sampled_from([fen, max(left, 1), max(left // 3, 1)]))
        command = PayRepair(county=COUNTY, project=name, stage=stage, amount_fen=fen, paid_on=on, payee=FIRM)
        spent = self.cost(project) + fen
        accepted = project["accepted"] is not None and project["accepted"] <= on
        wrong = {
            "repair-closed": project["closed"],
            "repair-not-approved": on < APPLIED,
            "payment-exceeds-approved": spent > project["approved"],
            "payment-exceeds-settled": project["settled"] is not None and spent > project["settled"],
            "final-before-acceptance": stage == "final" and not accepted,
            "stage-cap": not accepted and spent * 100 > project["approved"] * 80,
        }
        rules = {code for code, found in wrong.items() if found}
        scope = self.scope(project)
        shares, developer = self.borne(fen, scope, self.open_heirs(project["unsold"])) if scope else ({}, 0)
        live = recording is LIVE
        due = {
            key: min(share, self.available(key, on)) if live else share
            for key, share in sorted(shares.items())
        }
        always = set() if scope else {"units-missing"}
        always |= set() if any(due.values()) else {"fund-pays-nothing"}
        rules |= set().union(*(self.shut(key[0]) for key, share in due.items() if share))
        if self.asks(command, recording, rules, always) is None:
            return
        before = self.overdrawn
        lines = {key: self.pays(key, on, "withdrawal", share) for key, share in due.items() if share}
        assert not live or self.overdrawn == before
        event = self.log.events(repair_stream(COUNTY, name))[-1]
        raised = fen - developer - sum(due.values())
        assert (event.amount_fen, event.developer_fen) == (sum(due.values()), developer)
        assert sum(each.amount_fen for each in event.self_raised) == raised
        project["paid"][self.version(name)] = {
            "on": on, "cost": fen, "lines": lines, "left": dict(lines), "borne": dict(lines), "gone": False,
        }  # fmt: skip

    def stages(self) -> list[tuple[str, int]]:
        return [(name, at) for name, project in sorted(self.projects.items()) for at in project["paid"]]

    @precondition(lambda self: self.stages())
    @rule(data=st.data(), fen=FEN, whole=st.booleans(), later=st.integers(-5, 800), recording=RECORDINGS)
    def give_back(self, data, fen, whole, later, recording) -> None:
        name, at = data.draw(st.sampled_from(self.stages()))
        project, paid = self.projects[name], self.projects[name]["paid"][at]
        left = sum(sum(parts) for parts in paid["left"].values())
        fen = left if whole and left > 0 else fen
        on = paid["on"] + timedelta(later)
        command = ReturnRepairMoney(
            county=COUNTY,
            project=name,
            payment=f"{repair_stream(COUNTY, name)}@{at}",
            amount_fen=fen,
            returned_on=on,
            reason="审减",
        )
        rules = {"return-exceeds-payment"} if fen > left else set()
        rules |= {"return-early"} if later < 0 else set()
        weights = paid["borne"] if fen > left else paid["left"]
        rules |= set().union(*(self.shut(key[0]) for key in weights))
        always = {"payment-unknown"} if paid["gone"] else set()
        if self.asks(command, recording, rules, always) is None:
            return
        lines = {}
        shares = by_share(fen, {key: max(sum(parts), 0) for key, parts in weights.items()})
        for key, share in shares.items():
            if share:
                parts = by_share(share, dict(enumerate(max(part, 0) for part in weights[key])))
                lines[key] = parts[0], parts[1]
                self.moves(key, on, "return", *lines[key])
                before = paid["left"].get(key, (0, 0))
                paid["left"][key] = before[0] - parts[0], before[1] - parts[1]
        version = self.version(name)
        project["back"][version] = {"of": at, "on": on, "fen": fen, "lines": lines, "gone": False}

    @precondition(lambda self: self.stages())
    @rule(data=st.data(), returned=st.booleans())
    def reverse_payment(self, data, returned) -> None:
        name, at = data.draw(st.sampled_from(self.stages()))
        project = self.projects[name]
        found = project["paid"][at]
        always = set()
        backs = [version for version, each in project["back"].items() if each["of"] == at]
        if returned and backs:
            at = data.draw(st.sampled_from(backs))
            found = project["back"][at]
        elif any(not project["back"][version]["gone"] for version in backs):
            always.add("return-stands")
        always |= {"already-reversed"} if found["gone"] else set()
        always |= set().union(*(self.closed(*key[:2]) for key in found["lines"]))
        rules = set().union(*(self.shut(key[0]) for key in found["lines"]))
        if "of" in found:
            taken = [(key, sum(parts)) for key, parts in found["lines"].items()]
            rules |= self.takes_frozen(taken)
        command = ReverseEntry(stream=repair_stream(COUNTY, name), version=at, reason="错付")
        if self.asks(command, LIVE, rules, always) is None:
            return
        found["gone"] = True
        sign = -1 if "of" in found else 1
        kind = "return" if "of" in found else "withdrawal"
        for key, (principal, interest) in found["lines"].items():
            self.moves(key, found["on"], kind, sign * principal, sign * interest, stands=-1)
            self.overdrawn |= self.held(key) < 0
            if "of" in found:
                left = project["paid"][found["of"]]["left"]
                left[key] = left[key][0] + principal, left[key][1] + interest

    @precondition(lambda self: self.projects)
    @rule(
        data=st.data(), step=st.sampled_from(["accepted", "settled", "closed"]), on=DAYS, recording=RECORDINGS
    )
    def end(self, data, step, on, recording) -> None:
        name, project = self.drawn(data)
        where, cost = {"county": COUNTY, "project": name}, self.cost(project)
        begun = min((each["on"] for each in project["paid"].values() if not each["gone"]), default=None)
        settled = data.draw(st.sampled_from([max(cost, 1), project["approved"]]))
        command = {
            "accepted": AcceptRepair(**where, accepted_on=on),
            "settled": SettleRepair(**where, settled_on=on, settled_fen=settled),
            "closed": CloseRepair(**where, closed_on=on),
        }[step]
        accepted = project["accepted"]
        wrong = {"repair-closed": project["closed"] and step != "closed"}
        if step == "accepted":
            wrong |= {"works-not-begun": begun is None, "acceptance-early": begun is not None and on < begun}
        elif step == "settled":
            wrong |= {
                "not-accepted": accepted is None,
                "settlement-early": accepted is not None and on < accepted,
                "settled-below-paid": settled < cost,
            }
        else:
            wrong |= {"notice-missing": True}  # an emergency is made known before it is closed
        rules = {code for code, found in wrong.items() if found}
        always = {"step-repeated"} if project[step] else set()
        if self.asks(command, recording, rules, always) is not None:
            project[step] = {"accepted": on, "settled": settled, "closed": True}[step]


def named(places) -> tuple[ProjectUnit, ...]:
    return tuple(ProjectUnit(building=code, unit=unit) for code, unit in sorted(places))
