"""hledger and Beancount accept the books, hold what the ledger holds, and refuse a fen too many."""

import re
import shutil
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test

from audit.checkpoint import load_signer
from audit.seal import Seal
from exports import beancount, books, hledger
from exports.export import Asked, Source
from exports.formats import FORMATS
from exports.making import make
from ledger import policy
from ledger.store.feed import Feed
from projections.journal import JournalLine
from projections.models import read_models
from projections.runner import Follower
from tests.exports import programs
from tests.ledger.test_lives import Everything
from tests.ledger.test_lives_read import copied

RULES = policy.load().journal
NAMES = ("hledger", "beancount")


@pytest.fixture(params=NAMES)
def program(request):
    """One of the programs."""
    return request.param, {"hledger": programs.hledger, "beancount": programs.beancount}[request.param]()


def test_the_program_accepts_the_books_and_holds_the_same_for_every_building(desk, tmp_path, program):
    name, other = program
    desk.make(FORMATS[name], tmp_path / "out")
    said = other.check(programs.whole(tmp_path / "out", name))
    assert said.status == 0, said.text
    ours = programs.held(desk.connection)
    assert len(ours) == 6
    assert programs.told(other.balances(programs.whole(tmp_path / "out", name))) == ours
    assert desk.check(tmp_path / "out", FORMATS[name]).ok


def test_months_that_are_wanted_begin_with_the_balances_before_them(desk, tmp_path, program):
    name, other = program
    desk.make(FORMATS[name], tmp_path / "all")
    asked = Asked(desk.position, "532301", "commodity", "2016-03", None)
    desk.make(FORMATS[name], tmp_path / "some", asked)
    file = programs.whole(tmp_path / "some", name)
    said = other.check(file)
    assert said.status == 0, said.text
    text = (tmp_path / "some" / f"532301-commodity{programs.ENDINGS[name]}").read_text()
    assert "2016-03-01 * " in text
    assert "2016-02-" not in text
    expected = {
        path: amount
        for path, amount in other.balances(programs.whole(tmp_path / "all", name)).items()
        if amount and path[2] == "532301商品住宅"
    }
    assert {path: amount for path, amount in other.balances(file).items() if amount} == expected
    assert not (tmp_path / "some" / f"532301-public{programs.ENDINGS[name]}").exists()


def test_months_after_all_others_hold_what_was_brought_forward(desk, tmp_path, program):
    name, other = program
    desk.make(FORMATS[name], tmp_path / "all")
    desk.make(FORMATS[name], tmp_path / "later", Asked(desk.position, first="2030-01"))
    file = programs.whole(tmp_path / "later", name)
    said = other.check(file)
    assert said.status == 0, said.text
    expected = other.balances(programs.whole(tmp_path / "all", name))
    assert programs.told(other.balances(file)) == programs.told(expected)


