"""The ``fund`` command."""
