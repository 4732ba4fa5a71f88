"""A malformed request (格式错误) as a problem document: every fault with its field and a Chinese message."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.problems import Fault, Problem, problem
from ledger.errors import InputError

MESSAGES = {
    "missing": "缺少此项",
    "extra_forbidden": "没有这一项",
    "string_type": "应为文本",
    "string_too_short": "不能为空",
    "string_too_long": "超过 {max_length} 个字符",
    "string_pattern_mismatch": "写法不正确",
    "literal_error": "应为 {expected} 之一",
    "list_type": "应为数组",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "model_attributes_type": "应为 JSON 对象",
    "value_error": "{error}",
}
_QUOTED = re.compile(r"'([^']*)'")
OTHERWISE = "格式不正确"


def malformed(errors: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem document of what validation found; ``request-invalid``, or ``json-invalid``."""
    if any(error["type"] == "json_invalid" for error in errors):
        return problem("json-invalid", "请求无法读取", "请求正文不是有效的 JSON", 400)
    faults = tuple(_fault(error) for error in errors)
    detail = "；".join(f"{fault.field}：{fault.message}" for fault in faults[:5])
    return problem("request-invalid", "请求格式不正确", detail, 422, faults)


def _fault(error: Mapping[str, Any]) -> Fault:
    context = dict(error.get("ctx") or {})
    if "expected" in context:
        context["expected"] = "、".join(_QUOTED.findall(context["expected"]))
    cause = context.get("error")
    place = [str(step) for step in error["loc"] if step not in ("body", "query", "path", "header")]
    if isinstance(cause, InputError):
        return Fault(code=cause.code, message=cause.message, field=".".join(place))
    message = MESSAGES.get(error["type"], OTHERWISE).format_map(context)
    return Fault(code="field-invalid", message=message, field=".".join(place))
