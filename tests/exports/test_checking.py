"""An export says where in the log it was made, and a check tells whether it still is what the ledger says."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from audit.checkpoint import opened
from exports.export import Asked
from ledger.errors import InputError


class Titles:
    """The topics of all events, a line each, and a note in a folder of its own."""

    name = "titles"
    title = "事件名"

    def write(self, folder: Path, source, asked: Asked) -> None:
        topics = [row.topic for rows in source.log.scan(0, asked.position) for row in rows]
        (folder / "events.txt").write_text("\n".join(topics) + "\n")
        (folder / "more").mkdir()
        (folder / "more" / "note.txt").write_text(f"{asked.county} {asked.first}\n")


class Torn(Titles):
    """Fails in the middle."""

    def write(self, folder: Path, source, asked: Asked) -> None:
        super().write(folder, source, asked)
        raise InputError("no-such-thing", "没有")


FORM = Titles()


def kinds(found) -> list[str]:
    return [problem.kind for problem in found.problems]


def test_a_manifest_names_every_file_and_the_checkpoint_that_covers_it(desk, tmp_path):
    made = desk.make(FORM, tmp_path / "out", Asked(desk.position, "532301", None, "2019-01", None))
    written = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert [file["name"] for file in written["files"]] == ["events.txt", "more/note.txt"]
    for file in written["files"]:
        content = (tmp_path / "out" / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    assert (written["format"], written["position"]) == ("titles", str(desk.position))
    assert (written["county"], written["book"], written["from"], written["through"]) == (
        "532301", None, "2019-01", None,
    )  # fmt: skip
    said = opened(written["checkpoint"], written["verifier"])
    assert said.origin == desk.signer.origin
    assert said.size == written["events"] == made.events == len(desk.kept.feed.rows(0, 10**6))


def test_the_same_question_gives_the_same_bytes(desk, tmp_path):
    for name in ("one", "two"):
        desk.make(FORM, tmp_path / name)
    one, two = ((tmp_path / name / "manifest.json").read_bytes() for name in ("one", "two"))
    assert one == two
    assert desk.check(tmp_path / "one", FORM).ok
    assert desk.check(tmp_path / "one" / "manifest.json", FORM).ok


def test_an_export_as_known_earlier_is_covered_by_a_later_head(desk, tmp_path):
    rows = desk.kept.feed.rows(0, 10**6)
    made = desk.make(FORM, tmp_path / "out", Asked(rows[41].position))
    assert made.events == 42
    assert opened(made.checkpoint, made.verifier).size == 80
    assert desk.check(tmp_path / "out", FORM).ok
    empty = desk.make(FORM, tmp_path / "empty", Asked(0))
    assert (empty.events, opened(empty.checkpoint, empty.verifier).size) == (0, 0)
    assert desk.check(tmp_path / "empty", FORM).ok


def test_nothing_half_written_is_left_and_nothing_is_overwritten(desk, tmp_path):
    place = tmp_path / "here" / "out"
    with pytest.raises(InputError, match="no-such-thing"):
        desk.make(Torn(), place)
    assert list((tmp_path / "here").iterdir()) == []
    desk.make(FORM, place)
    with pytest.raises(InputError) as refused:
        desk.make(FORM, place)
    assert refused.value.code == "target-not-empty"
    with pytest.raises(InputError, match="target-not-empty"):
        desk.make(FORM, place / "events.txt")
    assert desk.check(place, FORM).ok


def test_a_changed_line_is_found_even_when_the_manifest_was_changed_with_it(desk, tmp_path):
    made = desk.make(FORM, tmp_path / "out")
    path, manifest = tmp_path / "out" / "events.txt", tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace("gains-distributed", "gains-destributed", 1))
    number = path.read_text().split("\n").index("gains-destributed") + 1
    found = desk.check(tmp_path / "out", FORM)
    assert kinds(found) == ["file-changed", "export-different"]
    assert (found.problems[1].file, found.problems[1].line) == ("events.txt", number)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text().replace(made.files[0].sha256, digest))
    assert kinds(desk.check(tmp_path / "out", FORM)) == ["export-different"]


def test_missing_and_extra_files_are_found(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    (tmp_path / "out" / "more" / "note.txt").unlink()
    (tmp_path / "out" / "other.txt").write_text("x")
    (tmp_path / "out" / os.fsdecode(b"\xff.txt")).write_text("x")
    found = desk.check(tmp_path / "out", FORM)
    assert kinds(found) == [
        "file-missing", "file-extra", "file-extra", "export-different", "export-different", "export-different"
    ]  # fmt: skip
    assert [problem.file for problem in found.problems[:3]] == ["more/note.txt", "other.txt", "\ufffd.txt"]


def test_links_and_special_files_are_found(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "hidden.txt").write_text("x")
    (tmp_path / "out" / "folder").symlink_to(elsewhere)
    (tmp_path / "out" / "nowhere").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "out" / "pipe")
    found = desk.check(tmp_path / "out", FORM)
    assert [(problem.kind, problem.file) for problem in found.problems] == [
        ("file-extra", "folder"), ("file-extra", "nowhere"), ("file-extra", "pipe")
    ]  # fmt: skip
    for name in ("folder", "nowhere", "pipe"):
        (tmp_path / "out" / name).unlink()
    assert desk.check(tmp_path / "out", FORM).ok
    (tmp_path / "out" / "events.txt").rename(elsewhere / "events.txt")
    (tmp_path / "out" / "events.txt").symlink_to(elsewhere / "events.txt")
    assert kinds(desk.check(tmp_path / "out", FORM)) == ["file-missing", "file-extra", "export-different"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"from": null', '"from": "soon-01"'),
        ('"from": null', '"from": "2019"'),
        ('"from": null', '"from": " 2019-01"'),
        ('"through": null', '"through": "2019-13"'),
        ('"county": null', '"county": "999999"'),
        ('"county": null', '"county": "532301\\u0000"'),
        ('"county": null', '"county": "\\ud800"'),
        ('"county": null', '"county": "../../etc"'),
        ('"book": null', '"book": "532301"'),
        ('"book": null', '"book": "/commodity"'),
        ('"events": ', '"events": 1e400'),
        ('"more/note.txt"', '"events.txt"'),
        ('"files": [', '"files": [' + "[" * 10_000),
    ],
)
def test_a_manifest_that_asks_nonsense_is_a_wrong_question(desk, tmp_path, old, new):
    desk.make(FORM, tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as refused:
        desk.check(path, FORM)
    assert refused.value.code == "manifest-invalid"


def test_a_manifest_beyond_all_measure_is_not_read(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    os.truncate(tmp_path / "out" / "manifest.json", 1 << 40)
    with pytest.raises(InputError, match="manifest-invalid"):
        desk.check(tmp_path / "out", FORM)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('"events": ', '"events": 1', "manifest-different"),
        ("\\n", "\\n\\n", "checkpoint-invalid"),
        ("— ", "- ", "checkpoint-forged"),
        ('"county": null', '"county": "532301"', "export-different"),
    ],
)
def test_a_manifest_that_says_otherwise_is_found(desk, tmp_path, old, new, kind):
    desk.make(FORM, tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    path.write_text(path.read_text().replace(old, new, 1))
    assert kind in kinds(desk.check(tmp_path / "out", FORM))


def test_a_manifest_that_cannot_be_read_is_a_wrong_question(desk, tmp_path):
    with pytest.raises(InputError, match="manifest-missing"):
        desk.check(tmp_path, FORM)
    with pytest.raises(InputError, match="manifest-missing"):
        desk.check(tmp_path / "list.json", FORM)
    (tmp_path / "manifest.json").write_text('{"format": "titles"}')
    with pytest.raises(InputError, match="manifest-invalid"):
        desk.check(tmp_path, FORM)
    made = desk.make(FORM, tmp_path / "out")
    path = tmp_path / "out" / "manifest.json"
    text = path.read_text()
    for position in ("soon", "-1", "9" * 5000):
        path.write_text(text.replace(made.position, position))
        with pytest.raises(InputError, match="manifest-invalid"):
            desk.check(path, FORM)
    path.write_text(text)
    other = Titles()
    other.name = "others"
    with pytest.raises(InputError, match="format-other"):
        desk.check(tmp_path / "out", other)


def test_a_rewritten_event_is_found_by_the_root_of_the_checkpoint(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    desk.kept.tamper("update log.events set data = data || ' ' where position = %s", desk.position)
    found = desk.check(tmp_path / "out", FORM)
    assert kinds(found) == ["log-changed"]


def test_events_that_were_cut_off_are_found(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    desk.kept.tamper("delete from log.events where position = %s", desk.position)
    assert "log-shorter" in kinds(desk.check(tmp_path / "out", FORM))


def test_an_export_of_another_ledger_is_found(desk, tmp_path):
    desk.make(FORM, tmp_path / "out")
    other = desk.signer._replace(origin="fund-ledger/other")
    found = desk._replace(signer=other).check(tmp_path / "out", FORM)
    assert kinds(found)[0] == "checkpoint-forged"
    behind = desk._replace(position=1).check(tmp_path / "out", FORM)
    assert kinds(behind) == ["position-beyond"]
