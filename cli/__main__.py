"""``python -m cli``: the ``fund`` command where it is not installed."""

from cli.main import main

if __name__ == "__main__":
    main()
