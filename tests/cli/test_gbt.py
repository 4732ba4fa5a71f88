"""``docs/gbt.md`` is true: its commands do what they say, its lists are those of the data.

With ``FUND_WRITE_GBT=1`` the lists are written into the page instead; a person then reads what changed.
"""

import os
import re
import shlex
from pathlib import Path

import pytest

from exports import gbt19581, gbt24589, remarks

PAGE = Path(__file__).parent.parent.parent / "docs" / "gbt.md"
FUND = ".venv/bin/fund "


@pytest.mark.parametrize("form", [gbt19581, gbt24589], ids=["gbt19581", "gbt24589"])
def test_the_page_lists_what_is_not_verified(form, request):
    name = request.node.callspec.id
    page = PAGE.read_text(encoding="utf-8")
    begin = f"<!-- {name} -->\n"
    before, _, rest = page.partition(begin)
    listed, end, after = rest.partition("<!-- end -->")
    wanted = "".join(f"{line}\n" for line in remarks.unverified(form.layout()))
    if os.environ.get("FUND_WRITE_GBT"):
        PAGE.write_text(before + begin + wanted + end + after, encoding="utf-8")
    else:
        assert listed == wanted


@pytest.mark.slow
def test_every_command_of_the_page_does_what_it_says(fund, files, tmp_path, monkeypatch):
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0
    fund("interest", "distribute", "--book", "532301/commodity", "--through", "2019-12-31")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    commands = [line for block in blocks for line in block.splitlines()]
    assert len(commands) == 6
    for line in commands:
        done = fund(*shlex.split(line.removeprefix(FUND)))
        assert done.status == 0, (line, done.err)
        assert "核对无误" in done.out or "--check" not in line
    assert sorted(path.name for path in (tmp_path / "audit-text").iterdir()) == [
        "5323011-2019",
        "manifest.json",
        "说明.txt",
    ]
    vouchers = (tmp_path / "audit-tables" / "5323011-2019" / "pz.csv").read_text(encoding="utf-8-sig")
    assert "9003.75" in vouchers
    assert '"鹿城小区 1幢 0101"' in vouchers


@pytest.mark.slow
def test_a_first_month_that_is_no_january_is_refused_in_chinese(fund, files, tmp_path):
    for kind, path in files.items():
        assert fund("import", kind, path, "--history").status == 0
    refused = fund("export", "gbt19581", "--to", tmp_path / "out", "--from", "2019-03")
    assert refused.status == 2
    assert "按整年导出，起始月份应为一月，不是 2019-03" in refused.err
    assert not (tmp_path / "out").exists()
