"""I38 票据: receipts missing, used more than once, not issued or void, and gaps in a county's numbers."""

import polars as pl

from audit.findings import Finding, Rule
from audit.receipts import numbered, ranges
from audit.rules.figures import Figures, Row, Threshold, event_ids, with_events
from ledger.identity import event_id
from ledger.money import yuan

RULE = Rule(
    id="I38",
    title="专用票据缺失、重号或断号",
    basis="165号令第14、34条",
    severity="medium",
    advice="核对票据存根与领用登记；缺票的补开，重号的查明真伪，断号的说明去向。",
)


class Series(Threshold, frozen=True, kw_only=True):
    """A series is judged with ``series`` numbers or more that fill ``density_percent`` of their range."""

    series: int
    density_percent: int


def find(figures: Figures) -> list[Finding]:
    """One finding a building with missing or strange receipts, a number used again, a run of missing ones."""
    return _missing(figures) + _repeated(figures) + _gaps(figures) + _strange(figures) + _voids(figures)


def _voids(figures: Figures) -> list[Finding]:
    """Voids (作废) of numbers that nobody was handed, or voided before; evidence: the void. Amount: 0."""
    known = ranges(figures.replay).filter(pl.col("until").is_not_null()).sort("position")
    found = []
    for codes in known.partition_by("code", "prefix", "width", maintain_order=True):
        issued = codes.filter(~pl.col("voided")).rows(named=True)
        gone: list[Row] = []
        for row in codes.filter("voided").iter_rows(named=True):
            handed = sum(_shared(row, other) for other in issued)
            said = ["有没有领用的号码"] if handed < row["until"] - row["number"] + 1 else []
            said += ["有以前已经作废的号码"] if any(_shared(row, other) for other in gone) else []
            gone.append(row)
            if said:
                found.append(_void(row, said))
    return found


def _shared(one: Row, other: Row) -> int:
    """How many numbers two ranges of one series have in common."""
    return max(0, int(min(one["until"], other["until"]) - max(one["number"], other["number"]) + 1))


def _void(row: Row, said: list[str]) -> Finding:
    event = event_id(row["stream"], row["version"])
    return RULE.finding(
        {},
        amount_fen=0,
        events=[event],
        message=f"票据 {row['code']} 作废 {row['first']} 至 {row['last']}，其中{'，'.join(said)}。",
        key=f"void {event}",
    )


def _missing(figures: Figures) -> list[Finding]:
    """Deposit lines without a number, by building; amount: what they brought."""
    bare = figures.deposits.filter(pl.col("receipt_no").is_null())
    place = ["county", "estate", "building"]
    buildings = bare.group_by(place).agg(lines=pl.len(), amount_fen=pl.col("amount_fen").sum())
    return [
        RULE.finding(
            row,
            amount_fen=row["amount_fen"],
            events=row["events"],
            message=f"楼幢 {row['building']} 有 {row['lines']} 笔交存"
            f"共 {yuan(row['amount_fen'])} 元没有票据号。",
            key="missing",
        )
        for row in with_events(buildings, bare, place).iter_rows(named=True)
    ]


def _repeated(figures: Figures) -> list[Finding]:
    """A number on several deposit lines of a county; amount: the lines after the first recorded."""
    number = ["county", "receipt_no"]
    numbered = figures.deposits.filter(pl.col("receipt_no").is_not_null())
    again = (
        numbered.filter(pl.len().over(number) > 1)
        .sort("position", "line")
        .group_by(number, maintain_order=True)
        .agg(
            lines=pl.len(),
            first_fen=pl.col("amount_fen").first(),
            again_fen=pl.col("amount_fen").sum() - pl.col("amount_fen").first(),
            units=pl.format("{} 户 {}", "building", "unit").unique(maintain_order=True),
            events=event_ids(),
        )
    )
    return [_used_again(row) for row in again.iter_rows(named=True)]


def _used_again(row: Row) -> Finding:
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=row["again_fen"],
        events=row["events"],
        message=f"票据 {row['receipt_no']} 使用 {row['lines']} 次（楼幢 {'、'.join(row['units'])}），"
        f"首次 {yuan(row['first_fen'])} 元，其余 {yuan(row['again_fen'])} 元没有自己的票据。",
        key=f"number {row['receipt_no']}",
    )


