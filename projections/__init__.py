"""Read models: folded from the event log, rebuilt from zero at any time, never a source of truth."""
