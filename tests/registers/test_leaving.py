"""Registers of refunds and of changes of owner: files in, events out, in any order of rows, once."""

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.events import DepositRefunded, OwnerChanged

BUILDING = "building/E001-01"


@pytest.fixture
def paid(furnished):
    """0101 has deposited 8,305.83 by receipt 00000001, 0102 the same by 00000002."""
    rows = [furnished.deposit(), furnished.deposit(户号="0102", 票据号="00000002", 交款人="")]
    assert furnished.take("deposits", furnished.xlsx("交存.xlsx", "deposits", rows)).accepted == 2
    return furnished


def last(office):
    return office.log.events(BUILDING)[-1]


def places(result):
    return [(problem.row, problem.column, problem.code) for problem in result.problems]


class TestRefunds:
    @pytest.mark.parametrize("history", [True, False])
    def test_a_row_is_a_refund_of_its_deposit(self, paid, history):
        result = paid.take("refunds", paid.xlsx("退款.xlsx", "refunds", [paid.refund()]), history=history)

        assert (result.accepted, result.problems) == (1, ())
        event = last(paid)
        assert isinstance(event, DepositRefunded)
        assert (event.reason, event.value_date) == ("overpaid", date(2011, 3, 1))
        (line,) = event.lines
        assert (line.unit, line.part, line.principal_fen, line.interest_fen) == ("0101", "owner", 30583, 0)
        assert (line.deposit, line.deposit_line) == (f"{BUILDING}@3", 0)
        assert (line.deposited_on, line.deposit_kind) == (date(2010, 7, 1), "first")
        assert (line.receipt_no, line.bank_ref) == ("00000001", "20110301000001")

    def test_a_payee_of_the_owners_name_is_the_owner_and_no_name_is_in_the_log(self, paid):
        owner = paid.log.events(BUILDING)[1].lines[0].owner_ref
        rows = [paid.refund(), paid.refund(收款人="楚雄彝海置业有限公司", 退款日期="2011-03-02")]

        paid.take("refunds", paid.xlsx("退款.xlsx", "refunds", rows))

        first, second = (e.lines[0].payee_ref for e in paid.log.events(BUILDING)[-2:])
        assert first == owner
        assert second not in (None, owner)
        assert not any(name in row.data for row in paid.log.rows(0, 100) for name in ("普丽", "置业"))

    def test_after_a_change_of_owner_the_new_owner_and_the_former_are_known(self, paid):
        registered = paid.log.events(BUILDING)[1].lines[0].owner_ref
        paid.take("transfers", paid.xlsx("过户.xlsx", "transfers", [paid.transfer()]))
        now = last(paid).owner_ref
        rows = [paid.refund(收款人="段思平"), paid.refund(退款日期="2011-03-02")]

        paid.take("refunds", paid.xlsx("退款.xlsx", "refunds", rows))

        found = [event.lines[0].payee_ref for event in paid.log.events(BUILDING)[-2:]]
        assert found == [now, registered]

    def test_only_the_required_columns_and_a_destroyed_unit(self, paid):
        headers = ["户号", "楼幢编码", "退款原因", "退款日期", "退款金额"]
        row = paid.refund(退款原因="灭失", 退款金额="8,305.83")

        path = paid.csv("退款.csv", "refunds", [row], headers=headers, encoding="gb18030")
        result = paid.take("refunds", path, history=False)

        assert (result.accepted, result.problems) == (1, ())
        assert last(paid).lines[0].deposit is None
        accounts = paid.application.buildings(["E001-01"])["E001-01"].accounts
        assert accounts["0101", "owner"].balance_fen == 0

    def test_the_selling_units_part_of_a_destroyed_unit_goes_back_by_itself(self, office):
        unit = office.unit(资金类型="已售公有住房", 售房单位="楚雄州粮食局")
        deposits = [
            office.deposit(),
            office.deposit(资金归属="售房单位", 票据号="2", 交存金额=100, 交款人=""),
        ]
        office.take("units", office.csv("清册.csv", "units", [unit]))
        office.take("deposits", office.csv("交存.csv", "deposits", deposits))
        rows = [
            office.refund(退款原因="灭失", 退款金额=8305.83, 原票据号=""),
            office.refund(退款原因="灭失", 退款金额=100, 原票据号="", 资金归属="售房单位", 收款人="州财政局"),
        ]

        result = office.take("refunds", office.csv("退款.csv", "refunds", rows), history=False)

        assert (result.accepted, result.problems) == (2, ())
        accounts = office.application.buildings(["E001-01"])["E001-01"].accounts
        assert [account.balance_fen for account in accounts.values()] == [0, 0]

    def test_live_problems_have_their_place_and_leave_no_trace(self, paid):
        before, people = paid.events(), dict(paid.parties.people)
        rows = [
            paid.refund(收款人="新来的人"),
            paid.refund(退款金额=8000.01),
            paid.refund(原票据号="", 退款日期="2011-03-02"),
            paid.refund(原票据号="00000002", 退款日期="2011-03-03"),
            paid.refund(退款日期="2010-06-30"),
            paid.refund(户号="0909"),
            paid.refund(楼幢编码="E999-01"),
            paid.refund(退款日期="2026-11-24"),
            paid.refund(退款原因="灭失", 退款金额=8305.84, 原票据号=""),
        ]

        result = paid.take("refunds", paid.xlsx("退款.xlsx", "refunds", rows), history=False)

        assert places(result) == [
            (3, "退款金额", "refund-exceeds"),
            (4, "原票据号", "deposit-unknown"),
            (5, "原票据号", "deposit-unknown"),
            (6, "退款日期", "refund-early"),
            (7, "户号", "unit-unknown"),
            (8, "楼幢编码", "building-unknown"),
            (9, "退款日期", "date-future"),
            (10, "退款金额", "balance-short"),
        ]
        assert (result.accepted, result.position) == (0, None)
        assert paid.events() == before
        assert paid.parties.people == people

    def test_cells_that_cannot_be_read_are_named(self, paid):
        rows = [
            paid.refund(退款原因="搬家"),
            paid.refund(退款金额="一百"),
            paid.refund(退款日期=""),
            paid.refund(退款金额=0),
        ]
        result = paid.take("refunds", paid.xlsx("退款.xlsx", "refunds", rows))
        assert places(result) == [
            (2, "退款原因", "choice-invalid"),
            (3, "退款金额", "amount-invalid"),
            (4, "退款日期", "cell-empty"),
            (5, "退款金额", "amount-not-positive"),
        ]

    def test_the_same_file_twice_changes_nothing(self, paid):
        path = paid.xlsx("退款.xlsx", "refunds", [paid.refund(), paid.refund(退款日期="2011-03-02")])
        assert paid.take("refunds", path, history=False).accepted == 2
        before = paid.events()
        again = paid.take("refunds", path, history=False)
        assert (again.accepted, again.already, again.position) == (0, 2, None)
        assert paid.events() == before

    def test_history_takes_what_the_rules_would_refuse(self, paid):
        rows = [paid.refund(退款金额=8305.83), paid.refund(退款金额=8305.83, 退款日期="2011-03-02")]
        path = paid.xlsx("退款.xlsx", "refunds", rows)
        assert [place for *place, _ in places(paid.take("refunds", path, history=False, dry_run=True))] == [
            [3, "原票据号"]
        ]
        assert paid.take("refunds", path).accepted == 2
        accounts = paid.application.buildings(["E001-01"])["E001-01"].accounts
        assert accounts["0101", "owner"].balance_fen == -830583


