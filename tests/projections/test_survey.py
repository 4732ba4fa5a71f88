"""The county survey over a small town, every figure worked by hand, and what the ledger cannot know."""

from datetime import date

import pytest

from ledger.events import (
    BankAccountDesignated,
    BondBought,
    Consent,
    CustodyLine,
    CustodyTransferredOut,
    OtherExpensePaid,
    PettyCashAdvanced,
    RepairPaid,
    RepairProposed,
    TimeDepositPlaced,
    TreasuryReversed,
    WithdrawalLine,
    WithdrawalPaid,
)
from projections.views.survey import UNKNOWN
from tests.projections.conftest import said

DAY = date(2019, 12, 31)
BOOK = "book/532301/commodity"


@pytest.fixture
def town_of_2019(town):
    """Two estates of one county; the money at the end of 2019 is 10,000.00 + 50.00 - 800.00 - 3.00."""
    town.open("B1", ("101", "102"))
    town.open("B2", ("201",), estate="E2")
    town.open("B3", ("301",), fund="public")
    town.open("B4", ("401",))
    town.deposit("B1", date(2018, 1, 1), {"101": 400_000, "102": 300_000})
    town.deposit("B2", date(2018, 1, 1), {"201": 200_000})
    town.deposit("B2", date(2019, 5, 1), {"201": 100_000}, kind="top-up")
    town.deposit("B3", date(2019, 5, 1), {"301": 99_900})
    town.gain("532301", date(2018, 6, 1), 4_000)
    town.gain("532301", date(2019, 6, 1), 1_000)
    used(town, "P1", "lift", date(2019, 3, 1), date(2019, 3, 31), 60_000)
    used(town, "P2", "fire", date(2019, 3, 1), date(2019, 4, 1), 20_000, emergency=True)
    lay_out(town)
    return town


def used(town, project, part, applied_on, paid_on, amount, **own):
    facts = {"emergency": False, "object": "部位", "content": "维修", "object_code": part} | own
    place = {"project": project, "county": "532301", "estate": "E1", "buildings": ("B1",)}
    proposed = RepairProposed(**place, **facts, applied_on=applied_on, **said(applied_on))
    paid = RepairPaid(stage="final", amount_fen=amount, buildings=("B1",), **said(paid_on))
    town.append(f"repair/532301/{project}", proposed, paid)
    line = WithdrawalLine(unit="101", principal_fen=amount, interest_fen=0)
    event = WithdrawalPaid(payment=f"repair/532301/{project}@2", lines=(line,), **said(paid_on))
    town.append("building/B1", event)


def lay_out(town):
    """A deposit of one year and one of three, a bond, petty cash, and two expenses, one of them reversed."""
    day = date(2019, 7, 1)
    place = {"bank": "农行", "rate_bp": 150, **said(day)}
    for lot, amount, months in (("D1", 100_000, 12), ("D3", 200_000, 36)):
        terms = {"lot": lot, "kind": "time", "amount_fen": amount, "term_months": months}
        town.append(BOOK, TimeDepositPlaced(**terms, **place))
    consent = Consent(kind="assembly", document_no="1", on=day)
    town.append(
        BOOK,
        BondBought(
            lot="G1", issue_code="1", issue_name="国债", channel="counter", face_fen=92_470, cost_fen=92_470,
            rate_bp=300, matures_on=date(2022, 7, 1), consent=consent, **said(day),
        ),
    )  # fmt: skip
    town.append(BOOK, PettyCashAdvanced(holder_ref="p1", amount_fen=500, **said(day)))
    facts = {"reason": "办公", "payee": "某公司", **said(day)}
    town.append(BOOK, OtherExpensePaid(kind="office", amount_fen=300, **facts))
    wrong = town.append(BOOK, OtherExpensePaid(kind="office", amount_fen=70, **facts))
    town.append(
        BOOK,
        TreasuryReversed(version=wrong, reason="错", kind="other-expense", amount_fen=-70, **said(day)),
    )
    for account, tender in (("A1", "招标1号"), ("A2", None)):
        named = {"account": account, "bank": "农行", "name": "专户", "tender": tender}
        town.append(BOOK, BankAccountDesignated(**named, **said(date(2018, 1, 1))))


def answers(found):
    return {row["item"]: row for row in found.rows}


