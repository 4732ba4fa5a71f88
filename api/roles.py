"""Roles (角色): what the holder of a token may do, and for which counties."""

from typing import Literal, NamedTuple, get_args

Role = Literal["officer", "reviewer", "auditor", "finance", "admin"]
"""经办 / 复核 / 审计 / 财政 / 管理."""

ROLES: tuple[Role, ...] = get_args(Role)

ROLE_NAMES: dict[Role, str] = {
    "officer": "经办",
    "reviewer": "复核",
    "auditor": "审计",
    "finance": "财政",
    "admin": "管理",
}


class Bearer(NamedTuple):
    """Who asks: the token's name, role and counties (None: the whole prefecture)."""

    name: str
    role: Role
    counties: frozenset[str] | None

    def sees(self, county: str) -> bool:
        """Whether the county is among those the token is bound to."""
        return self.counties is None or county in self.counties
