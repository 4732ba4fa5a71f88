"""The tables of a replay (重演表): text as String, money and versions as Int64, days as Date.

Every row names the event it comes from by ``stream`` and ``version`` (its id is ``stream@version``) and by
``position``, so a table may be cut at any earlier position. ``OF_…`` names the columns that vary by line.
"""

from typing import Final

import polars as pl

from audit.columns import MOMENT, Schema

EVENT: Final[Schema] = {"position": pl.Int64, "stream": pl.String, "version": pl.Int64}

LOG: Final[Schema] = EVENT | {"topic": pl.String, "recorded_at": MOMENT}

RECORDED: Final[Schema] = {"position": pl.Int64, "actor": pl.String, "papers": pl.Int64}
"""Who recorded an event, and with how many papers."""

BUILDINGS: Final[Schema] = EVENT | {
    "building": pl.String,
    "name": pl.String,
    "county": pl.String,
    "estate": pl.String,
    "estate_name": pl.String,
    "management": pl.String,
    "lift": pl.Boolean,
    "storeys": pl.Int64,
    "completed_on": pl.Date,
    "warranty_until": pl.Date,
}

UNITS: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "fund": pl.String,
    "usage": pl.String,
    "area_dm2": pl.Int64,
    "owner_ref": pl.String,
    "seller": pl.String,
    "realty_no": pl.String,
    "since": pl.Date,
}
OF_UNIT: Final = {"unit", "fund", "usage", "area_dm2", "owner_ref", "seller", "realty_no"}

UNIT_CHANGES: Final[Schema] = EVENT | {
    "building": pl.String,
    "reason": pl.String,
    "value_date": pl.Date,
    "note": pl.String,
    "after": pl.Boolean,
    "unit": pl.String,
    "fund": pl.String,
    "usage": pl.String,
    "area_dm2": pl.Int64,
    "seller": pl.String,
    "realty_no": pl.String,
    "fate": pl.String,
}
"""A row for each unit before and after a change (房屋变更); ``fate``: closed, opened or kept."""
OF_UNIT_CHANGE: Final = {"after", "unit", "fund", "usage", "area_dm2", "seller", "realty_no", "fate"}

FREEZES: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "order_no": pl.String,
    "court": pl.String,
    "value_date": pl.Date,
    "until": pl.Date,
    "amount_fen": pl.Int64,
    "release": pl.Boolean,
}

ENTRIES: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "building": pl.String,
    "unit": pl.String,
    "part": pl.String,
    "value_date": pl.Date,
    "kind": pl.String,
    "principal_fen": pl.Int64,
    "interest_fen": pl.Int64,
    "reversal": pl.Boolean,
    "reverses_version": pl.Int64,
    "reverses_line": pl.Int64,
    "origin": pl.String,
    "actor": pl.String,
    "recorded_at": MOMENT,
    "deposit_kind": pl.String,
    "receipt_no": pl.String,
    "bank_ref": pl.String,
    "account": pl.String,
    "payer_ref": pl.String,
    "payment": pl.String,
    "paid_on": pl.Date,
    "returned": pl.String,
    "distribution": pl.String,
    "basis": pl.String,
    "income_category": pl.String,
    "income_unit": pl.String,
    "refund_reason": pl.String,
    "refunds": pl.String,
    "refunds_line": pl.Int64,
    "refunds_day": pl.Date,
    "refunds_kind": pl.String,
    "payee_ref": pl.String,
    "obligation": pl.Boolean,
    "first_fen": pl.Int64,
}
OF_ENTRY: Final = {
    "line",
    "unit",
    "part",
    "kind",
    "principal_fen",
    "interest_fen",
    "reverses_line",
    "receipt_no",
    "bank_ref",
    "account",
    "payer_ref",
    "refunds",
    "refunds_line",
    "refunds_day",
    "refunds_kind",
    "payee_ref",
    "first_fen",
}

OWNERS: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "owner_ref": pl.String,
    "deed_no": pl.String,
    "value_date": pl.Date,
    "principal_fen": pl.Int64,
    "interest_fen": pl.Int64,
    "origin": pl.String,
    "actor": pl.String,
}

DECISIONS: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "kind": pl.String,
    "value_date": pl.Date,
    "due_fen": pl.Int64,
    "reason": pl.String,
    "note": pl.String,
    "until": pl.Date,
}

SALES: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "seller": pl.String,
    "value_date": pl.Date,
    "proceeds_fen": pl.Int64,
    "corrects": pl.Boolean,
}

