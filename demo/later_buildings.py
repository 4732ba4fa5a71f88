"""Five buildings from 2020 on (楼幢的后来): taken over, new, sold, destroyed, handed over."""

from typing import Any, Final

from demo import persons
from demo.story import Story
from ledger.money import yuan

OLD: Final = "901"
"""A building taken over from another office with the balances of its accounts."""
NEW: Final = "902"
"""A building just completed, for which the developer deposits."""
PUBLIC: Final = "903"
"""Sold public housing."""
LOST: Final = "904"
"""An old building that a landslide destroys."""
SELF: Final = "905"
"""A building whose owners keep their money themselves for a while."""

UNSOLD: Final = "0401"
"""The unit of the old building that nobody has bought."""

_AREAS: Final = {
    OLD: {
        "0101": 10120, "0102": 9840, "0201": 10120, "0202": 9840, "0301": 12000, "0302": 12000, UNSOLD: 9000,
    },
    NEW: {"0101": 10000, "0102": 11000, "0201": 9550, "0202": 8800, "0301": 6000},
    PUBLIC: {"0101": 8000, "0102": 7500},
    LOST: {"0101": 6400, "0102": 6400},
    SELF: {"0101": 9000, "0102": 9500, "0201": 9000},
}  # fmt: skip
_BUILT: Final[dict[str, tuple[bool, int, str, str]]] = {
    OLD: (True, 11, "2012-05-18", "2017-05-18"),
    NEW: (True, 11, "2019-11-15", "2024-11-15"),
    PUBLIC: (False, 6, "2006-06-30", "2011-06-30"),
    LOST: (False, 4, "1998-09-30", "2003-09-30"),
    SELF: (False, 6, "2011-10-20", "2016-10-20"),
}
"""Lift, storeys, completion, end of the warranty."""

_OPENED_ON: Final = "2020-01-02"
_OPENING: Final = "楼幢编码 户号 期初本金 期初利息 截止日期 依据"
_INCOME: Final = "楼幢编码 收入类别 金额 到账日期 银行流水号 说明"
_TRANSFERS: Final = "楼幢编码 户号 过户日期 新业主姓名 证件号码 不动产权证号"
_REFUNDS: Final = "楼幢编码 户号 退款金额 退款日期 退款原因 原票据号 银行流水号"
_RECEIPTS: Final = "票据代码 起始号 终止号 领用单位 领用日期 状态"


def code(story: Story, building: str) -> str:
    """The code of one of these buildings: they stand beyond all others of the estate."""
    return f"{story.ground.estate}{building}"


def owner(story: Story, building: str, unit: str) -> dict[str, str]:
    """Who owned a unit at first, as a form names a person."""
    order = [(each, number) for each, units in _AREAS.items() for number in units]
    return person(story, order.index((building, unit)))


def person(story: Story, index: int) -> dict[str, str]:
    """A person of these documents, told from all others by the ID number."""
    number = persons.spare(index)
    name = persons.SURNAMES[3 * index % len(persons.SURNAMES)] + persons.GIVEN[5 * index % len(persons.GIVEN)]
    return {
        "name": name,
        "id_number": persons.id_number(number, story.seed),
        "phone": persons.phone(number, story.seed),
    }


def tell(story: Story) -> None:
    """All buildings, one after the other."""
    for building in _AREAS:
        _built(story, building)
    _receipts(story)
    _taken_over(story)
    _new(story)
    _public(story)
    _lost(story)
    _handed_over(story)
    _changed(story)


def _built(story: Story, building: str) -> None:
    """房屋登记: in order, but for the unit that nobody has bought."""
    ground = story.ground
    lift, storeys, completed_on, warranty_until = _BUILT[building]
    fund = "public" if building == PUBLIC else "commodity"
    units: list[dict[str, Any]] = []
    for unit, area_dm2 in _AREAS[building].items():
        line: dict[str, Any] = {"unit": unit, "fund": fund, "usage": "residential", "area": yuan(area_dm2)}
        if unit != UNSOLD:
            line |= {"owner": owner(story, building, unit)}
        if building == PUBLIC:
            line |= {"seller": f"{ground.place.name}示范粮库"}
        units.append(line)
    story.record(
        "register-units",
        building=code(story, building),
        name=f"{building}幢",
        county=ground.place.code,
        estate=ground.estate,
        estate_name=ground.estate_name,
        management=ground.management,
        lift=lift,
        storeys=storeys,
        completed_on=completed_on,
        warranty_until=warranty_until,
        units=units,
    )


