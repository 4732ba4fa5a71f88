"""The event store: append only, on PostgreSQL. The only room that imports eventsourcing and psycopg2."""
