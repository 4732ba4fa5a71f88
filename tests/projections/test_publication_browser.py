"""The page of the publication pack in a real browser: printed on A4, wide and narrow, nothing blocked."""

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from ledger.calendar import SHANGHAI
from projections.publication import Pack, page
from projections.publication.pack import Account, Building, Figures, Management, Payment, Share

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)
A4_LANDSCAPE = (842, 595)
"""Points."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason=f"no browser on the path ({', '.join(NAMES)})"),
]


def pack(units: int) -> Pack:
    """A draft of one building with many units and a payment with long words."""
    figures = Figures(opening=123_456_789, used=-2_345, closing=123_454_444)
    accounts = tuple(
        Account(f"1-{number:04}", "owner", 10_455, figures, 200_000_000, number % 7 == 0, closed=False)
        for number in range(units)
    )
    day = datetime(2020, 3, 31, 9, tzinfo=SHANGHAI)
    share = Share("53230100101", "1幢", units, -2_345 * units, 0, 0)
    return Pack(
        county="532301",
        county_name="楚雄市",
        fund="commodity",
        estate="532301001",
        estate_name="彝人古镇",
        year=2019,
        over=True,
        issued=None,
        position=1_118_830_593,
        known_at=day,
        floor=30,
        buildings=(Building("53230100101", "1幢", "532301001", "彝人古镇", accounts),),
        payments=(
            Payment(
                event="repair/532301/R1@3",
                project="W2019-001",
                object="屋面",
                content="屋面防水层翻修" * 20,
                emergency=False,
                stage="尾款",
                paid_on=day.date(),
                payee="x" * 60,
                cost=2_345 * units,
                developer=0,
                shares=(share,),
            ),
        ),
        leavings=(),
        management=Management((), (), (("活期利息", 1),), 0, (), 0, ()),
    )


def browse(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            f"--user-data-dir={file.parent / 'profile'}",
            *options,
            file.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "Content Security Policy" not in done.stderr
    return done


def test_it_is_printed_on_a4_and_its_style_sheet_is_not_blocked(tmp_path):
    sizes = {}
    for units in (1, 200):
        file = tmp_path / f"{units}.html"
        file.write_text(page(pack(units)), encoding="utf-8")
        browse(file, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'made.pdf'}")
        printed = (tmp_path / "made.pdf").read_bytes()
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert {(round(float(width)), round(float(height))) for width, height in boxes} == {A4_LANDSCAPE}
        sizes[units] = len(re.findall(rb"/Type /Page\b", printed))
    assert sizes[1] <= 3
    assert 7 <= sizes[200] <= 12


@pytest.mark.parametrize("width", [500, 1400])
def test_only_tables_are_wider_than_the_window(tmp_path, width):
    """A copy that may run a script tells its width: long words break, tables scroll in a frame."""
    text = re.sub(r"<meta http-equiv[^>]*>", "", page(pack(20)))
    told = "document.body.dataset.wide = document.documentElement.scrollWidth > innerWidth"
    file = tmp_path / "page.html"
    file.write_text(text.replace("</body>", f"<script>{told}</script></body>"), encoding="utf-8")
    shown = browse(file, f"--window-size={width},900", "--dump-dom").stdout
    assert 'data-wide="false"' in shown


def test_colours_and_words_are_on_the_screen(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(page(pack(5)), encoding="utf-8")
    browse(file, "--window-size=1400,900", f"--screenshot={tmp_path / 'made.png'}")
    picture = (tmp_path / "made.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 20_000  # a blank page of this size is below 10,000 bytes
