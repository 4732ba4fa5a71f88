"""The tables of a replay for books (账套): gains, settlements, closings, accounts, lots and publications."""

from typing import Final

import polars as pl

from audit.columns import MOMENT, Schema
from audit.tables import EVENT

ENTERED: Final[Schema] = EVENT | {"county": pl.String, "fund": pl.String, "building": pl.String}

GAINS: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "county": pl.String,
    "fund": pl.String,
    "value_date": pl.Date,
    "category": pl.String,
    "account": pl.String,
    "amount_fen": pl.Int64,
    "bank_ref": pl.String,
    "reversal": pl.Boolean,
    "reverses_version": pl.Int64,
    "reverses_line": pl.Int64,
}
OF_GAIN: Final = {"line", "category", "account", "amount_fen", "bank_ref", "reverses_line"}

ACCOUNTS: Final[Schema] = EVENT | {
    "county": pl.String,
    "fund": pl.String,
    "account": pl.String,
    "value_date": pl.Date,
    "closed": pl.Boolean,
    "tender": pl.String,
    "papers": pl.Int64,
    "bank": pl.String,
    "name": pl.String,
    "origin": pl.String,
}

RECONCILED: Final[Schema] = EVENT | {
    "county": pl.String,
    "fund": pl.String,
    "account": pl.String,
    "value_date": pl.Date,
    "bank_balance_fen": pl.Int64,
    "ledger_balance_fen": pl.Int64,
    "difference_fen": pl.Int64,
    "bank_items_fen": pl.Int64,
    "ledger_items_fen": pl.Int64,
    "bank_version": pl.Int64,
    "items": pl.Int64,
}

PUBLISHED: Final[Schema] = EVENT | {
    "county": pl.String,
    "fund": pl.String,
    "value_date": pl.Date,
    "year": pl.Int64,
    "estate": pl.String,
    "ends": pl.Date,
    "accounts": pl.Int64,
    "opening_fen": pl.Int64,
    "deposit_fen": pl.Int64,
    "gain_fen": pl.Int64,
    "income_fen": pl.Int64,
    "used_fen": pl.Int64,
    "returned_fen": pl.Int64,
    "closing_fen": pl.Int64,
    "sha256": pl.String,
}

READS: Final[Schema] = {"event": pl.String, "building": pl.String, "read_version": pl.Int64}
OF_READ: Final = {"building", "read_version"}

CLOSINGS: Final[Schema] = EVENT | {
    "county": pl.String,
    "fund": pl.String,
    "period": pl.String,
    "kind": pl.String,
    "ends": pl.Date,
    "recorded_at": MOMENT,
    "origin": pl.String,
    "actor": pl.String,
}

DISTRIBUTIONS: Final[Schema] = EVENT | {
    "county": pl.String,
    "fund": pl.String,
    "value_date": pl.Date,
    "through": pl.Date,
    "boundary": pl.Date,
    "previous": pl.Date,
    "method": pl.String,
    "pool_fen": pl.Int64,
    "total_fen": pl.Int64,
    "waiting_fen": pl.Int64,
    "this_year_millionths": pl.Int64,
    "carried_millionths": pl.Int64,
    "demand_millionths": pl.Int64,
}

SHARES: Final[Schema] = {
    "distribution": pl.String,
    "building": pl.String,
    "read_version": pl.Int64,
    "weight": pl.Int64,
    "share_fen": pl.Int64,
}
OF_SHARE: Final = {"building", "read_version", "weight", "share_fen"}

ACCRUALS: Final[Schema] = EVENT | {
    "building": pl.String,
    "fund": pl.String,
    "boundary": pl.Date,
    "value_date": pl.Date,
    "distribution": pl.String,
    "settles": pl.Int64,
}

TREASURY: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "county": pl.String,
    "fund": pl.String,
    "value_date": pl.Date,
    "kind": pl.String,
    "lot": pl.String,
    "lot_kind": pl.String,
    "holder_ref": pl.String,
    "amount_fen": pl.Int64,
    "interest_fen": pl.Int64,
    "expected_fen": pl.Int64,
    "early": pl.Boolean,
    "name": pl.String,
    "rate_bp": pl.Int64,
    "term_months": pl.Int64,
    "matures_on": pl.Date,
    "renew": pl.Boolean,
    "channel": pl.String,
    "part": pl.String,
    "issue_from": pl.Date,
    "issue_to": pl.Date,
    "consent_kind": pl.String,
    "consent_no": pl.String,
    "consent_on": pl.Date,
    "expense_kind": pl.String,
    "payee": pl.String,
    "payee_ref": pl.String,
    "reason": pl.String,
    "account": pl.String,
    "bank_ref": pl.String,
    "origin": pl.String,
    "reversal": pl.Boolean,
    "reverses_version": pl.Int64,
    "reverses_line": pl.Int64,
}
