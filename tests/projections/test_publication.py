"""The yearly publication pack: figures, items and marks, a draft or what was published, hostile names."""

import base64
import hashlib
import html
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from ledger import policy
from ledger.application import Application
from ledger.commands import (
    CollectDeposit,
    DesignateAccount,
    IssuePublication,
    ReceiveGains,
    ReconcileStatement,
    Recording,
    RecordOtherExpense,
    RecordRepair,
    RecordStatement,
    Refund,
    RefundDeposit,
    RegisterUnits,
    RepairPayment,
    ReturnRepairMoney,
    ReverseEntry,
)
from ledger.errors import InputError
from ledger.events import DepositLine, GainLine, Payee, PublicationIssued, StatementLine, UnitLine
from ledger.identity import book_stream
from ledger.log import Change
from projections.publication import Differs, NothingToPublish, page, publication_pack, workbook
from projections.publication.pack import BankAccount, Expense, Figures, Leaving, Reconciled, Share

HISTORY = Recording(actor="officer-1", origin="history")
LIVE = Recording(actor="officer-1")
BOOK = {"county": "532301", "fund": "commodity"}
SCRIPT = "<script>alert(1)</script>"
FORMULA = "=HYPERLINK('http://x','钱')"


class Publisher:
    """An office in PostgreSQL, and the pack as anybody asks for it."""

    def __init__(self, log, follower, database):
        self.log = log
        self.follower = follower
        self.engine = database.engine
        self.moment = datetime(2020, 6, 1, 1, 0, tzinfo=UTC)
        self.application = Application(log, policy.load(), lambda: self.moment)

    def record(self, *commands, recording=HISTORY):
        return self.application.execute(commands, recording)

    def register(self, building, areas, fund="commodity", estate="E1", name="1幢", estate_name="彝人古镇"):
        units = tuple(
            UnitLine(unit=unit, fund=fund, usage="residential", area_dm2=area, owner_ref="王建国的编号")
            for unit, area in areas.items()
        )
        self.record(
            RegisterUnits(
                building=building, name=name, county="532301", estate=estate, estate_name=estate_name,
                management="professional", lift=False, storeys=6, completed_on=date(2010, 1, 1), units=units,
            )
        )  # fmt: skip

    def deposit(self, building, unit, fen, day, kind="first", part="owner"):
        line = DepositLine(unit=unit, part=part, amount_fen=fen)
        return self.record(CollectDeposit(building=building, kind=kind, value_date=day, lines=(line,)))

    def publish(self, year=2019, estate=None, **more):
        command = IssuePublication(
            **BOOK | more, year=year, published_on=date(year + 1, 3, 31), estate=estate
        )
        return self.record(command, recording=LIVE)

    def pack(self, year=2019, estate=None, position=None, fund="commodity"):
        self.follower.catch_up()
        with self.engine.connect() as connection:
            return publication_pack(connection, policy.load(), "532301", fund, year, estate, position)


@pytest.fixture
def office(event_log, follower, database):
    """Two estates. In 2019 B1 of 900 : 300 was repaired for 1,200.00, of which 40.00 came back."""
    made = Publisher(event_log, follower, database)
    made.register("B1", {"101": 9000, "102": 3000}, estate_name=SCRIPT, name=FORMULA)
    made.register("B2", {"101": 5000}, estate="E2")
    made.register("P1", {"101": 5000}, fund="public", estate="E3")
    made.deposit("B1", "101", 100_000, date(2018, 5, 1))
    made.deposit("B1", "102", 100_000, date(2018, 5, 1))
    made.deposit("B2", "101", 50_000, date(2019, 2, 1))
    paid = RepairPayment(
        stage="final", amount_fen=120_000, paid_on=date(2019, 5, 1),
        payee=Payee(kind="firm", name=FORMULA, account="6222"),
    )  # fmt: skip
    repair = RecordRepair(
        project="R1", county="532301", estate="E1", buildings=("B1",), object="屋面", content=SCRIPT,
        emergency=True, payments=(paid,),
    )  # fmt: skip
    made.record(repair)
    back = ReturnRepairMoney(
        county="532301", project="R1", payment=payment(made), amount_fen=4_000, returned_on=date(2019, 9, 1),
        reason="审减",
    )  # fmt: skip
    made.record(back)
    return made


