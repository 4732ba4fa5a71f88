"""I37: months and years of a book are closed one after the other, each once."""

import pytest

from ledger import events as on
from ledger.calendar import parse_period

C = "532301"


@pytest.fixture
def close(ledger):
    def closed(*names, fund="commodity"):
        made = []
        for name in names:
            period = parse_period(name)
            facts = {"period": name, "kind": period.kind, "ends": period.last}
            made.append(ledger.append(f"book/{C}/{fund}", on.PeriodClosed, period.last.isoformat(), **facts))
        return made

    return closed


def test_in_order(ledger, close):
    close("2009-11", "2009-12", "2009", "2010-01", "2010-02")
    close("2014-02", fund="public")
    assert ledger.found() == []


@pytest.mark.parametrize(
    ("periods", "wrong"),
    [
        (["2009-11", "2009-11"], [1]),
        (["2009-11", "2010-01"], [1]),
        (["2009-11", "2009-10"], [1]),
        (["2009"], [0]),
        (["2009-11", "2009", "2009-12"], [1]),
        (["2009-12", "2009", "2009"], [2]),
        (["2009-11", "2010-01", "2009-12"], [1, 2]),
    ],
)
def test_out_of_order(ledger, close, periods, wrong):
    made = close(*periods)
    assert ledger.found() == [("I37", C, "0.00", tuple(made[index] for index in wrong))]
    (finding,) = ledger.findings()
    assert f"账套 {C}/commodity（商品住宅）的期间 {periods[wrong[0]]}" in finding.message
