"""``fund view``: what an officer asks at the desk."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest

from projections.views import VIEWS
from tests.cli.papers import BUILDING


@pytest.fixture
def imported(fund, files):
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0
    return fund


def test_the_views_are_listed_with_their_filters(fund):
    found = fund("view", "list", "--json").document["views"]
    assert "entries" in [view["name"] for view in found]
    assert "building*（楼幢编码）" in fund("view", "list").out.replace("\n", "").replace(" ", "")


def test_a_view_is_shown_by_pages(imported):
    asked = ("view", "show", "entries", "--where", f"building={BUILDING}")
    first = imported(*asked, "--limit", "2", "--json").document
    assert (first["count"], first["totals"]["amount"]) == (3, "23387.25")
    assert [row["unit"] for row in first["rows"]] == ["0101", "0102"]
    rest = imported(*asked, "--limit", "2", "--cursor", first["next"], "--json").document
    assert ([row["unit"] for row in rest["rows"]], rest["next"]) == (["0201"], None)
    shown = imported(*asked).out
    assert "23,387.25" in shown
    assert "合计" in shown
    assert "--cursor" in imported(*asked, "--limit", "1").out


def test_cuts_and_counties(imported):
    found = imported("view", "show", "books", "--as-of", "2018-12-31", "--json").document
    assert (found["rows"], found["as_of"]) == ([], "2018-12-31")
    found = imported("view", "show", "books", "--county", "532301", "--json").document
    assert [row["balance"] for row in found["rows"]] == ["24387.25"]
    position = found["position"]
    again = imported("view", "show", "books", "--known-at", position, "--json").document
    assert (again["rows"], again["known_at"]) == (found["rows"], position)


def test_a_workbook_has_every_row(imported, tmp_path):
    path = tmp_path / "entries.xlsx"
    asked = ("view", "show", "entries", "--where", f"building={BUILDING}", "--limit", "1")
    assert imported(*asked, "--xlsx", path, "--json").document["rows"] == 3
    assert openpyxl.load_workbook(path).worksheets[0].max_row == 7
    assert path.stat().st_mode & 0o777 == 0o600  # it may name owners


@pytest.mark.parametrize(
    "asked",
    [
        ("view", "show", "prefecture"),
        ("statement", "book", "532301/commodity", "--period", "2019"),
        ("statement", "owner", BUILDING, "0101", "--year", "2019"),
    ],
)
def test_a_workbook_that_cannot_be_written_is_a_sentence_and_leaves_nothing(imported, tmp_path, asked):
    kept = tmp_path / "desk" / "kept.xlsx"
    kept.parent.mkdir()
    kept.write_bytes(b"what was there")
    for place in (kept.parent / "none" / "x.xlsx", kept.parent, kept / "x.xlsx"):
        ended = imported(*asked, "--xlsx", place, "--json")
        assert (ended.status, ended.document["code"]) == (1, "file-unusable")
    assert [path.name for path in kept.parent.iterdir()] == ["kept.xlsx"]
    assert kept.read_bytes() == b"what was there"
    link = tmp_path / "link.xlsx"
    link.symlink_to(kept)
    assert imported(*asked, "--xlsx", link).status == 0
    assert (link.is_symlink(), kept.read_bytes()[:2]) == (True, b"PK")
    assert imported(*asked, "--xlsx", "/dev/null").status == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("gold",), "view-unknown"),
        (("entries",), "filter-missing"),
        (("entries", "--where", "building"), "filter-invalid"),
        (("books", "--where", "colour=red"), "filter-unknown"),
        (("books", "--cursor", "x"), "cursor-invalid"),
        (("books", "--known-at", "never"), "known-at-invalid"),
        (("books", "--limit", "0"), "usage"),
    ],
)
def test_what_cannot_be_read_is_a_wrong_usage(fund, arguments, code):
    ended = fund("view", "show", *arguments, "--json")
    assert (ended.status, ended.document["code"]) == (2, code)


def test_a_token_shows_its_counties_only(imported, monkeypatch):
    issued = ("--name", "监督岗", "--role", "auditor", "--county", "532322")
    token = imported("token", "issue", *issued, "--json")
    monkeypatch.setenv("FUND_TOKEN", token.document["token"])
    assert imported("view", "show", "books", "--json").document["rows"] == []
    forbidden = imported("view", "show", "books", "--county", "532301", "--json")
    assert (forbidden.status, forbidden.document["code"]) == (1, "county-forbidden")


def shown_commands():
    page = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
    [block] = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    return [shlex.split(line)[1:] for line in block.splitlines()]


def test_the_commands_of_the_page_do_what_they_say(imported, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for words in shown_commands():
        ended = imported(*words)
        assert ended.status == 0, (words, ended)
        assert ended.out
    assert (tmp_path / "对账单.xlsx").exists()


def test_the_page_names_every_refusal_and_every_view_it_shows():
    page = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
    assert {words[2] for words in shown_commands() if words[1] == "show"} <= VIEWS.keys()
    for code in ("view-unknown", "filter-unknown", "filter-missing", "filter-invalid", "cursor-invalid"):
        assert code in page