def payment(office) -> str:
    stream = "repair/532301/R1"
    topics = [event.TOPIC for event in office.log.events(stream)]
    return f"{stream}@{topics.index('repair-paid') + 1}"


def test_the_figures_of_accounts_buildings_and_estates(office):
    found = office.pack()
    assert [(each.building, each.units, each.area_dm2, each.below) for each in found.buildings] == [
        ("B1", 2, 12_000, 1),
        ("B2", 1, 5_000, 0),
    ]
    first, second = found.buildings[0].accounts
    assert first.figures == Figures(opening=100_000, used=-87_000, closing=13_000)
    assert second.figures == Figures(opening=100_000, used=-29_000, closing=71_000)
    assert [(each.unit, each.first_fen, each.below) for each in (first, second)] == [
        ("101", 100_000, True),
        ("102", 100_000, False),
    ]
    assert [(each.estate, each.buildings, each.figures.closing) for each in found.estates] == [
        ("E1", 1, 84_000),
        ("E2", 1, 50_000),
    ]
    assert found.figures == Figures(opening=200_000, deposit=50_000, used=-116_000, closing=134_000)
    one = office.pack(estate="E1")
    assert (one.estate_name, one.buildings) == (SCRIPT, found.buildings[:1])
    assert one.figures == found.buildings[0].figures


def test_an_account_is_below_its_share_of_the_first_deposit_to_the_fen(office):
    for closing, below in ((30_000, False), (29_999, True)):
        more = closing - office.pack().buildings[0].accounts[0].figures.closing
        if more > 0:
            office.deposit("B1", "101", more, date(2019, 12, 31), kind="top-up")
        else:
            stream, _, version = office.deposit("B1", "101", 1, date(2019, 12, 31)).events[0].rpartition("@")
            office.record(ReverseEntry(stream=stream, version=int(version), reason="错"))
            paid = RepairPayment(stage="final", amount_fen=1, paid_on=date(2019, 12, 31))
            office.record(
                RecordRepair(
                    project="R2", county="532301", estate="E1", buildings=("B1",), object="门", content="锁",
                    emergency=False, payments=(paid,),
                )
            )  # fmt: skip
        account = office.pack().buildings[0].accounts[0]
        assert (account.figures.closing, account.below) == (closing, below)


def test_each_payment_with_its_share_by_building_and_what_came_back(office):
    [paid] = office.pack().payments
    assert (paid.event, paid.project, paid.object, paid.content, paid.emergency) == (
        payment(office),
        "R1",
        "屋面",
        SCRIPT,
        True,
    )
    assert (paid.stage, paid.paid_on, paid.payee, paid.cost, paid.developer) == (
        "尾款",
        date(2019, 5, 1),
        FORMULA,
        120_000,
        0,
    )
    assert paid.shares == (Share("B1", FORMULA, 2, -120_000, 4_000, 0),)
    assert office.pack(2018).payments == ()
    back = ReturnRepairMoney(
        county="532301", project="R1", payment=payment(office), amount_fen=400, returned_on=date(2020, 1, 5),
        reason="质保",
    )  # fmt: skip
    office.record(back)
    [later] = office.pack(2020).payments
    assert (later.paid_on, later.used, later.returned) == (date(2019, 5, 1), 0, 400)


def test_a_payment_that_was_taken_back_is_no_item(office):
    stream, _, _ = payment(office).rpartition("@")
    topics = [event.TOPIC for event in office.log.events(stream)]
    returned = topics.index("repair-money-returned") + 1
    for version in (returned, topics.index("repair-paid") + 1):
        office.record(ReverseEntry(stream=stream, version=version, reason="错付"))
    found = office.pack()
    assert (found.payments, found.figures.used) == ((), 0)


def test_a_person_who_was_paid_is_not_named(office):
    paid = RepairPayment(
        stage="final", amount_fen=100, paid_on=date(2019, 6, 1), payee=Payee(kind="person", party_ref="p-7")
    )
    repair = RecordRepair(
        project="R3", county="532301", estate="E2", buildings=("B2",), object="门", content="锁",
        emergency=False, payments=(paid,),
    )  # fmt: skip
    office.record(repair)
    office.record(
        RecordOtherExpense(
            **BOOK, kind="office", amount_fen=300, paid_on=date(2019, 6, 2), reason="复印", payee_ref="p-7"
        )
    )
    found = office.pack()
    assert [each.payee for each in found.payments] == [FORMULA, "个人"]
    assert found.management.expenses == (Expense(date(2019, 6, 2), "办公费用", "复印", "个人", 300),)
    shown = page(found)
    assert "p-7" not in shown
    assert "王建国" not in shown


