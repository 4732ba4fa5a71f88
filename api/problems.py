"""What went wrong, as one document (RFC 9457): the body of HTTP errors and of failures under ``--json``.

``code`` is stable and made for programs; ``title``, ``detail`` and every message are Chinese and made for
people. Nothing here knows HTTP beyond a status number, so that the command line can use it as well.
"""

from typing import Literal

import msgspec

from ledger.errors import Busy, IdempotencyConflict, InputError, Refusal, Refused
from ledger.policy.rows import PolicyError

MEDIA_TYPE = "application/problem+json"

_BROKEN_OFF = "57014"
"""SQLSTATE query_canceled: ``statement_timeout`` was over."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing at fault: ``line`` is the index in ``lines`` (from 0), ``field`` the path of the field."""

    code: str
    message: str
    field: str | None = None
    line: int | None = None
    basis: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A problem document; ``errors`` lists every fault where there is more than the whole to speak of."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[Fault, ...] = ()


class Failed(Exception):  # noqa: N818 - carries a problem, is not one
    """Ends a request or a command with a problem document."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def problem(code: str, title: str, detail: str, status: int, errors: tuple[Fault, ...] = ()) -> Problem:
    """A problem document whose type is named after its code."""
    kind = f"urn:fund-ledger:problem:{code}"
    return Problem(type=kind, title=title, status=status, detail=detail, code=code, errors=errors)


def unknown(
    thing: Literal["building", "unit", "account", "project", "payment", "receipts", "publication", "view"],
    detail: str,
) -> Failed:
    """Something asked for that the ledger does not hold: ``building-unknown`` and the like."""
    return Failed(problem(f"{thing}-unknown", "没有找到", detail, 404))


def problem_of(error: Exception) -> Problem | None:
    """The problem document of an error that callers can act on; None for a defect."""
    match error:
        case Failed():
            return error.problem
        case Refused():
            return _refused(error)
        case InputError():
            return problem(error.code, "输入无法读取", error.message, 422)
        case IdempotencyConflict():
            detail = f"幂等键“{error.key}”已用于内容不同的请求"
            return problem("idempotency-conflict", "幂等键冲突", detail, 409)
        case PolicyError():
            return problem("policy-invalid", "政策文件有误", f"账本不能使用这份政策：{error}", 500)
        case Busy():
            return problem("busy", "系统繁忙", "同一账户正被多人同时记账，请稍后重试", 503)
        case _:
            return _of_the_machine(error)


def _of_the_machine(error: Exception) -> Problem | None:
    """Database and read models out of order; their packages are loaded only once something went wrong."""
    from sqlalchemy.exc import OperationalError

    from audit.seal import SealBroken
    from ledger.store.codec import UnreadableEvent
    from ledger.store.engine import DatabaseProblem
    from projections.batch import ProjectionStopped
    from projections.checkpoints import NewerModel, OutdatedModel
    from projections.publication.pack import Differs, NothingToPublish
    from projections.rebuild import NotSwapped, RebuildRunning
    from projections.wait import NotProjected

    match error:
        case DatabaseProblem():
            return problem("database-unavailable", "数据库不可用", str(error), 503)
        case OperationalError() if getattr(error.orig, "pgcode", None) == _BROKEN_OFF:
            return problem(
                "answer-too-long", "查询太久", "一分钟内没有查完，请缩小范围（区县、期间、楼幢）", 503
            )
        case OperationalError():
            return problem("database-unavailable", "数据库不可用", "连接数据库失败或连接中断", 503)
        case NotProjected():
            return problem("not-projected", "查询尚未跟上", str(error), 503)
        case UnreadableEvent():
            return problem(
                "event-unreadable", "事件无法读取", "账本中有无法读取的事件，请运行 fund audit verify", 500
            )
        case RebuildRunning():
            return problem("rebuild-running", "系统繁忙", str(error), 503)
        case NotSwapped():
            return problem("rebuild-not-swapped", "系统繁忙", str(error), 503)
        case NewerModel():
            return problem("program-outdated", "程序版本过旧", str(error), 503)
        case SealBroken():
            return problem("seal-broken", "封印中断", "封印与日志接不上，请运行 fund audit verify", 503)
        case NothingToPublish():
            return problem(error.code, "没有找到", str(error), 404)
        case Differs():
            return problem("publication-differs", "与公布不符", str(error), 500)
        case ProjectionStopped() | OutdatedModel():
            return problem("projection-stopped", "查询停止更新", str(error), 503)
        case _:
            return None


def _refused(error: Refused) -> Problem:
    faults = tuple(
        Fault(
            code=refusal.code,
            message=refusal.message,
            field=_path(refusal),
            line=refusal.line,
            basis=refusal.basis,
        )
        for refusal in error.refusals
    )
    detail = "；".join(dict.fromkeys(fault.message for fault in faults))
    return problem(faults[0].code, "按规则拒绝", detail, 422, faults)


def _path(refusal: Refusal) -> str | None:
    """``lines.0.amount``: as the request writes it, where amounts are yuan, areas m² and persons named."""
    if refusal.field is None:
        return None
    field = refusal.field
    if field != "bank_ref":
        for ending in ("_fen", "_dm2", "_ref"):
            field = field.removesuffix(ending)
    return field if refusal.line is None else f"lines.{refusal.line}.{field}"
