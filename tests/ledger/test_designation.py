"""The designated account (专户): one for each book, and its money nowhere else."""

from datetime import date

import pytest
from msgspec.structs import replace

from ledger.commands import (
    CloseAccount,
    DesignateAccount,
    DestroyBuilding,
    HandOver,
    ObligationPart,
    PayObligation,
    ReceiveGains,
    Recording,
)
from ledger.errors import Refused
from ledger.events import CommandRefused, GainLine

DAY = date(2019, 6, 30)
LIVE = Recording(actor="officer-1")
HISTORY = Recording(actor="officer-1", origin="history")
BOTH = pytest.mark.parametrize("recording", [LIVE, HISTORY], ids=["live", "history"])
BOOK = "book/532301/commodity"


def designate(account="6222-1", since=DAY, fund="commodity", **facts):
    own = {"bank": "中国建设银行", "name": "维修资金专户", "tender": "楚财采1号"} | facts
    return DesignateAccount(county="532301", fund=fund, account=account, since=since, **own)


def give_up(account="6222-1", on=DAY):
    return CloseAccount(county="532301", fund="commodity", account=account, closed_on=on)


def gain(_office, account, on=DAY):
    line = GainLine(category="demand", amount_fen=5, account=account)
    return ReceiveGains(county="532301", fund="commodity", value_date=on, lines=(line,))


def deposit(office, account, on=DAY):
    command = office.deposit("B1", "101", 100, on)
    return replace(command, lines=(replace(command.lines[0], account=account),))


def refused(office, *commands, recording=LIVE):
    """Code, field and line of refusals; the log grows by one refusal when live, by nothing when history."""
    before = office.everything()
    with pytest.raises(Refused) as caught:
        office.execute(*commands, recording=recording)
    added = office.everything()[len(before) :]
    assert office.everything()[: len(before)] == before
    kept = [event for stream, _, _ in added for event in office.events(stream)]
    assert [type(event) for event in kept] == [CommandRefused] * (recording.origin == "live")
    return [(found.code, found.field, found.line) for found in caught.value.refusals]


@BOTH
def test_an_account_is_designated_and_given_up(office, recording):
    office.execute(designate(), recording=recording)
    office.execute(give_up(on=date(2019, 12, 31)), designate("6222-2", date(2020, 1, 1)), recording=recording)
    assert [(event.TOPIC, event.account, event.value_date) for event in office.events(BOOK)] == [
        ("bank-account-designated", "6222-1", DAY),
        ("bank-account-closed", "6222-1", date(2019, 12, 31)),
        ("bank-account-designated", "6222-2", date(2020, 1, 1)),
    ]


@pytest.mark.parametrize("since", [DAY, date(2020, 1, 1), date(2018, 1, 1)])
def test_a_second_account_is_refused_live_and_recorded_as_history(office, since):
    office.execute(designate(), recording=LIVE)
    assert refused(office, designate("6222-2", since)) == [("account-designated", "account", None)]
    office.execute(designate("6222-2", since), recording=HISTORY)
    assert len(office.events(BOOK)) == 2


def test_the_other_fund_kind_has_an_account_of_its_own(office):
    office.execute(designate(), designate("6222-2", fund="public"), recording=LIVE)
    office.register("B1", {"101": 9000})
    office.register("P1", {"101": 9000}, fund="public")
    wrong = replace(deposit(office, "6222-1"), building="P1")
    assert refused(office, deposit(office, "6222-2")) == [("account-not-designated", "account", 0)]
    assert refused(office, wrong) == [("account-not-designated", "account", 0)]
    office.execute(deposit(office, "6222-1"), recording=LIVE)


@pytest.mark.parametrize("make", [deposit, gain])
def test_money_elsewhere_is_refused_live_and_recorded_as_history(office, make):
    office.register("B1", {"101": 9000})
    office.execute(make(office, "anywhere"), recording=LIVE)
    office.execute(designate(), recording=LIVE)
    assert refused(office, make(office, "6222-9")) == [("account-not-designated", "account", 0)]
    office.execute(make(office, "6222-1"), recording=LIVE)
    office.execute(make(office, None), recording=LIVE)
    office.execute(make(office, "6222-9", on=date(2019, 6, 29)), recording=LIVE)
    office.execute(make(office, "6222-9"), recording=HISTORY)


