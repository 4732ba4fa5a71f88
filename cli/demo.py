"""``fund demo``: the demonstration prefecture (演示州), from empty spreadsheets to audited totals."""

import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from api.problems import Failed, Problem, problem, problem_of
from cli import output
from cli.arguments import Json
from cli.desk import Desk, home, open_desk
from cli.views import show_summary

if TYPE_CHECKING:
    from audit.findings import Finding
    from audit.verify import Verification
    from demo import Plan
    from projections.summary import Summary

ACTOR = "demo"
TOTALS = {"collected": "归集", "growth": "其中增值", "withdrawn": "使用", "balance": "余额"}
STAGES = {
    "generate": "生成登记表",
    "import": "导入",
    "distribute": "分配收益",
    "later": "2020 年以来",
    "rebuild": "重建余额",
    "seal": "封印",
    "audit": "审计查疑点",
    "verify": "核对",
}


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The published totals at the end of 2019, in yuan."""

    collected: str
    growth: str
    withdrawn: str
    balance: str


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many irregularities a rule was planted with, and how many findings it has."""

    rule: str
    planted: int
    found: int


class Demonstration(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: ``ok`` when totals are as planned and verification found nothing; seconds by stage."""

    ok: bool
    seed: int
    scale: str
    position: str
    events: int
    totals: Figures
    planned: Figures
    estates: int
    buildings: int
    units: int
    rules: tuple[RuleCount, ...]
    verified: bool
    seconds: dict[str, float]
    peak_mib: dict[str, int]


@dataclass(slots=True)
class Stopwatch:
    """Seconds by stage; a stage may be entered more than once."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        output.note(f"{STAGES[name]}…")
        started = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.monotonic() - started, 2)


def demo(
    home_directory: Annotated[
        Path | None, typer.Option("--home", metavar="DIR", help="账本所在目录（默认 FUND_HOME）")
    ] = None,
    scale: Annotated[str, typer.Option(metavar="S", help="规模：户数和金额的倍数，0.01 起")] = "1",
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="随机种子")] = 1,
    json: Json = False,
) -> None:
    """生成一个虚构的州，导入、计息、重建、审计，核对公布的总数。只写入演示自己的账本。"""
    from demo.prefecture import parse_scale

    if home_directory is not None:
        os.environ["FUND_HOME"] = str(home_directory)
    size = format(parse_scale(scale).normalize(), "f")
    with open_desk() as desk:
        _own(desk, seed, size)
        done, summary, findings, verification = _perform(desk, seed, size)
    if json:
        output.document(done)
    else:
        _show(done, summary, findings, verification)
    if not done.ok:
        raise typer.Exit(1)


def _own(desk: Desk, seed: int, scale: str) -> None:
    """Mark an empty log as the demonstration's, or make sure that this one is; refuse any other."""
    from ledger.commands import Recording, StartDemonstration
    from ledger.events import DemonstrationStarted
    from ledger.store.feed import recorded

    first = recorded(desk.feed.rows(0, 1))
    if not first:
        start = StartDemonstration(seed=seed, scale=scale)
        desk.application.execute([start], Recording(actor=ACTOR, refusals_kept=False))
        return
    event = first[0].event
    if not isinstance(event, DemonstrationStarted):
        detail = "这个账本不是演示账本，演示数据不会写入；请用 --home 另指定目录"
        raise Failed(problem("log-not-demonstration", "按规则拒绝", detail, 409))
    if (event.seed, event.scale) != (seed, scale):
        detail = f"这个账本属于种子 {event.seed}、规模 {event.scale} 的演示；请用 --home 另指定目录"
        raise Failed(problem("log-not-demonstration", "按规则拒绝", detail, 409))


def _perform(
    desk: Desk, seed: int, scale: str
) -> tuple[Demonstration, "Summary", "list[Finding]", "Verification"]:
    from audit.verify import verify
    from demo import generate
    from demo.prefecture import END
    from projections.summary import summary

    watch = Stopwatch()
    with watch.stage("generate"):
        plan = generate(home() / "demo" / "registers", seed=seed, scale=scale)
    # What writes is a process of its own, so that its memory is gone when the audit needs some.
    with ProcessPoolExecutor(1, get_context("spawn")) as clerk:
        for stage, work in (("import", _import), ("distribute", _distribute), ("later", _later)):
            with watch.stage(stage):
                if (refused := clerk.submit(work, plan).result()) is not None:
                    raise Failed(refused)
        with watch.stage("rebuild"):
            clerk.submit(_rebuild).result()
    with watch.stage("seal"):
        position = desk.catch_up()
    with watch.stage("audit"):
        events, findings = _findings(desk, position)
    with watch.stage("verify"):
        verification = verify(desk.feed, desk.engine, position)
    with desk.engine.connect() as connection:
        found = summary(connection, as_of=END)
    totals, planned = _figures(found), _planned(plan)
    done = Demonstration(
        ok=totals == planned and verification.ok,
        seed=seed,
        scale=scale,
        position=str(position),
        events=events,
        totals=totals,
        planned=planned,
        estates=found.total.estates,
        buildings=found.total.buildings,
        units=found.total.units,
        rules=_rules(plan, findings),
        verified=verification.ok,
        seconds=watch.seconds,
        peak_mib=_peak_mib(),
    )
    return done, found, findings, verification


