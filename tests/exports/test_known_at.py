"""What was known at a position is what a log that ends there says: in every format, to the byte."""

import pytest

from audit.checkpoint import load_signer
from exports.export import Asked
from exports.formats import FORMATS
from projections.rebuild import rebuild
from tests.audit.conftest import Kept
from tests.exports.conftest import Desk

BATCH = 40
"""Events under each head of the seal: a cut there has the same checkpoint in both logs."""


@pytest.mark.parametrize("share", [0.2, 0.6])
@pytest.mark.parametrize("name", FORMATS)
def test_an_earlier_answer_is_that_of_a_log_cut_there(desk, database, tmp_path, name, share):
    rows = desk.kept.feed.rows(0, 10**6)
    cut = rows[: int(len(rows) * share) // BATCH * BATCH]
    position = cut[-1].position
    desk.make(FORMATS[name], tmp_path / "whole", Asked(position))
    short = Kept(database, cut)
    with short.engine.connect() as connection:
        signer = load_signer(connection, tmp_path / "home")
        Desk(short, connection, signer, position).make(FORMATS[name], tmp_path / "cut", Asked(position))
    whole, other = (
        {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*.*")
            if path.is_file()
        }
        for folder in (tmp_path / "whole", tmp_path / "cut")
    )
    assert whole.keys() == other.keys()
    assert [file for file in whole if whole[file] != other[file]] == []
    assert len(whole) > 2


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_holds_after_a_rebuild(desk, tmp_path, name):
    desk.make(FORMATS[name], tmp_path / "out")
    rebuild(desk.kept.engine)
    assert desk.check(tmp_path / "out", FORMATS[name]).problems == ()