def _receipts(story: Story) -> None:
    """A new series of receipts: handed out, and the spoilt ones voided."""
    holder = f"{story.ground.place.name}住宅维修资金管理中心"
    rows = [
        [f"{story.ground.place.code}20", "2020000001", "2020000050", holder, _OPENED_ON, "领用"],
        [f"{story.ground.place.code}20", "2020000041", "2020000050", holder, "2020-09-30", "作废"],
    ]
    story.register("receipts", _RECEIPTS, rows)


def _taken_over(story: Story) -> None:
    """期初余额: with papers, except for the building that will be destroyed; then income of the old one."""
    rows = []
    for building in (OLD, LOST, SELF):
        rate = 93 if _BUILT[building][0] else 75
        paper = "" if building == LOST else "移交清册〔2020〕1号"
        rows += [
            [code(story, building), unit, yuan(area * rate), "126.50", _OPENED_ON, paper]
            for unit, area in _AREAS[building].items()
            if unit != UNSOLD
        ]
    story.register("opening", _OPENING, rows)
    story.plant("I53", "期初余额没有依据", building=code(story, LOST))
    story.plant("I01", "竣工多年没有任何交存", building=code(story, OLD), unit=UNSOLD)
    old = code(story, OLD)
    good = [old, "经营收入", "860.00", "2020-02-20", "JY20200220001", "电梯广告"]
    wrong = [old, "经营收入", "680.00", "2020-02-21", "JY20200221001", "应属另一小区"]
    story.register("income", _INCOME, [good])
    story.register("income", _INCOME, [wrong], part="-wrong", undo=True)


def _new(story: Story) -> None:
    """首期交存: the developer pays for all; one owner is exempt for a time; what is too much goes back."""
    new, account = code(story, NEW), story.ground.accounts["commodity"]
    story.record(
        "exempt-unit", building=new, unit="0301", reason="sole-owner", decided_on="2020-01-06", note="独户"
    )
    story.record(
        "override-due", building=new, unit="0202", due="8000.00", reason="面积待复测", decided_on="2020-01-08"
    )
    story.record(
        "collect-bulk",
        building=new,
        value_date="2020-01-15",
        total="36411.50",
        receipt_no="2020000001",
        bank_ref="JC20200115001",
        account=account,
    )
    story.record("lift-exemption", building=new, unit="0301", reason="已转让", decided_on="2020-06-15")
    _deposit(story, new, "0301", "5580.00", "2020-06-18", "2020000005", account)
    _deposit(
        story, new, "0101", "200.00", "2020-03-02", "2020000006", account, "make-up", called="wrong-unit"
    )
    story.reverse("wrong-unit", "串户")
    _deposit(story, new, "0102", "500.00", "2020-04-01", "2020000007", account, "top-up")
    rows = [[new, "0102", "500.00", "2020-04-10", "多交", "2020000007", "TK20200410001"]]
    story.register("refunds", _REFUNDS, rows)
    again = {"unit": "0102", "amount": "500.00", "receipt_no": "2020000007", "bank_ref": "TK20200420001"}
    story.record("refund-deposit", building=new, reason="overpaid", refunded_on="2020-04-20", lines=[again])
    story.plant("I32", "同一笔交存退了两次", building=new, unit="0102")
    blind = {"unit": "0201", "amount": "100.00", "bank_ref": "TK20200506001"}
    story.record("refund-deposit", building=new, reason="overpaid", refunded_on="2020-05-06", lines=[blind])
    story.plant("I33", "退款没有对应的交存", building=new, unit="0201")


def _deposit(
    story: Story,
    building: str,
    unit: str,
    amount: str,
    day: str,
    receipt: str,
    account: str,
    kind: str = "first",
    *,
    part: str = "owner",
    called: str | None = None,
) -> None:
    line = {
        "unit": unit,
        "part": part,
        "amount": amount,
        "receipt_no": receipt,
        "bank_ref": f"JC{day.replace('-', '')}{receipt[-3:]}",
        "account": account,
    }
    story.record("collect-deposit", called=called, building=building, kind=kind, value_date=day, lines=[line])


def _public(story: Story) -> None:
    """公有住房出售: one unit as it should be; of the other too little comes in, and to a strange account."""
    public, account = code(story, PUBLIC), story.ground.accounts["public"]
    story.record("record-sale", building=public, unit="0101", proceeds="60000.00", received_on="2020-02-03")
    story.record("record-sale", building=public, unit="0102", proceeds="50000.00", received_on="2020-02-03")
    _deposit(story, public, "0101", "1920.00", "2020-02-20", "2020000011", account)
    _deposit(story, public, "0101", "12000.00", "2020-02-20", "2020000012", account, part="seller")
    _deposit(story, public, "0102", "1800.00", "2020-02-24", "2020000013", "6217000000000000017")
    _deposit(story, public, "0102", "4000.00", "2020-02-24", "2020000014", account, part="seller")
    story.plant("I08", "交存款进入非专户账号", estate=False)
    story.plant("I39", "售房单位少存", building=public, unit="0102")


