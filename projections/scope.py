"""Whose statements are asked for (编报范围): one book, one county or the prefecture; and their accounts."""

from typing import Final

import msgspec

from ledger import policy
from ledger.identity import Fund
from ledger.policy.journal import FUND_ACCOUNTS, GAINS

FUNDS: Final[tuple[Fund, ...]] = ("commodity", "public")

ASSETS: Final = ("1001", "1101", "1201")
INCOME: Final = ("4001", "4101", "4102", "4201", "4301", "4901")
EXPENSE: Final = ("5001", "5101", "5901")


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Whose statements: one book, one county (both books) or all."""

    county: str | None = None
    fund: Fund | None = None

    @property
    def code(self) -> str:
        """As it is asked for."""
        if self.county is None:
            return "prefecture"
        return self.county if self.fund is None else f"{self.county}/{self.fund}"

    @property
    def counties(self) -> tuple[str, ...] | None:
        """The one county, or None for all."""
        return None if self.county is None else (self.county,)

    @property
    def name(self) -> str:
        """The fund's name (资金名称)."""
        kinds = {
            None: "住宅专项维修资金",
            "commodity": "商品住宅专项维修资金",
            "public": "已售公有住房专项维修资金",
        }
        rules = policy.load()
        place = "楚雄州" if self.county is None else rules.county(self.county).name
        return place + kinds[self.fund]

    @property
    def funds(self) -> tuple[Fund, ...]:
        """The fund kinds it covers."""
        return FUNDS if self.fund is None else (self.fund,)


def net_assets(scope: Scope) -> tuple[str, ...]:
    """The accounts of net assets (净资产) of its funds."""
    return (*(FUND_ACCOUNTS[fund] for fund in scope.funds), GAINS)
