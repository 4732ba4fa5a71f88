"""Measurements: each figure is a ratio to a raw baseline in the same run."""
