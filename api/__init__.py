"""The HTTP room: FastAPI over commands and read models."""
