"""The write side: commands are judged, decided and appended as immutable events.

Data flows one way (see ``docs/architecture.md``): this package imports neither projections, audit,
api nor cli.
"""

__version__ = "0.1.0"
