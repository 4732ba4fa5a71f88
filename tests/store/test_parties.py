"""The register of persons: one ref a person, nothing in clear, nothing lost when many write at once."""

import base64
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import psycopg2
import pytest

from ledger.store.engine import DatabaseProblem
from ledger.store.parties import Parties, Revealed, load_key, masked

KEY = bytes(range(32))


class Person(NamedTuple):
    name: str
    id_number: str | None = None
    phone: str | None = None
    scope: str = "532301"


@pytest.fixture
def parties(database) -> Parties:
    return Parties(database.engine, KEY)


def stored(database) -> list[tuple[str, bytes]]:
    connection = psycopg2.connect(database.admin_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("select parties::text, ref from register.parties")
            return cursor.fetchall()
    finally:
        connection.close()


def test_the_same_person_has_the_same_ref(parties):
    wang = Person("王建国", "532301197001011234", "13812345678")
    first = parties.refs([wang, Person("李芳")])
    again = parties.refs([Person("李 芳"), wang, Person("李芳 ")])
    assert again[1] == first[0]
    assert again[2] == first[1] != again[0] != first[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            Person("王建国", "11010519491231002x"),
            Person("王建國", " 1101 0519491231002Ｘ", scope="elsewhere"),
        ),
        (Person("王建国", "110105491231002"), Person("王建国", "11010519491231002X")),
        (Person("王建国", ""), Person(" 王建国", None)),
    ],
)
def test_who_counts_as_one_person(parties, one, other):
    [ref] = parties.refs([one])
    assert parties.known([other]) == [ref]
    assert parties.refs([other]) == [ref]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Person("王建国"), Person("王建国", scope="532302")),
        (Person("王建国"), Person("王建国", "532301197001011234")),
        (Person("王建国", "532301197001011234"), Person("王建国", "532301197001011235")),
        (Person('b","c', scope="a"), Person("c", scope='a","b')),
    ],
)
def test_who_counts_as_two(parties, one, other):
    assert len(set(parties.refs([one, other]))) == 2


def test_asking_adds_nobody(parties, database):
    assert parties.known([Person("王建国")]) == [None]
    assert stored(database) == []


def test_nothing_is_stored_in_clear(parties, database):
    parties.refs([Person("王建国", "532301197001011234", "13812345678")])
    [(row, _)] = stored(database)
    for clear in ("王建国", "532301197001011234", "13812345678"):
        assert clear not in row
        assert clear.encode().hex() not in row


def test_reveal_and_mask(parties):
    [ref] = parties.refs([Person("王建国", "532301197001011234", "13812345678")])
    assert parties.reveal([ref, "unknown"]) == {ref: Revealed("王建国", "532301197001011234", "13812345678")}
    assert masked(parties.reveal([ref])[ref]) == Revealed("王**", "5323**********1234", "138****5678")
    assert masked(Revealed("张三", None, None)) == Revealed("张*", None, None)
    assert masked(Revealed("张三", "12345678", "1234567")) == Revealed("张*", "********", "*******")


def test_another_key_opens_nothing_and_knows_nobody(parties, database):
    [ref] = parties.refs([Person("王建国")])
    other = Parties(database.engine, bytes(32))
    assert other.known([Person("王建国")]) == [None]
    with pytest.raises(DatabaseProblem, match="无法解密"):
        other.reveal([ref])


def test_a_sealed_person_cannot_be_moved_to_another_ref(parties, database):
    one, two = parties.refs([Person("王建国"), Person("李芳")])
    connection = psycopg2.connect(database.admin_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "update register.parties set sealed = (select sealed from register.parties where ref = %s)"
            " where ref = %s",
            [one, two],
        )
    connection.close()
    with pytest.raises(DatabaseProblem, match="无法解密"):
        parties.reveal([two])


def test_names_are_compared_by_hash(parties):
    [ref] = parties.refs([Person("王建国", "532301197001011234")])
    assert parties.name_hashes([ref, "unknown"]) == {ref: parties.name_hash(" 王建国")}
    assert parties.name_hash("王建国") != parties.name_hash("王建")


def test_each_purpose_has_a_key_of_its_own(parties):
    assert parties.keyed_hash("row", b"x") == parties.keyed_hash("row", b"x")
    assert parties.keyed_hash("row", b"x") != parties.keyed_hash("account", b"x")


def test_eight_writers_agree_on_every_ref(parties):
    people = [Person(f"住户{n}") for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda step: parties.refs(people[step:] + people[:step]), range(8)))
    for step, refs in enumerate(answers):
        assert refs[len(people) - step :] + refs[: len(people) - step] == answers[0]
    assert len(set(answers[0])) == len(people)


def test_the_key_is_made_once_and_for_the_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("FUND_PARTY_KEY", raising=False)
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_key(home), range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert [path.name for path in home.iterdir()] == ["party.key"]
    assert stat.S_IMODE((home / "party.key").stat().st_mode) == 0o600


def test_the_key_may_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("FUND_PARTY_KEY", base64.b64encode(KEY).decode())
    assert load_key(tmp_path) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_wrong_key_is_refused_and_not_shown(tmp_path, monkeypatch, given):
    monkeypatch.setenv("FUND_PARTY_KEY", given)
    with pytest.raises(DatabaseProblem) as refused:
        load_key(tmp_path)
    assert not given or given not in str(refused.value)


@pytest.mark.slow
def test_a_prefecture_of_owners_takes_seconds(parties):
    people = [Person(f"业主{n}", f"{532301000000000000 + n}", "13800000000") for n in range(115_000)]
    start = time.perf_counter()
    refs = parties.refs(people)
    assert time.perf_counter() - start < 60
    assert len(set(refs)) == len(people)
    assert parties.refs(people) == refs
