"""The second witness: replays the log with its own code, proves that nothing was rewritten, finds faults."""
