"""The revisions, one line of them, each named as its file."""