def test_what_was_given_back_and_why(office):
    refund = RefundDeposit(
        building="B2", reason="overpaid", refunded_on=date(2019, 7, 1),
        lines=(Refund(unit="101", amount_fen=700),),
    )  # fmt: skip
    office.record(refund)
    assert office.pack().leavings == (Leaving("B2", "1幢", "多交退款", 1, -700),)
    assert office.pack(estate="E1").leavings == ()


def test_what_the_book_did_besides(office):
    office.record(
        DesignateAccount(**BOOK, account="6222", since=date(2018, 1, 1), bank="农行", name="专户"),
        ReceiveGains(
            **BOOK, value_date=date(2019, 6, 21), lines=(GainLine(category="demand", amount_fen=333),)
        ),
        RecordStatement(
            account="6222",
            value_date=date(2019, 12, 31),
            lines=(StatementLine(in_fen=134_333, balance_fen=134_333),),
        ),
        ReconcileStatement(**BOOK, account="6222", through=date(2019, 12, 31)),
    )
    expense = RecordOtherExpense(
        **BOOK, kind="bank-charge", amount_fen=10, paid_on=date(2019, 8, 1), reason="手续费", payee="农行"
    )
    stream, _, version = office.record(expense).events[0].rpartition("@")
    found = office.pack().management
    assert found.accounts == (BankAccount("6222", "农行", "专户", date(2018, 1, 1), None),)
    assert found.reconciled == (Reconciled("6222", date(2019, 12, 31), 134_333, 134_333, 0),)
    assert found.gains == (("活期利息", 333), ("定期利息", 0), ("国债利息", 0))
    assert found.expenses == (Expense(date(2019, 8, 1), "银行手续费", "手续费", "农行", 10),)
    office.record(ReverseEntry(stream=stream, version=int(version), reason="错"))
    assert office.pack().management.expenses == ()


def test_a_draft_says_so_until_the_year_is_published(office):
    draft = office.pack()
    assert draft.issued is None
    assert "未公布草稿" in page(draft)
    assert draft.name == "年度公布-532301-commodity-2019-草稿"
    office.publish()
    found = office.pack()
    event = office.log.events(book_stream("532301", "commodity"))[-1]
    assert found.issued is not None
    assert (found.issued.accounts, found.issued.sha256) == (3, event.sha256)
    assert found.buildings == draft.buildings
    assert found.name == "年度公布-532301-commodity-2019"
    shown = page(found)
    assert "未公布草稿" not in shown
    assert event.sha256 in shown
    assert str(found.position) in shown
    part = page(office.pack(estate="E1"))
    assert "全账套，3 个分户账；本册为其中 2 个" in part
    assert page(office.pack(position=draft.position)) == page(draft)


def test_what_was_published_is_made_again_for_ever_whatever_was_recorded_since(office):
    office.publish(estate="E1")
    before = office.pack(estate="E1")
    office.moment = datetime(2026, 11, 23, tzinfo=UTC)
    office.deposit("B1", "101", 5_000, date(2019, 3, 1))
    office.register("B3", {"1": 100}, estate="E1")
    again = office.pack(estate="E1")
    assert page(again) == page(before)
    assert workbook(again) == workbook(before)
    office.publish(estate="E1")
    corrected = office.pack(estate="E1")
    assert corrected.figures.deposit == 5_000
    assert page(office.pack(estate="E1", position=before.position)) == page(before)
    assert office.pack().issued is None  # nobody published the whole book


def test_an_estate_goes_by_the_last_publication_that_covers_it(office):
    office.publish(estate="E1")
    office.publish()
    assert office.pack(estate="E1").issued.estate is None
    office.publish(estate="E1")
    assert office.pack(estate="E1").issued.estate == "E1"
    assert office.pack(estate="E2").issued.estate is None


def test_what_came_between_reading_and_publishing_does_not_count(office):
    """A publication that was overtaken: its place in the log is behind what it had not read."""
    office.publish()
    stream = book_stream("532301", "commodity")
    events = office.log.events(stream)
    before = office.pack()
    office.deposit("B1", "101", 5_000, date(2019, 3, 1))
    office.log.append([Change(stream, len(events), (replace(events[-1]),))])
    found = office.pack()
    assert found.position > before.position
    assert found.buildings == before.buildings


