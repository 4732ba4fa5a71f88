"""The demonstration prefecture: synthetic registers that meet the published totals."""
