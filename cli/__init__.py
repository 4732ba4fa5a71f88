"""The ``fund`` command."""

import os

# The allocator inside polars keeps what columns no longer need, hundreds of megabytes in an audit, unless it
# is told so before it is loaded. It is told here, for this room is loaded before any other.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")