REFUNDS = st.lists(
    st.fixed_dictionaries(
        {
            "户号": st.sampled_from(["0101", "0102"]),
            "退款金额": st.integers(1, 900_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}"),
            "退款日期": st.dates(date(2010, 7, 1), date(2010, 7, 3)).map(str),
            "退款原因": st.sampled_from(["退房", "多交", "错交", "灭失"]),
            "原票据号": st.sampled_from(["00000001", "00000002", "", "9"]),
            "银行流水号": st.integers(1, 10**6).map(str),
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=REFUNDS, seed=st.integers(0, 99))
def test_rows_in_any_order_come_to_the_same_balances(tmp_path_factory, desk, rows, seed):
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    found = []
    for some in (rows, shuffled):
        office = desk(tmp_path_factory.mktemp("desk"))
        full = [office.refund(收款人="") | row for row in some]
        assert office.take("refunds", office.csv("退款.csv", "refunds", full)).problems == ()
        accounts = office.application.buildings(["E001-01"])["E001-01"].accounts
        found.append({key: (acc.principal_fen, acc.interest_fen) for key, acc in accounts.items()})
    assert found[0] == found[1]
    for (unit, _), (principal, interest) in found[0].items():
        given_back = sum(round(float(row["退款金额"]) * 100) for row in rows if row["户号"] == unit)
        assert principal + interest == 830583 - given_back


@pytest.fixture
def desk(office):
    def opened(folder):
        made = type(office)(folder)
        units = [made.unit(), made.unit(户号="0102", 业主姓名="马云山", 证件号码="")]
        deposits = [made.deposit(), made.deposit(户号="0102", 票据号="00000002", 交款人="")]
        assert made.take("units", made.csv("清册.csv", "units", units)).problems == ()
        assert made.take("deposits", made.csv("交存.csv", "deposits", deposits)).problems == ()
        return made

    return opened


class TestTransfers:
    @pytest.mark.parametrize("history", [True, False])
    def test_a_row_is_a_change_of_owner_with_the_balance_as_proof(self, paid, history):
        former = paid.log.events(BUILDING)[1].lines[0].owner_ref

        result = paid.take(
            "transfers", paid.xlsx("过户.xlsx", "transfers", [paid.transfer()]), history=history
        )

        assert (result.accepted, result.problems) == (1, ())
        event = last(paid)
        assert isinstance(event, OwnerChanged)
        assert (event.unit, event.value_date) == ("0101", date(2018, 9, 10))
        assert (event.principal_fen, event.interest_fen) == (830583, 0)
        assert event.deed_no == "云(2018)楚雄市不动产权第0001234号"
        assert event.owner_ref != former
        text = "".join(row.data for row in paid.log.rows(0, 100))
        assert not any(word in text for word in ("段思平", "532301199002020033", "13800000009"))

    def test_only_the_required_columns(self, paid):
        headers = ["楼幢编码", "户号", "过户日期", "新业主姓名"]
        path = paid.csv("过户.csv", "transfers", [paid.transfer()], headers=headers)
        assert paid.take("transfers", path, history=False).accepted == 1

    def test_an_owner_of_one_id_number_is_one_person_everywhere(self, paid):
        other = paid.log.events(BUILDING)[1].lines[1].owner_ref
        row = paid.transfer(新业主姓名="马云山", 证件号码="532301197501010022")
        paid.take("transfers", paid.xlsx("过户.xlsx", "transfers", [row]))
        assert last(paid).owner_ref == other

    def test_rows_are_taken_by_day_whatever_their_order(self, paid):
        rows = [
            paid.transfer(过户日期="2019-01-01", 新业主姓名="后来人", 证件号码=""),
            paid.transfer(),
        ]
        assert paid.take("transfers", paid.xlsx("过户.xlsx", "transfers", rows), history=False).accepted == 2
        first, second = paid.log.events(BUILDING)[-2:]
        assert (first.value_date, second.value_date) == (date(2018, 9, 10), date(2019, 1, 1))
        assert paid.application.buildings(["E001-01"])["E001-01"].owner_ref("0101") == second.owner_ref

    def test_live_problems_have_their_place_and_leave_no_trace(self, paid):
        paid.take("transfers", paid.xlsx("一.xlsx", "transfers", [paid.transfer()]), history=False)
        before, people = paid.events(), dict(paid.parties.people)
        rows = [
            paid.transfer(过户日期="2018-09-09", 新业主姓名="新来的人", 证件号码=""),
            paid.transfer(过户日期="2018-09-11"),
            paid.transfer(户号="0909"),
            paid.transfer(楼幢编码="E999-01"),
            paid.transfer(过户日期="2026-11-24", 新业主姓名="别人", 证件号码=""),
        ]

        result = paid.take("transfers", paid.xlsx("二.xlsx", "transfers", rows), history=False)

        assert places(result) == [
            (2, "过户日期", "transfer-early"),
            (3, "新业主姓名", "owner-same"),
            (4, "户号", "unit-unknown"),
            (5, "楼幢编码", "building-unknown"),
            (6, "过户日期", "date-future"),
        ]
        assert paid.events() == before
        assert paid.parties.people == people

    def test_the_same_file_twice_changes_nothing(self, paid):
        path = paid.xlsx("过户.xlsx", "transfers", [paid.transfer()])
        paid.take("transfers", path, history=False)
        before = paid.events()
        again = paid.take("transfers", path, history=False)
        assert (again.accepted, again.already) == (0, 1)
        assert paid.events() == before

    def test_the_register_of_units_may_come_again(self, paid):
        paid.take("transfers", paid.xlsx("过户.xlsx", "transfers", [paid.transfer()]))
        before = paid.events()
        old = paid.unit(不动产单元号="")
        new = paid.unit(不动产单元号="", 业主姓名="段思平", 证件号码="532301199002020033")
        for number, row in enumerate((old, new)):
            path = paid.xlsx(f"再{number}.xlsx", "units", [row])
            assert paid.take("units", path).problems == ()
        assert paid.events() == before
        stranger = paid.unit(业主姓名="旁人", 证件号码="532301199003030044")
        result = paid.take("units", paid.xlsx("三.xlsx", "units", [stranger]))
        assert places(result) == [(2, None, "unit-contradicts")]
