"""The years after 2019 (2020 年以来): what a few buildings and books of one county live through.

``later.jsonl`` has one document a line: a form of ``fund record``, or what is no form (a register, a
reversal, a settlement, an erasure). All money is dated 2020, so that the totals at the end of 2019 stay as
published; and early enough for the day of reference to ask nothing more of the years before.
"""

import json
from pathlib import Path
from typing import Final

from demo import later_books, later_buildings, later_repairs
from demo.county import Case
from demo.story import Ground, Story

FILE: Final = "later.jsonl"


def write(ground: Ground, directory: Path, seed: int) -> tuple[Path, list[Case]]:
    """Write the documents and the registers they name; returns their path, and what the audit should find."""
    story = Story(ground, directory, seed)
    later_buildings.tell(story)
    later_repairs.tell(story)
    later_books.tell(story)
    lines = [json.dumps(document, ensure_ascii=False) for document in story.documents]
    path = directory / FILE
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path, story.cases
