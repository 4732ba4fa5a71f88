"""The commands that the page of registers shows are run, over the small ledger of the desk's tests."""

import re
import shlex
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "docs" / "registers.md"
[BLOCK] = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = [shlex.split(line)[1:] for line in BLOCK.splitlines()]
ROWS = {"deposits": 3, "arrears": 0, "refunds": 0, "receipts": 0, "bank-reconciliation": 9}
"""How many rows the register has where the small ledger gives any, or must give none."""


@pytest.fixture(scope="module")
def pages():
    """Each view shown once, by name."""
    return {words[2]: words for words in COMMANDS}


@pytest.mark.slow
def test_every_command_answers(fund, files, pages):
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0
    assert fund("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31").status == 0
    for name, words in pages.items():
        shown = fund(*words, "--json")
        assert shown.status == 0, (words, shown.err)
        if name in ROWS:
            assert shown.document["count"] == ROWS[name], name
        assert shown.document["title"] in fund(*words).out
    interest = fund("view", "show", "interest", "--json").document
    assert (interest["totals"]["share"], interest["totals"]["credited"]) == ("1000.00", "1000.00")
