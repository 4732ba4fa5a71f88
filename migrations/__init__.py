"""Alembic migrations: they create and change every table."""
