"""Payment of repairs (维修付款) as dated data: how much may be paid before the works are accepted."""

from typing import Literal

from ledger.money import Fen
from ledger.policy.rows import Period, PolicyError, Tables, one_at_a_time, rows


class StageCap(Period, frozen=True, kw_only=True):
    """The part of the approved amount (批准金额) that may be paid before acceptance (验收), in percent."""

    before_acceptance_percent: int
    mark: Literal["found", "custom", "unverified"]

    def cap_fen(self, approved_fen: Fen) -> Fen:
        """The most that may be paid before acceptance, rounded down to the fen."""
        return approved_fen * self.before_acceptance_percent // 100


def read(tables: Tables) -> tuple[StageCap, ...]:
    """The caps of ``payments.toml``; raises PolicyError naming file and row."""
    caps = rows(tables, "payments", "cap", StageCap)
    for cap in caps:
        if not 0 < cap.before_acceptance_percent <= 100:
            raise PolicyError(
                f"payments.toml: before_acceptance_percent from {cap.valid_from} must be between 1 and 100"
            )
    one_at_a_time("payments", caps)
    return caps
