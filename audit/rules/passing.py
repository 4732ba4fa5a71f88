"""Whether a vote (表决) passed by the rule of its day, by the figures that were counted."""

from fractions import Fraction

from audit.rules.figures import Row
from ledger.policy import Policy, VoteRule


def objection(vote: Row, policy: Policy) -> str | None:
    """Why a vote did not pass, in Chinese; None when it did."""
    rule = policy.vote_rule(vote["voted_on"])
    if rule is None:
        return f"{vote['voted_on']} 的表决没有适用的规则"
    for measure, name in (("area_dm2", "面积"), ("households", "户数")):
        missed = shortfall(rule, *(vote[f"{who}_{measure}"] for who in ("total", "present", "agreed")))
        if missed is not None:
            return f"{vote['voted_on']} 的表决{name}{missed}"
    return None


def shortfall(rule: VoteRule, total: int | None, present: int | None, agreed: int | None) -> str | None:
    """Why area or households miss the thresholds; figures that are missing or impossible do not pass."""
    if total is None or agreed is None or total <= 0 or agreed < 0:
        return "数据不全"
    if present is None and (Fraction(rule.present) > 0 or rule.agreed_of == "present"):
        return "数据不全"
    took_part = total if present is None else present
    if not agreed <= took_part <= total:
        return "数据矛盾"
    if took_part < total * Fraction(rule.present):
        return f"参与不足（{took_part}/{total}，应达 {rule.present}）"
    whole = total if rule.agreed_of == "all" else took_part
    needed = whole * Fraction(rule.agreed)
    if agreed > needed or (agreed == needed and not rule.more_than):
        return None
    return f"同意不足（{agreed}/{whole}，应{'超过' if rule.more_than else '达'} {rule.agreed}）"