def test_what_was_collected_and_where_it_is(town_of_2019, shown):
    found = answers(shown("survey", as_of=DAY))
    counts = {
        item: (found[item]["count"], found[item]["unit"]) for item in ("归集小区", "归集楼幢", "归集户数")
    }
    assert counts == {"归集小区": (2, "个"), "归集楼幢": (2, "幢"), "归集户数": (3, "户")}
    assert found["归集户数"]["area"] == "270.00"
    assert found["累计交存"]["money"] == "10000.00"
    assert found["累计归集（交存加收益）"]["money"] == "10050.00"
    assert found["余额"]["money"] == "9247.00"
    shares = {
        "活期存款": ("5317.30", "57.50"),
        "一年及以下定期": ("1000.00", "10.81"),
        "一年以上定期": ("2000.00", "21.63"),
        "国债": ("924.70", "10.00"),
        "备用金": ("5.00", "0.05"),
        "通知和协定存款": ("0.00", "0.00"),
    }
    assert {item: (found[item]["money"], found[item]["share"]) for item in shares} == shares
    assert (found["其他支出"]["money"], found["其中记为办公经费"]["money"]) == ("3.00", "3.00")
    assert [found[item]["count"] for item in ("专户银行", "专户", "其中有招标文件的专户")] == [1, 2, 1]


def test_gains_and_use_and_renewal(town_of_2019, shown):
    found = answers(shown("survey", as_of=DAY))
    assert (found["累计收益"]["money"], found["累计收益"]["share"]) == ("50.00", "0.50")
    assert (found["本年收益"]["money"], found["本年收益"]["share"]) == ("10.00", "0.11")  # of 9,040.00
    use = {item: found[item] for item in ("累计使用", "其中电梯", "其中消防", "其中屋面外墙", "其中其他")}
    assert [(row["count"], row["money"], row["share"]) for row in use.values()] == [
        (2, "800.00", None),
        (1, "600.00", "75.00"),
        (1, "200.00", "25.00"),
        (0, "0.00", "0.00"),
        (0, "0.00", "0.00"),
    ]
    assert (found["一般使用平均天数"]["count"], found["应急使用平均天数"]["count"]) == (30, 31)
    assert (found["续交"]["count"], found["续交"]["money"]) == (1, "1000.00")
    assert found["余额低于首期交存额规定比例"]["count"] == 0


def test_custody_and_low_balances(town_of_2019, shown):
    town = town_of_2019
    line = CustodyLine(unit="201", principal_fen=300_000, interest_fen=0)
    out = CustodyTransferredOut(
        assembly="业主大会",
        noticed_on=date(2020, 1, 1),
        lines=(line,),
        account="A1",
        **said(date(2020, 1, 9)),
    )
    town.append("building/B2", out)
    town.withdraw("B1", date(2020, 2, 1), {"102": (250_000, 0)})
    found = answers(shown("survey"))
    assert (found["业主大会自行管理"]["count"], found["业主大会自行管理"]["money"]) == (1, "3000.00")
    assert found["余额低于首期交存额规定比例"]["count"] == 1
    assert answers(shown("survey", as_of=DAY))["业主大会自行管理"]["count"] == 0


def test_what_no_event_answers_is_said_and_never_filled_in(town_of_2019, shown):
    found = answers(shown("survey"))
    silent = [item for item, row in found.items() if (row["said"] or "").startswith(UNKNOWN)]
    assert silent == [
        "交存环节（预售、备案或登记前）",
        "开发单位是否预交未售房屋",
        "是否允许开发单位代收",
        "管理机构性质",
        "管理机构办公经费来源",
        "管理人员人数",
        "公布方式",
        "未建立资金的旧小区补建",
        "挪用件数、金额和未追回金额",
        "管理制度",
        "信息系统建设",
        "定期审计",
    ]
    for item in silent:
        assert {found[item][name] for name in ("count", "area", "money", "share")} == {None}


def test_an_empty_county_has_no_shares(town_of_2019, shown):
    found = answers(shown("survey", counties=["532322"]))
    assert (found["归集户数"]["count"], found["余额"]["money"], found["活期存款"]["share"]) == (
        0,
        "0.00",
        None,
    )
    assert found["一般使用平均天数"]["count"] is None
    assert shown("survey", filters={"group": "管理"}).rows[0]["number"] == "2.01"