def test_figures_that_are_not_those_published_are_shown_to_nobody(office):
    office.publish()
    stream = book_stream("532301", "commodity")
    events = office.log.events(stream)
    issued = events[-1]
    assert isinstance(issued, PublicationIssued)
    other = hashlib.sha256(b"other").hexdigest()
    office.log.append([Change(stream, len(events), (replace(issued, sha256=other),))])
    with pytest.raises(Differs, match="公布的不符"):
        office.pack()


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ({"estate": "E9"}, "estate-unknown", "没有小区 E9"),
        ({"estate": "E3"}, "units-missing", "小区 E3 没有商品住宅的分户账"),
        ({"estate": "E1", "fund": "public"}, "units-missing", "小区 E1 没有已售公有住房的分户账"),
        ({"position": 0}, "units-missing", "账套 532301/commodity 没有商品住宅的分户账"),
    ],
)
def test_what_cannot_be_published_says_why(office, asked, code, words):
    with pytest.raises(NothingToPublish, match=words) as caught:
        office.pack(**asked)
    assert caught.value.code == code


@pytest.mark.parametrize("year", [2021, 1949, 10_000])
def test_a_year_that_has_not_begun_by_what_is_known_is_none(office, year):
    with pytest.raises(InputError) as caught:
        office.pack(year)
    assert caught.value.code == "year-invalid"


def test_a_year_without_any_movement_and_one_that_is_not_over(office):
    quiet = office.pack(2015)
    assert quiet.figures == Figures()
    shown = page(quiet)
    assert "本年度没有维修列支" in shown
    assert "本年度没有退款、返还和划转" in shown
    assert "年度尚未结束" not in shown
    assert "年度尚未结束" in page(office.pack(2020))


class Elements(HTMLParser):
    """The elements of a page, and the text outside its style sheet."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.words = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def test_names_are_text_in_the_page(office):
    found = Elements(page(office.pack(estate="E1")))
    assert not {"script", "img", "link", "iframe", "object", "a"} & set(found.tags)
    assert not {"src", "href", "style", "onerror", "onclick"} & {name for name, _ in found.attributes}
    for name in (SCRIPT, FORMULA):
        assert any(name in word for word in found.words)
    tables = found.tags.count("table")
    assert tables == found.tags.count("caption")
    assert found.tags.count("th") == sum(name == "scope" for name, _ in found.attributes)
    assert ("lang", "zh-CN") in found.attributes


def test_the_style_sheet_is_the_one_the_policy_names(office):
    text = page(office.pack())
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    [named] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert (
        html.unescape(named)
        == f"default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-{digest}'"
    )


def test_the_workbook_holds_the_same_as_text_and_numbers(office):
    office.publish()
    found = office.pack()
    book = load_workbook(BytesIO(workbook(found)))
    assert book.sheetnames == ["汇总", "列支项目", "分幢", "分户"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert FORMULA in {cell.value for cell in cells}
    units = book["分户"]
    assert (units.freeze_panes, units.print_title_rows) == ("A5", "$4:$4")
    assert units.oddFooter.left.text == "年度公布 2019　分户"  # digits after a size would be the size
    assert (units.page_setup.orientation, units.page_setup.paperSize) == ("landscape", 9)
    rows = [[cell.value for cell in row] for row in units.iter_rows(min_row=4)]
    assert rows[0][:5] == ["楼幢编码", "幢号", "户号", "归属", "建筑面积（㎡）"]
    assert rows[1] == ["B1", FORMULA, "101", "业主", 90, 1000, 0, 0, 0, -870, 0, 130, "低于首期 30%"]
    assert rows[-1] == ["合计", None, None, None, None, 2000, 500, 0, 0, -1160, 0, 1340, None]
    items = [[cell.value for cell in row] for row in book["列支项目"].iter_rows(min_row=5)]
    assert items[0][12:] == [0, -1200, 40, None]
    assert [row[1:3] for row in book["汇总"].iter_rows(min_row=7, max_row=13, values_only=True)][-1] == (
        1340,
        "壹仟叁佰肆拾元整",
    )
    assert book.properties.created == found.known_at.replace(tzinfo=None, microsecond=0)