STEPS: Final[Schema] = EVENT | {
    "county": pl.String,
    "project": pl.String,
    "estate": pl.String,
    "buildings": pl.List(pl.String),
    "object": pl.String,
    "content": pl.String,
    "emergency": pl.Boolean,
    "budget_fen": pl.Int64,
    "applied_on": pl.Date,
    "handler_ref": pl.String,
    "object_code": pl.String,
    "ground": pl.String,
    "liable": pl.String,
    "developer": pl.String,
    "voted_on": pl.Date,
    "total_area_dm2": pl.Int64,
    "total_households": pl.Int64,
    "present_area_dm2": pl.Int64,
    "present_households": pl.Int64,
    "agreed_area_dm2": pl.Int64,
    "agreed_households": pl.Int64,
    "noticed_on": pl.Date,
    "declared_on": pl.Date,
    "reviewed_on": pl.Date,
    "review_passed": pl.Boolean,
    "reviewer_ref": pl.String,
    "approved_on": pl.Date,
    "approved_fen": pl.Int64,
    "approver_ref": pl.String,
    "refused_on": pl.Date,
    "proposed_by": pl.String,
    "reviewed_by": pl.String,
    "approved_by": pl.String,
    "started_on": pl.Date,
    "accepted_on": pl.Date,
    "settled_on": pl.Date,
    "settled_fen": pl.Int64,
    "closed_on": pl.Date,
    "proposed_version": pl.Int64,
    "vote_version": pl.Int64,
    "notice_version": pl.Int64,
    "declared_version": pl.Int64,
    "reviewed_version": pl.Int64,
    "approved_version": pl.Int64,
    "refused_version": pl.Int64,
    "started_version": pl.Int64,
    "accepted_version": pl.Int64,
    "settled_version": pl.Int64,
    "closed_version": pl.Int64,
}

CHARGED: Final[Schema] = EVENT | {"building": pl.String, "unit": pl.String, "developer": pl.String}
OF_CHARGED: Final = {"building", "unit"}

BALLOTS: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "building": pl.String,
    "unit": pl.String,
    "choice": pl.String,
}
OF_BALLOT: Final = {"line", "building", "unit", "choice"}

COUNTED: Final[Schema] = EVENT | {"building": pl.String, "read_version": pl.Int64}
OF_COUNTED: Final = {"building", "read_version"}

PAYMENTS: Final[Schema] = EVENT | {
    "county": pl.String,
    "project": pl.String,
    "stage": pl.String,
    "amount_fen": pl.Int64,
    "cost_fen": pl.Int64,
    "developer_fen": pl.Int64,
    "paid_on": pl.Date,
    "payee_kind": pl.String,
    "payee_name": pl.String,
    "payee_account": pl.String,
    "party_ref": pl.String,
    "account_ref": pl.String,
    "bank_ref": pl.String,
    "invoice_no": pl.String,
    "buildings": pl.List(pl.String),
    "actor": pl.String,
    "origin": pl.String,
}

RAISED: Final[Schema] = EVENT | {
    "building": pl.String,
    "unit": pl.String,
    "part": pl.String,
    "raised_fen": pl.Int64,
}
OF_RAISED: Final = {"building", "unit", "part", "raised_fen"}

RETURNS: Final[Schema] = EVENT | {
    "county": pl.String,
    "project": pl.String,
    "payment": pl.String,
    "paid_on": pl.Date,
    "returned_on": pl.Date,
    "amount_fen": pl.Int64,
    "bank_ref": pl.String,
    "origin": pl.String,
}

RECEIPTS: Final[Schema] = EVENT | {
    "code": pl.String,
    "first": pl.String,
    "last": pl.String,
    "voided": pl.Boolean,
    "value_date": pl.Date,
    "holder": pl.String,
    "holder_ref": pl.String,
    "origin": pl.String,
}

IMPORTED: Final[Schema] = EVENT | {"import_id": pl.String}

UNDONE: Final[Schema] = EVENT | {"undone": pl.String, "events": pl.Int64}
STATEMENTS: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "account": pl.String,
    "value_date": pl.Date,
    "bank_ref": pl.String,
    "amount_fen": pl.Int64,
    "balance_fen": pl.Int64,
    "summary": pl.String,
    "reversal": pl.Boolean,
    "reverses_version": pl.Int64,
    "reverses_line": pl.Int64,
}
OF_STATEMENT: Final = {"line", "bank_ref", "amount_fen", "balance_fen", "summary", "reverses_line"}

REFUSALS: Final[Schema] = EVENT | {
    "command": pl.String,
    "subject": pl.String,
    "codes": pl.List(pl.String),
    "messages": pl.List(pl.String),
    "value_date": pl.Date,
    "recorded_at": MOMENT,
    "actor": pl.String,
}
