"""One irregularity a file, numbered as in the field's catalogue: pure functions over replayed columns."""