def _lost(story: Story) -> None:
    """灭失返还: one owner is paid, after a payment that bounced; the other never."""
    lost = code(story, LOST)
    story.record(
        "destroy-building",
        called="lost",
        building=lost,
        destroyed_on="2020-03-16",
        reason="山体滑坡",
        document="楚应急〔2020〕7号",
    )
    for day, ref, called in (
        ("2020-04-10", "FH20200410001", "bounced"),
        ("2020-04-15", "FH20200415001", None),
    ):
        story.record(
            "pay-obligation",
            called=called,
            building=lost,
            obligation="@lost",
            paid_on=day,
            lines=[{"line": 0, "amount": yuan(_AREAS[LOST]["0101"] * 75 + 126_50)}],
            bank_ref=ref,
        )
        if called:
            story.reverse(called, "账号有误，银行退回")
    story.plant("I46", "灭失半年后仍未返还", building=lost, unit="0102")


def _handed_over(story: Story) -> None:
    """划转业主大会: too late; a month later the assembly gives the money back."""
    own = code(story, SELF)
    assembly = f"{story.ground.estate_name}业主大会"
    story.record(
        "hand-over",
        buildings=[own],
        noticed_on="2020-05-04",
        handed_on="2020-07-01",
        assembly=assembly,
        bank_ref="HZ20200701001",
    )
    story.plant("I40", "通知后近两个月才划转", building=own)
    lines = [
        {"building": own, "unit": unit, "principal": yuan(area * 75), "interest": "126.50"}
        for unit, area in _AREAS[SELF].items()
    ]
    story.record(
        "return-custody",
        buildings=[own],
        returned_on="2020-08-03",
        assembly=assembly,
        bank_ref="HZ20200803001",
        reason="业主大会决定重新委托代管",
        lines=lines,
    )


def _changed(story: Story) -> None:
    """过户、冻结、分割、合并: in order, and once each as it should not be."""
    old = code(story, OLD)
    buyer = person(story, 40)
    row = [old, "0101", "2020-03-02", buyer["name"], buyer["id_number"], "云（2020）第0000101号"]
    story.register("transfers", _TRANSFERS, [row])
    story.tell(erase={"building": old, "unit": "0101"}, reason="原业主书面申请")
    story.record(
        "change-owner",
        building=old,
        unit="0102",
        transferred_on="2020-03-09",
        owner=owner(story, OLD, "0102"),
    )
    story.plant("I45", "过户前后是同一人", building=old, unit="0102")
    for unit, day, order in (("0201", "2020-04-01", "12"), ("0202", "2020-05-11", "35")):
        number = f"（2020）云2301执{order}号"
        story.record(
            "freeze-unit", building=old, unit=unit, frozen_on=day, court="楚雄市人民法院", order_no=number
        )
        if unit == "0201":
            story.record("release-unit", building=old, unit=unit, released_on="2020-05-06", order_no=number)
    story.record(
        "change-owner",
        building=old,
        unit="0202",
        transferred_on="2020-06-01",
        owner=person(story, 41),
        deed_no="云（2020）第0000202号",
    )
    story.plant("C21", "冻结期间过户并支取", building=old, unit="0202")
    _split(story, "0301", "6000", "6000", "楚不动产〔2020〕31号")
    story.record(
        "merge-units",
        building=old,
        units=["0301A", "0301B"],
        into={"unit": "0303", "area": "120.00"},
        changed_on="2020-05-27",
        document_no="楚不动产〔2020〕33号",
    )
    _split(story, "0302", "7000", "5500", "楚不动产〔2020〕32号")
    story.plant("C22", "分割前后面积不符", building=old)
    story.record(
        "correct-unit", building=old, unit="0201", changed_on="2020-05-28", reason="other", note="补登",
        realty_no=f"{story.ground.place.code}000001GB00001F09010201",
    )  # fmt: skip


def _split(story: Story, unit: str, first: str, second: str, document: str) -> None:
    parts = (("A", first), ("B", second))
    story.record(
        "split-unit",
        building=code(story, OLD),
        unit=unit,
        into=[{"unit": unit + part, "area": yuan(int(area))} for part, area in parts],
        changed_on="2020-05-20",
        document_no=document,
    )
