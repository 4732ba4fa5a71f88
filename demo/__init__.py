"""The demonstration prefecture: synthetic registers that meet the published totals.

Everything is deterministic by seed. Only files are written here; who imports, distributes and audits them is
the caller's business.
"""

from demo.county import Case
from demo.plan import Plan, generate

__all__ = ["Case", "Plan", "generate"]
