"""The tables of a replay for what left: losses (灭失), custody (划转), obligations, and what was reversed."""

from typing import Final

import polars as pl

from audit.columns import Schema
from audit.tables import EVENT

PAYMENT_REVERSALS: Final[Schema] = EVENT | {
    "reverses_version": pl.Int64,
    "value_date": pl.Date,
    "amount_fen": pl.Int64,
    "returned": pl.Boolean,
}

REVERSALS: Final[Schema] = EVENT | {
    "building": pl.String,
    "reverses_version": pl.Int64,
    "lines": pl.Int64,
    "obligation": pl.Boolean,
}

DESTRUCTIONS: Final[Schema] = EVENT | {
    "building": pl.String,
    "destroyed_on": pl.Date,
    "value_date": pl.Date,
    "document": pl.String,
    "origin": pl.String,
}

OBLIGATIONS: Final[Schema] = EVENT | {
    "line": pl.Int64,
    "building": pl.String,
    "unit": pl.String,
    "part": pl.String,
    "value_date": pl.Date,
    "kind": pl.String,
    "payee": pl.String,
    "payee_ref": pl.String,
    "payee_name": pl.String,
    "amount_fen": pl.Int64,
    "owed_version": pl.Int64,
    "owed_line": pl.Int64,
    "reversal": pl.Boolean,
    "reverses_version": pl.Int64,
    "reverses_line": pl.Int64,
    "account": pl.String,
    "bank_ref": pl.String,
    "reason": pl.String,
}
OF_OBLIGATION: Final = {
    "line",
    "unit",
    "part",
    "payee",
    "payee_ref",
    "payee_name",
    "amount_fen",
    "owed_line",
    "reverses_line",
}

CUSTODY: Final[Schema] = EVENT | {
    "building": pl.String,
    "out": pl.Boolean,
    "value_date": pl.Date,
    "noticed_on": pl.Date,
    "assembly": pl.String,
    "reason": pl.String,
    "lines": pl.Int64,
    "origin": pl.String,
}
