"""The OpenAPI document (接口说明): answers are the ledger's structs, every route asks for a token."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.files import WORKBOOK
from api.persons import Owners
from api.problems import MEDIA_TYPE, Problem
from api.routes.commands import Recorded
from api.routes.deposits import Done
from api.routes.health import Health
from api.routes.publications import PAGE
from ledger.allocation import Allocation
from ledger.forms import FORMS
from ledger.policy.showing import PolicyShown
from ledger.progress import RepairProgress
from projections.book_record import BookRecord
from projections.building_view import BuildingView
from projections.dunning import DunningList
from projections.lots import Lots
from projections.obligation_list import ObligationList
from projections.owing import DueList
from projections.periods import PeriodView
from projections.receipts import ReceiptUse
from projections.sellers import SellerList
from projections.statement import Statement
from projections.statements import Statements
from projections.summary import Summary
from projections.views.showing import ViewList, ViewPage

ANSWERS: Mapping[str, type[msgspec.Struct]] = {
    "get_summary": Summary,
    "get_building": BuildingView,
    "get_unit": Statement,
    "get_owners": Owners,
    "get_payment": Allocation,
    "get_repair": RepairProgress,
    "get_dues": DueList,
    "get_arrears": DueList,
    "get_dunning": DunningList,
    "get_sellers": SellerList,
    "get_receipts": ReceiptUse,
    "get_policy": PolicyShown,
    "get_lots": Lots,
    "get_obligations": ObligationList,
    "get_period": PeriodView,
    "get_book": BookRecord,
    "of_book": Statements,
    "of_county": Statements,
    "of_prefecture": Statements,
    "get_views": ViewList,
    "get_view": ViewPage,
    "post_deposits": Done,
    "health": Health,
    **{"post_" + name.replace("-", "_"): Recorded for name in FORMS},
}
"""What each route answers, by the name of its function."""

FILES: Mapping[str, str] = {
    "workbook_of_book": WORKBOOK,
    "workbook_of_county": WORKBOOK,
    "workbook_of_prefecture": WORKBOOK,
    "get_workbook": WORKBOOK,
    "get_publication": PAGE,
    "get_publication_workbook": WORKBOOK,
    "get_book_publication": PAGE,
    "get_book_publication_workbook": WORKBOOK,
}
"""Routes that answer with a file, and of what kind."""

OF_MONEY = (
    "Summary",
    "BuildingView",
    "Statement",
    "RepairProgress",
    "Allocation",
    "DueList",
    "DunningList",
    "SellerList",
    "Lots",
    "ObligationList",
    "PeriodView",
    "BookRecord",
    "Statements",
    "ViewPage",
)
"""Answers that hold amounts and therefore name their currency."""


def document(app: FastAPI) -> dict[str, Any]:
    """The document of an application."""
    found = get_openapi(
        title="住宅专项维修资金账本",
        version=app.version,
        description="金额是以元为单位的十进制文本，日志位置是十进制文本；出错时应答 RFC 9457 问题文档。",
        routes=app.routes,
    )
    _, schemas = msgspec.json.schema_components(
        [*ANSWERS.values(), Problem], ref_template="#/components/schemas/{name}"
    )
    for name in OF_MONEY:
        schemas[name]["properties"]["currency"] = {"const": "CNY"}
        schemas[name]["required"].append("currency")
    components = found.setdefault("components", {})
    components["schemas"] = {**components.get("schemas", {}), **schemas}
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    found["security"] = [{"token": []}]
    for path in found["paths"].values():
        for operation in path.values():
            _describe(operation)
    return found


def _describe(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in FILES:
        content = {FILES[name]: {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": _ref(ANSWERS[name])}}
    success = next(status for status in operation["responses"] if status.startswith("2"))
    operation["responses"] = {
        success: {"description": "完成", "content": content},
        "default": {"description": "问题文档", "content": {MEDIA_TYPE: {"schema": _ref(Problem)}}},
    }


def _ref(answer: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{answer.__name__}"}