def test_an_earlier_cut_is_accepted_too(desk, tmp_path, program):
    name, other = program
    rows = desk.kept.feed.rows(0, 10**6)
    desk.make(FORMATS[name], tmp_path / "out", Asked(rows[len(rows) // 2].position, last="2017-06"))
    said = other.check(programs.whole(tmp_path / "out", name))
    assert said.status == 0, said.text


def test_a_fen_more_in_an_assertion_is_refused(desk, tmp_path, program):
    name, other = program
    desk.make(FORMATS[name], tmp_path / "out")
    asserted = {"hledger": r"=\* (-?\d+\.\d\d) CNY", "beancount": r"balance \S+ +(-?\d+\.\d\d) ~ 0 CNY"}
    file = tmp_path / "out" / f"532301-commodity{programs.ENDINGS[name]}"
    text = file.read_text()
    found = list(re.finditer(asserted[name], text))
    assert len(found) > 50
    for chosen in (found[0], found[len(found) // 2], found[-1]):
        changed = f"{Decimal(chosen[1]) + Decimal('0.01')}"
        file.write_text(text[: chosen.start(1)] + changed + text[chosen.end(1) :])
        assert other.check(programs.whole(tmp_path / "out", name)).status != 0
    file.write_text(text)
    assert other.check(programs.whole(tmp_path / "out", name)).status == 0


def test_every_year_end_asserts_every_building_and_the_bank(desk, tmp_path):
    desk.make(FORMATS["hledger"], tmp_path / "out")
    text = (tmp_path / "out" / "532301-commodity.journal").read_text()
    ends = {
        found[1]: found[2] for found in re.finditer(r"\n(\d{4}-\d\d-\d\d) \* 余额核对\n((?: {4}.*\n)+)", text)
    }
    assert [day for day in ends if day.endswith("-12-31")] == [f"{year}-12-31" for year in range(2012, 2020)]
    last = list(ends.values())[-1]
    for building in ("B1", "B2", "B3", "D2", "H1"):
        assert f"净资产:3001商品住宅维修资金:532301商品住宅:{building}  0.00 CNY =* -" in last
    for account in ("1001银行存款", "1101国债投资", "1201备用金"):
        assert f"资产:{account}:532301商品住宅  0.00 CNY =* " in last
    assert "资产:1001银行存款:532301商品住宅:100101活期存款:6220  0.00 CNY =* " in last


@pytest.mark.slow
def test_the_programs_agree_with_every_life(embedded, tmp_path):
    others = {"hledger": programs.hledger(), "beancount": programs.beancount()}

    class Exported(Everything):
        def teardown(self) -> None:
            with embedded.database() as database:
                copied(self, database)
                models = [*read_models(database.engine), Seal()]
                position = Follower(database.engine, models).catch_up()
                with database.engine.connect() as connection:
                    signer = load_signer(connection, tmp_path)
                    source = Source(connection, Feed(database.engine), policy.load())
                    ours = programs.held(connection)
                    for name, other in others.items():
                        folder = tmp_path / "out"
                        make(FORMATS[name], folder, source, Asked(position), signer)
                        said = other.check(programs.whole(folder, name))
                        assert said.status == 0, said.text
                        assert programs.told(other.balances(programs.whole(folder, name))) == ours
                        shutil.rmtree(folder)

    run_state_machine_as_test(
        Exported,
        settings=settings(
            max_examples=3,
            phases=[Phase.reuse, Phase.generate],
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


CODES = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=12)


@given(st.lists(CODES, min_size=2, max_size=2, unique=True))
def test_two_codes_never_become_one_name(codes):
    for language in (hledger, beancount):
        one, two = (language._component(code) for code in codes)
        assert one != two
        assert ":" not in one
    assert re.fullmatch(r"[A-Z0-9][^\W_]*(-[^\W_]*)*", beancount._component(codes[0]))


def line(number: int, account: str, fen: int, **more) -> JournalLine:
    facts = {
        "county": "532301", "fund": "commodity", "period": "2019-06", "number": number, "line": 1,
        "date": date(2019, 6, 3), "value_date": date(2019, 5, 30), "entry": "deposit", "summary": "交存",
        "account": account, "debit_fen": max(fen, 0), "credit_fen": max(-fen, 0), "estate": None,
        "building": None, "unit": None, "part": None, "bank_account": None, "bank_ref": None, "lot": None,
        "event": "building/1@1", "position": 1, "actor": "", "papers": 0, "change": None,
    }  # fmt: skip
    return JournalLine(**facts | more)


STRANGE = [
    "0101", "甲-101", "A座", "a  b", "a b", "a:b", "(1)", "[2]", "x|y", "№5", "Ⅱ", "〇㐀𠀀", "50%", "#1",
    '"q"', "back\\slash", "1.5", "ａ", "é", "e\u0301", "*", "!", "=", "1,5", "{x}", "售房单位", "--",
    "tab\tbed", "[2019-02-30]", "[2030-01-01]", "[=2030]", "date:2030-01-01",
]  # fmt: skip


def test_strange_codes_and_words_pass_through(tmp_path, program):
    """Codes and words as officers may write them: each is an account of its own, and no line breaks."""
    name, other = program
    language = {"hledger": hledger.Hledger(), "beancount": beancount.Beancount()}[name]
    lines = []
    for number, strange in enumerate(STRANGE, 1):
        words = {
            "summary": f'交存；"{strange}" ; a | b #x ^y',
            "actor": strange,
            "event": f"building/{strange}@1",
        }
        bank = {"bank_account": strange, "bank_ref": f"{strange}, ; x:y"}
        lines.append(line(number, "100101", 100 + number, **words, **bank))
        where = {"building": strange, "unit": strange, "part": "seller"}
        lines.append(line(number, "3001", -100 - number, **words, **where))
    found = list(books.days(lines, books.Tree(RULES), None))
    since = {posting.account: each.day for each in found[:-1] for posting in each.postings}
    since |= {path: since.get(path, found[-1].day) for path, _ in found[-1].balances}
    declare = beancount.Declared
    file = tmp_path / f"book{programs.ENDINGS[name]}"
    file.write_text(
        language.heading('"标题"; x')
        + "".join(language.declared(declare(path, since[path], path[-1])) for path in sorted(since))
        + "".join(map(language.voucher, found[:-1]))
        + language.held(found[-1])
    )
    said = other.check(file)
    assert said.status == 0, said.text
    balances = {path: amount for path, amount in other.balances(file).items() if amount}
    assert sorted(balances.values()) == sorted(
        Decimal(sign * (100 + number)) / 100 for number in range(1, len(STRANGE) + 1) for sign in (1, -1)
    )