def _import(plan: "Plan") -> Problem | None:
    """Each file is an import of its own, as an office would bring it; known rows are skipped.

    Returns what went wrong with the first file that has problems.
    """
    from ledger.registers import import_files

    with open_desk() as desk:
        for kind, paths in plan.files.items():
            for path in paths:
                done = import_files(
                    kind,
                    [path],
                    application=desk.application,
                    parties=desk.parties,
                    history=True,
                    dry_run=False,
                    actor=ACTOR,
                )
                if done.problems:
                    first = done.problems[0]
                    detail = (
                        f"{path.name} 有 {len(done.problems)} 个问题，如第 {first.row} 行：{first.message}"
                    )
                    return problem(first.code, "演示数据导入失败", detail, 422)
    return None


def _distribute(plan: "Plan") -> Problem | None:
    """Every planned distribution that was not made yet; returns what was refused."""
    from ledger.commands import Recording
    from ledger.errors import Refused

    recording = Recording(actor=ACTOR, refusals_kept=False)
    with open_desk() as desk:
        for county, fund, through in plan.distributions:
            try:
                desk.application.distribute(county, fund, through, recording)
            except Refused as refused:
                if refused.refusals[0].code != "boundary-not-later":  # else an earlier run made it
                    return problem_of(refused)
    return None


def _later(plan: "Plan") -> Problem | None:
    """Every document of the years after 2019 that was not carried out yet; returns what was refused."""
    from cli.later import Teller
    from ledger.errors import Refused

    with open_desk() as desk:
        try:
            Teller(desk.application, desk.parties, desk.policy, ACTOR).tell(plan.later)
        except Failed as failed:
            return failed.problem
        except Refused as refused:
            return problem_of(refused)
    return None


def _rebuild() -> None:
    from projections.rebuild import rebuild

    with open_desk() as desk:
        rebuild(desk.engine)


def _findings(desk: Desk, position: int) -> tuple[int, "list[Finding]"]:
    """Events replayed and what the rules found; the replay is let go, as verification makes its own."""
    from audit.findings import run
    from audit.replay import replay

    seen = replay(desk.feed, position)
    return seen.events, run(seen, desk.policy)


def _figures(found: "Summary") -> Figures:
    return Figures(**{name: getattr(found.total, name) for name in TOTALS})


def _planned(plan: "Plan") -> Figures:
    from ledger.money import yuan

    return Figures(**{name: yuan(getattr(plan.totals, name)) for name in TOTALS})


def _rules(plan: "Plan", findings: "list[Finding]") -> tuple[RuleCount, ...]:
    planted = Counter(case.rule for case in plan.cases)
    found = Counter(finding.rule for finding in findings)
    return tuple(
        RuleCount(rule=rule, planted=planted[rule], found=found[rule]) for rule in sorted({*planted, *found})
    )


def _peak_mib() -> dict[str, int]:
    """Largest resident memory of this process, and of the largest that helped it; the server is not in it."""
    return {
        name: resource.getrusage(who).ru_maxrss // 1024
        for name, who in (("main", resource.RUSAGE_SELF), ("worker", resource.RUSAGE_CHILDREN))
    }


def _show(
    done: Demonstration, summary: "Summary", findings: "list[Finding]", verification: "Verification"
) -> None:
    """What people read: totals against the plan, counties, findings by rule, time and memory."""
    rows = []
    for name, label in TOTALS.items():
        now, planned = getattr(done.totals, name), getattr(done.planned, name)
        rows.append(
            [label, output.grouped(now), output.grouped(planned), "一致" if now == planned else "不一致"]
        )
    output.table("2019 年末四项总数（元）", ["项目", "账本重放", "公布数×规模", ""], rows, "lrr")
    show_summary(summary)
    titles = {finding.rule: finding.title for finding in findings}
    output.table(
        "疑点：应查出（预埋）与已查出",
        ["规则", "名称", "应查出", "已查出"],
        [[count.rule, titles.get(count.rule), count.planted, count.found] for count in done.rules],
        "llrr",
    )
    stages = [[STAGES[name], f"{seconds:.1f}"] for name, seconds in done.seconds.items()]
    stages.append(["合计", f"{sum(done.seconds.values()):.1f}"])
    output.table("用时（秒）", ["阶段", "秒"], stages, "lr")
    output.line(
        f"事件 {done.events:,} 个，日志位置 {done.position}；"
        f"内存峰值：主进程 {done.peak_mib['main']} MiB，助手 {done.peak_mib['worker']} MiB"
    )
    for found in verification.problems:
        output.line(
            f"核对：{found.kind} {found.table or found.stream or ''} {found.key or ''} {found.message}"
        )
    output.line("总数一致，核对无误" if done.ok else "总数或核对有误")
