"""``fund audit``: the second witness."""

import typer

from cli import output
from cli.arguments import County, Json, Known
from cli.desk import Desk, open_desk

app = typer.Typer(no_args_is_help=True, help="审计：查疑点、验账")


@app.command()
def run(known_at: Known = None, county: County = None, json: Json = False) -> None:
    """重放账本并按规则查找疑点。有疑点不算失败：状态码仍为 0。"""
    from api.reading import position_known
    from audit.findings import SEVERITIES, run
    from audit.replay import replay

    with open_desk() as desk:
        if known_at is not None:
            _caught_up(desk)  # a time means a checkpoint, and the newest may not be written yet
        with desk.engine.connect() as connection:
            until = position_known(connection, known_at)
        seen = replay(desk.feed, until)
        findings = run(seen, desk.policy, county)
    if json:
        output.document({"position": str(seen.position), "events": seen.events, "findings": findings})
        return
    rows = [
        [SEVERITIES[found.severity], found.rule, found.county, found.message, found.amount, len(found.events)]
        for found in findings
    ]
    title = f"疑点 {len(findings)} 条（重放 {seen.events:,} 个事件，日志位置 {seen.position}）"
    output.table(title, ["级别", "规则", "区县", "说明", "涉及金额", "证据"], rows, "llllrr")


@app.command()
def verify(json: Json = False) -> None:
    """验账：封印、次序、版本、哈希，并以独立重放核对全部读表。"""
    from audit.verify import verify

    with open_desk() as desk:
        found = verify(desk.feed, desk.engine, _caught_up(desk))
    if json:
        output.document(found)
    elif found.ok:
        output.line(f"核对无误：{found.events:,} 个事件")
    else:
        rows = [
            [problem.kind, problem.position, problem.stream, problem.table, problem.key, problem.message]
            for problem in found.problems
        ]
        output.table("发现问题", ["种类", "位置", "流", "表", "键", "说明"], rows)
    if not found.ok:
        raise typer.Exit(1)


@app.command()
def seal(json: Json = False) -> None:
    """封存到最新的事件，给出签名的封存凭证：交由他人保管，日后可证明账本未被改动。"""
    from audit.checkpoint import load_signer
    from audit.seal import last_head

    with open_desk() as desk:
        desk.catch_up()
        with desk.engine.connect() as connection:
            head, signer = last_head(connection), load_signer(connection, desk.home)
    text = signer.sign(head)
    if json:
        position = str(head.position)
        output.document(
            {"position": position, "events": head.size, "verifier": signer.verifier, "checkpoint": text}
        )
    else:
        output.note(f"封存 {head.size:,} 个事件，至日志位置 {head.position}；验证公钥 {signer.verifier}")
        output.line(text.removesuffix("\n"))


def _caught_up(desk: Desk) -> int | None:
    """How far seal and read models came; None where they cannot go on, which verification then explains."""
    from audit.seal import SealBroken
    from projections.batch import ProjectionStopped
    from projections.checkpoints import OutdatedModel

    try:
        return desk.catch_up()
    except (ProjectionStopped, OutdatedModel, SealBroken) as error:
        output.note(str(error))
        return None