def _gaps(figures: Figures) -> list[Finding]:
    """Runs of missing numbers in series of one prefix and width; a reversed deposit's number was used too.

    Evidence: the deposits before and after the gap. Amount: 0, since nobody knows what the receipts brought.
    """
    settings = figures.settings(RULE.id, Series)
    series = ["county", "prefix", "width"]
    numbers = (
        figures.replay.entries.filter((pl.col("kind") == "deposit") & pl.col("receipt_no").is_not_null())
        .select(
            "county",
            "position",
            event=event_ids(),
            prefix=pl.col("receipt_no").str.extract(r"^(.*?)\d{1,18}$"),
            digits=pl.col("receipt_no").str.extract(r"^.*?(\d{1,18})$"),
        )
        .filter(pl.col("digits").is_not_null())
        .with_columns(width=pl.col("digits").str.len_chars(), number=pl.col("digits").cast(pl.Int64))
        .sort("position")
        .unique([*series, "number"], keep="first")
        .sort(*series, "number")
    )
    span = pl.col("number").max() - pl.col("number").min() + 1
    judged = (
        numbers.group_by(series)
        .agg(numbers=pl.len().cast(pl.Int64), span=span)
        .filter(
            (pl.col("numbers") >= settings.series)
            & (pl.col("numbers") * 100 // settings.density_percent >= pl.col("span"))
        )
    )
    before = numbers.join(judged, on=series, how="semi", maintain_order="left").with_columns(
        next_number=pl.col("number").shift(-1).over(series),
        next_event=pl.col("event").shift(-1).over(series),
        next_position=pl.col("position").shift(-1).over(series),
    )
    holes = before.filter(pl.col("next_number") - pl.col("number") > 1)
    return [_gap(row) for row in holes.iter_rows(named=True)]


def _gap(row: Row) -> Finding:
    first, last = (
        f"{row['prefix']}{number:0{row['width']}d}" for number in (row["number"] + 1, row["next_number"] - 1)
    )
    count = row["next_number"] - row["number"] - 1
    around = sorted([(row["position"], row["event"]), (row["next_position"], row["next_event"])])
    return RULE.finding(
        {"county": row["county"]},
        amount_fen=0,
        events=[event for _, event in around],
        message=f"票据号 {first} 至 {last} 共 {count} 个断号，没有任何交存使用。"
        if count > 1
        else f"票据号 {first} 断号，没有任何交存使用。",
        key=f"gap {first}",
    )


def _strange(figures: Figures) -> list[Finding]:
    """Deposits, since receipts were first issued, whose number no code has issued or all have voided.

    One finding a building; amount: what they brought.
    """
    known = ranges(figures.replay).filter(pl.col("until").is_not_null())
    issued = known.filter(~pl.col("voided"))
    if issued.is_empty():
        return []
    used = figures.deposits.filter(
        pl.col("receipt_no").is_not_null() & (pl.col("value_date") >= issued["value_date"].min())
    ).with_columns(*numbered("receipt_no"))
    series = ["code", "prefix", "width"]
    held = (
        used.select("position", "line", "prefix", "width", "number")
        .join(issued.select("code").unique(), how="cross")
        .sort("number")
        .join_asof(
            issued.select(*series, "number", "until").sort("number"),
            on="number",
            by=series,
            check_sortedness=False,
        )
        .filter(pl.col("number") <= pl.col("until"))
    )
    void = (
        held.join(known.filter("voided").select(*series, void_from="number", void_until="until"), on=series)
        .filter(pl.col("number").is_between("void_from", "void_until"))
        .select("position", "line", "code")
    )
    good = held.join(void, on=["position", "line", "code"], how="anti")
    strange = used.join(good, on=["position", "line"], how="anti")
    place = ["county", "estate", "building"]
    buildings = strange.group_by(place).agg(
        lines=pl.len(), amount_fen=pl.col("amount_fen").sum(), first=pl.col("receipt_no").min()
    )
    return [
        RULE.finding(
            row,
            amount_fen=row["amount_fen"],
            events=row["events"],
            message=f"楼幢 {row['building']} 有 {row['lines']} 笔交存共 {yuan(row['amount_fen'])} 元"
            f"的票据没有领用或已经作废（如 {row['first']}）。",
            key="strange",
        )
        for row in with_events(buildings, strange, place).iter_rows(named=True)
    ]
