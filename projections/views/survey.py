"""The county survey of commercial housing's funds (商品房维修资金信息采集表), as far as the ledger knows.

A question that no event answers keeps its row and says so: a figure is never made up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from projections.views.survey_figures import Figures
from projections.views.view import Asked, Column, Filter, View

UNKNOWN: Final = "账本无此数据"

Value = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """One question: how many, what area, what money, what share in 1/100 %; ``said`` are words about it."""

    item: str
    count: Value | None = None
    unit: str | None = None
    area: Value | None = None
    money: Value | None = None
    share: Value | None = None
    said: str | None = None


def _unknown(item: str, more: str = "") -> Answer:
    return Answer(item, said=UNKNOWN + more)


def _of(part: Value, whole: Value) -> Value:
    """A share in 1/100 %, half-up; none of nothing."""
    return case((whole > 0, cast(func.round(part * 10_000 / whole), BigInteger)))


def _collecting(known: Figures) -> Iterator[Answer]:
    units, money, lived = known.collected, known.money, known.handed_over
    yield Answer("归集小区", units["estates"], "个")
    yield Answer("归集楼幢", units["buildings"], "幢")
    yield Answer("归集户数", units["units"], "户", area=units["area"])
    yield Answer("累计交存", money=money["deposits"])
    yield Answer("累计归集（交存加收益）", money=money["deposits"] + money["growth"])
    yield Answer("余额", money=money["balance"])
    yield Answer("交存标准类型", said="按建筑面积，每平方米标准见政策表")
    yield _unknown("交存环节（预售、备案或登记前）")
    yield _unknown("开发单位是否预交未售房屋")
    yield _unknown("是否允许开发单位代收")
    yield Answer("业主大会自行管理", lived["buildings"], "幢", money=lived["amount"])


def _managing(known: Figures) -> Iterator[Answer]:
    year = known.done
    yield _unknown("管理机构性质")
    yield _unknown("管理机构办公经费来源")
    yield _unknown("管理人员人数")
    yield Answer("本年对账", year["reconciled"], "次")
    yield Answer("本年公布", year["published"], "次")
    yield _unknown("公布方式")


def _using(known: Figures) -> Iterator[Answer]:
    used, days = known.used, known.days
    yield Answer("累计使用", used["projects"], "项", money=used["amount"])
    for name, title in (("lift", "电梯"), ("fire", "消防"), ("shell", "屋面外墙"), ("other", "其他")):
        amount = used[f"{name}_amount"]
        yield Answer(
            f"其中{title}", used[f"{name}_projects"], "项", money=amount, share=_of(amount, used["amount"])
        )
    yield Answer("一般使用平均天数", days["normal"], "天", said="申请至首次付款；付款早于申请的不计")
    yield Answer("应急使用平均天数", days["emergency"], "天", said="申请至首次付款；付款早于申请的不计")


def _keeping(known: Figures) -> Iterator[Answer]:
    banks, lots, money = known.banks, known.laid_out, known.money
    whole = money["balance"] + lots["owed"]
    demand = whole - lots["all"] - lots["petty"]
    year, before = known.of_year, known.before_year
    yield Answer("专户银行", banks["banks"], "家")
    yield Answer("专户", banks["accounts"], "个")
    yield Answer("其中有招标文件的专户", banks["tenders"], "个", said="其余选择方式" + UNKNOWN)
    for title, amount in (
        ("活期存款", demand),
        ("通知和协定存款", lots["notice"]),
        ("一年及以下定期", lots["short"]),
        ("一年以上定期", lots["long"]),
        ("国债", lots["bonds"]),
        ("其他投资", lots["others"]),
        ("备用金", lots["petty"]),
    ):
        yield Answer(title, money=amount, share=_of(amount, whole))
    yield Answer(
        "累计收益", money=money["growth"], share=_of(money["growth"], money["deposits"]), said="占累计交存"
    )
    yield Answer(
        "本年收益", money=year["growth"], share=_of(year["growth"], before["balance"]), said="占年初余额"
    )
    yield Answer("其他支出", money=lots["expense"], said="手续费等")
    yield Answer("其中记为办公经费", money=lots["office"])


def _caring(known: Figures) -> Iterator[Answer]:
    low, added = known.low, known.added
    yield Answer("余额低于首期交存额规定比例", low["units"], "户")
    yield Answer("续交", added["renewed_units"], "户", money=added["renewed"])
    yield Answer("补交", added["made_up_units"], "户", money=added["made_up"])
    yield _unknown("未建立资金的旧小区补建")
    yield _unknown("挪用件数、金额和未追回金额", "；审计疑点另见审计报告")
    yield _unknown("管理制度")
    yield _unknown("信息系统建设")
    yield _unknown("定期审计")


GROUPS: Final = (
    ("交存", _collecting),
    ("管理", _managing),
    ("使用", _using),
    ("存储和收益", _keeping),
    ("续筹和监管", _caring),
)


def _survey(asked: Asked) -> Select[Any]:
    known = Figures(asked)
    rows = [
        _row(f"{first}.{second:02d}", group, answer)
        for first, (group, answers) in enumerate(GROUPS, 1)
        for second, answer in enumerate(answers(known), 1)
    ]
    return select(union_all(*rows).subquery("survey"))


def _row(number: str, group: str, answer: Answer) -> Select[Any]:
    values = {"count": answer.count, "area": answer.area, "money": answer.money, "share": answer.share}
    cells: list[Value] = [
        _text(number).label("number"),
        _text(group).label("group"),
        _text(answer.item).label("item"),
        _text(answer.unit).label("unit"),
        _text(answer.said).label("said"),
        *(cast(null() if value is None else value, BigInteger).label(name) for name, value in values.items()),
    ]
    return select(*cells)


def _text(words: str | None) -> Value:
    return cast(literal(words), Text)


SURVEY: Final = View(
    name="survey",
    title="商品房维修资金信息采集表",
    columns=(
        Column("number", "序号", "text"),
        Column("group", "类别", "text"),
        Column("item", "指标", "text"),
        Column("count", "数量", "count"),
        Column("unit", "单位", "text"),
        Column("area", "建筑面积", "area"),
        Column("money", "金额", "money"),
        Column("share", "比例", "percent"),
        Column("said", "说明", "text"),
    ),
    order=("number",),
    select=_survey,
    filters={"group": Filter("类别", "text", terms={name: name for name, _ in GROUPS})},
    note="只含商品住宅账套；账本没有的数据照列题目，不填数",
)