@pytest.mark.parametrize(("on", "good"), [(date(2019, 12, 31), True), (date(2020, 1, 1), False)])
def test_the_last_day_of_an_account_still_counts(office, on, good):
    office.register("B1", {"101": 9000})
    office.execute(designate(), give_up(on=date(2019, 12, 31)), recording=LIVE)
    command = deposit(office, "6222-1", on)
    if good:
        office.execute(command, recording=LIVE)
    else:
        assert refused(office, command) == [("account-not-designated", "account", 0)]


def test_within_one_batch_a_deposit_sees_what_became_of_the_account_before_it(office):
    office.register("B1", {"101": 9000})
    office.execute(designate(), deposit(office, "6222-1"), recording=LIVE)
    too_late = deposit(office, "6222-1", date(2019, 7, 2))
    assert refused(office, give_up(on=date(2019, 7, 1)), too_late) == [
        ("account-not-designated", "account", 0)
    ]


@BOTH
def test_what_cannot_be_is_nobodys_to_record(office, recording):
    office.execute(designate(), recording=LIVE)
    future = designate(since=date(2026, 11, 24))
    assert refused(office, future, recording=recording) == [("date-future", "since", None)]
    assert refused(office, give_up("6222-7"), recording=recording) == [("account-unknown", "account", None)]
    early = give_up(on=date(2019, 6, 29))
    assert refused(office, early, recording=recording) == [("account-early", "closed_on", None)]
    blank = designate(" ", bank="", name="")
    assert refused(office, blank, recording=recording) == [
        ("account-missing", field, None) for field in ("account", "bank", "name")
    ]


def test_the_refusal_names_the_account_and_the_article(office):
    office.register("B1", {"101": 9000})
    office.execute(designate(), recording=LIVE)
    with pytest.raises(Refused) as caught:
        office.execute(deposit(office, "6222-9"), recording=LIVE)
    (found,) = caught.value.refusals
    assert found.message == "账号“6222-9”在 2019-06-30 不是该账套的专户"
    assert found.basis == "165号令第10条（一个专户管理银行、一个专户）"


def test_the_two_books_of_a_county_do_not_share_an_account(office):
    office.execute(designate(fund="public"), recording=LIVE)
    assert refused(office, designate()) == [("account-designated", "account", None)]
    office.execute(designate("6222-2"), recording=LIVE)
    office.execute(designate())
    closed = CloseAccount(county="532301", fund="public", account="6222-1", closed_on=date(2019, 12, 31))
    office.execute(closed)
    assert ("account-designated", "account", None) in refused(office, designate(since=date(2019, 12, 30)))


@pytest.mark.parametrize("account", ["6222-1", None, "6229"])
def test_money_that_leaves_names_the_designated_account_or_none(office, account):
    office.register("B1", {"101": 9000})
    office.execute(office.deposit("B1", "101", 100, DAY), designate())
    out = HandOver(
        buildings=("B1",), noticed_on=DAY, handed_on=DAY, assembly="业主大会", account=account
    )  # fmt: skip
    lost = DestroyBuilding(building="B1", destroyed_on=DAY, document="灭失证明")
    if account == "6229":
        assert refused(office, out) == [("account-not-designated", "account", None)]
    else:
        assert office.application.judge([out], LIVE) == ()
    (owed,) = office.execute(lost).events
    pay = PayObligation(
        building="B1",
        obligation=owed,
        paid_on=DAY,
        lines=(ObligationPart(line=0, amount_fen=100),),
        payee_ref="p1",
        reason="权利人申请",
        account=account,
    )
    if account == "6229":
        assert refused(office, pay) == [("account-not-designated", "account", None)]
        office.execute(pay)
    else:
        office.execute(pay, recording=LIVE)
