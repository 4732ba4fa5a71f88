"""The seal, checked (封存校验): events against leaves, leaves against heads, heads against each other."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import pairwise

import polars as pl
from sqlalchemy import Connection, select

from audit.columns import Columns, pick
from audit.merkle import Tree
from audit.problems import Problem, problem, rows
from audit.seal import Head, Seal, heads, leaf_of, leaves
from ledger.store.bulk import copy_out
from ledger.store.feed import Row, Source


class Witness:
    """A feed that remembers the leaf of every event that is read through it."""

    def __init__(self, feed: Source) -> None:
        self._feed = feed
        self._leaves = Columns({"position": pl.Int64, "stream": pl.String, "computed": pl.Binary})

    def rows(self, after: int, limit: int) -> list[Row]:
        """As the feed."""
        return self._feed.rows(after, limit)

    def horizon(self) -> int:
        """As the feed."""
        return self._feed.horizon()

    def scan(self, after: int = 0, upto: int | None = None, batch: int = 5000) -> Iterator[list[Row]]:
        """As the feed, and the leaf of every event is kept."""
        for events in self._feed.scan(after, upto, batch):
            self._leaves.extend(
                {
                    "position": pick(events, "position"),
                    "stream": pick(events, "stream"),
                    "computed": [leaf_of(row) for row in events],
                }
            )
            yield events

    def leaves(self) -> pl.DataFrame:
        """Position, stream and computed leaf of what was read."""
        return self._leaves.frame()


class Sealed:
    """The seal as stored, in one snapshot of the database."""

    def __init__(self, connection: Connection) -> None:
        content = copy_out(connection, select(leaves).order_by(leaves.c.index))
        schema = {"index": pl.Int64, "position": pl.Int64, "leaf": pl.String}
        self.leaves = pl.read_csv(BytesIO(content), schema=schema).with_columns(
            # PostgreSQL writes bytes as \x and hexadecimal digits.
            pl.col("leaf").str.slice(2).str.decode("hex")
        )
        query_heads = select(*(heads.c[name] for name in Head._fields)).order_by(heads.c.size)
        self.heads = [
            Head(size, position, bytes(root), bytes(peaks))
            for size, position, root, peaks in connection.execute(query_heads)
        ]

    @property
    def position(self) -> int:
        """Everything up to here is sealed."""
        return self.heads[-1].position if self.heads else 0

    def check(self, computed: pl.DataFrame, checkpoint: int | None, until: int) -> Iterator[Problem]:
        """Everything wrong with the seal of the events whose leaves were ``computed``.

        ``checkpoint`` is how far the follower says the seal has come; ``until`` how far it must have.
        """
        yield from self._events(computed, until)
        yield from self._leaves(checkpoint)
        yield from self._heads()

    def _events(self, computed: pl.DataFrame, until: int) -> Iterator[Problem]:
        both = computed.join(self.leaves, on="position", how="full", coalesce=True).sort("position")
        for row in rows(both.filter(pl.col("computed") != pl.col("leaf"))):
            message = f"位置 {row['position']} 的事件与封存时不同，内容被改动"
            yield problem("event-changed", message, position=row["position"], stream=row["stream"])
        for row in rows(both.filter(pl.col("computed").is_null())):
            message = f"位置 {row['position']} 的事件已封存，但账本中没有，被删除或移动"
            yield problem("event-missing", message, position=row["position"])
        unsealed = both.filter(pl.col("leaf").is_null())
        for row in rows(unsealed.filter(pl.col("position") <= self.position)):
            message = f"位置 {row['position']} 的事件不在封存之内，是后来插入的"
            yield problem("event-unsealed", message, position=row["position"], stream=row["stream"])
        waiting = unsealed.filter((pl.col("position") > self.position) & (pl.col("position") <= until))
        if waiting.height:
            message = f"有 {waiting.height} 个新事件尚未封存，请先运行 fund follow"
            yield problem("behind", message, position=until, table="seal.leaves")

    def _leaves(self, checkpoint: int | None) -> Iterator[Problem]:
        size = self.heads[-1].size if self.heads else 0
        indexes: Sequence[int] = self.leaves["index"].to_list()
        for expected, index in pairwise([-1, *indexes]):
            if index != expected + 1:
                message = f"封存的叶子在 {expected} 之后缺少，下一个是 {index}"
                yield problem("leaf-missing", message, table="seal.leaves", key=[expected + 1])
        for earlier, later in pairwise(self.leaves["position"]):
            if later <= earlier:
                message = f"叶子的位置 {later} 不在 {earlier} 之后"
                yield problem("leaf-order", message, position=later, table="seal.leaves")
        if self.leaves.height > size:
            position = int(self.leaves["position"][size])
            message = f"有 {self.leaves.height} 个叶子，但最后的封存点只有 {size} 个，封存点被删除"
            yield problem("head-missing", message, position=position, table="seal.heads")
        elif checkpoint is not None and checkpoint != self.position:
            message = f"封存已做到位置 {checkpoint}，但最后的封存点在 {self.position}"
            yield problem("head-missing", message, position=checkpoint, table="seal.heads")

    def _heads(self) -> Iterator[Problem]:
        """Each head must follow from the head before it and the leaves between the two."""
        stored: list[bytes] = self.leaves["leaf"].to_list()
        tree = Tree()
        for head in self.heads:
            tree.grow(stored[tree.size : head.size])
            last = self.leaves["position"][head.size - 1] if 0 < head.size <= len(stored) else None
            if (tree.size, last, tree.root, tree.peaks) != head:
                message = f"第 {head.size} 个叶子处的封存点与叶子不符，叶子或封存点被改动"
                yield problem(
                    "head-wrong", message, position=head.position, table="seal.heads", key=[head.size]
                )
                tree = _tree_of(head) or tree


def _tree_of(head: Head) -> Tree | None:
    """The tree a head stands for, so that a wrong one is named once; None when it cannot be one."""
    try:
        return Tree(head.size, head.peaks)
    except ValueError:
        return None


MODEL = Seal.name
"""The name of the seal's checkpoint."""
