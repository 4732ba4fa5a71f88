"""Repairs of one building from 2020 on (维修的后来), step by step: in order, or with one thing wrong."""

from dataclasses import dataclass, field
from typing import Any, Final

from demo.later_buildings import OLD, UNSOLD, code
from demo.story import Story

_OWNED: Final = ("0101", "0102", "0201", "0202", "0302A", "0302B", "0303")
_DAYS: Final = {
    "applied": "-01", "voted": "-06", "noticed": "-08", "reviewed": "-17", "approved": "-18",
    "started": "-19", "first": "-20", "accepted": "-24", "settled": "-25", "final": "-26", "closed": "-28",
}  # fmt: skip
"""Each project lives in one month of 2020."""


@dataclass(slots=True)
class _Work:
    """One project: its number, month, object and content, firm, and what it costs in yuan."""

    story: Story
    number: int
    month: str
    object: str
    content: str
    firm: str
    approved: str
    first: str
    final: str
    settled: str
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The code of the project."""
        return f"WX2020-{self.number:02d}"

    def day(self, step: str) -> str:
        """The day of a step."""
        return f"2020-{self.month}{_DAYS[step]}"

    def step(self, form: str, *, called: str | None = None, **body: Any) -> None:
        """One form of the project."""
        self.story.record(
            form, called=called, county=self.story.ground.place.code, project=self.project, **body
        )

    def propose(self, *, developer: bool = True, **more: Any) -> None:
        """申请: the unsold unit is charged to the developer, as it should be, unless this is left out."""
        old = code(self.story, OLD)
        if developer:
            units = [{"building": old, "unit": UNSOLD}]
            more["developer"] = {
                "name": f"{self.story.ground.place.name}后筑房地产开发有限公司（演示）",
                "units": units,
            }
        self.step(
            "propose-repair",
            applied_on=self.day("applied"),
            buildings=[old],
            object=self.object,
            content=f"{OLD}幢{self.content}",
            budget=self.approved,
            **more,
        )

    def vote(self, *more: str) -> None:
        """表决: everybody agrees; ``more`` are ballots beside."""
        old = code(self.story, OLD)
        ballots = [{"building": old, "unit": unit, "choice": "agree"} for unit in (*_OWNED, *more)]
        self.step("count-vote", voted_on=self.day("voted"), ballots=ballots)
        self.step("post-notice", noticed_on=self.day("noticed"), place="单元门厅")

    def review(self) -> None:
        """复核."""
        self.step("review-repair", reviewed_on=self.day("reviewed"), passed=True, opinion="材料齐全")

    def approve(self) -> None:
        """批准、开工."""
        self.step("approve-repair", approved_on=self.day("approved"), approved=self.approved)
        self.step("start-works", started_on=self.day("started"))

    def pay(self, stage: str, *, called: str | None = None, turn: str = "1") -> None:
        """付款."""
        day = self.day(stage)
        self.step(
            "pay-repair",
            called=called,
            stage=stage,
            amount=self.first if stage == "first" else self.final,
            paid_on=day,
            payee={
                "name": f"{self.story.ground.place.name}{self.firm}有限公司（演示）",
                "account": f"6228{self.number:015d}",
            },
            bank_ref=f"WX{day.replace('-', '')}{self.number:02d}{turn}",
            invoice_no=f"20{self.number:04d}{_DAYS[stage][1:]}",
        )

    def finish(self) -> None:
        """验收、决算、尾款、办结."""
        self.step("accept-repair", accepted_on=self.day("accepted"))
        self.step("settle-repair", settled_on=self.day("settled"), settled=self.settled)
        self.pay("final")
        self.step("close-repair", closed_on=self.day("closed"))


def tell(story: Story) -> None:
    """Seven projects of the old building, each in a month of its own."""
    _in_order(story)
    _emergency(story)
    _refused(story)
    _somebody_else(story)
    _unreviewed(story)
    _forged(story)
    _unsold(story)


def _in_order(story: Story) -> None:
    """Paid in two stages; the first payment bounces; what a later price review took off comes back."""
    work = _Work(
        story, 1, "06", "屋面", "防水层翻修", "恒固防水工程", "6120.00", "3975.00", "1825.50", "5800.50"
    )
    work.propose()
    work.vote()
    work.review()
    work.approve()
    work.pay("first", called="bounced-payment")
    story.reverse("bounced-payment", "收款账号有误，银行退回")
    work.pay("first", called="first-payment", turn="2")
    work.finish()
    work.step(
        "return-repair-money",
        payment="@first-payment",
        amount="120.50",
        returned_on="2020-08-05",
        bank_ref="TH20200805001",
        reason="审计核减",
    )


def _emergency(story: Story) -> None:
    """应急维修: no vote before, a notice after the fact."""
    work = _Work(
        story, 2, "07", "电梯", "曳引机抢修", "鼎新机电设备", "2350.00", "1180.00", "1090.00", "2270.00"
    )
    work.propose()
    work.step("declare-emergency", declared_on=work.day("applied"), ground="lift", note="困人")
    work.review()
    work.approve()
    work.pay("first")
    work.step("post-notice", noticed_on="2020-07-21", place="单元门厅")
    work.finish()


def _refused(story: Story) -> None:
    """不予批准 at the review: no money is paid."""
    work = _Work(story, 3, "07", "照明", "走廊灯具改造", "泰卓机电设备", "900.00", "", "", "")
    work.propose()
    work.step("refuse-repair", refused_on="2020-07-15", stage="review", reason="属物业服务合同内容")


def _ordinary(work: _Work, *, review: bool = True, ballots: tuple[str, ...] = (), **proposed: Any) -> None:
    work.propose(**proposed)
    work.vote(*ballots)
    if review:
        work.review()
    work.approve()
    work.pay("first")
    work.finish()


def _somebody_else(story: Story) -> None:
    work = _Work(
        story, 4, "08", "单元门", "单元门修复", "卓立建筑工程", "1260.00", "640.00", "585.00", "1225.00"
    )
    _ordinary(work, liable="damage")
    story.plant("I25", "人为损坏应由责任人承担", project=work.project)


def _unreviewed(story: Story) -> None:
    work = _Work(
        story, 5, "08", "消防", "消防水泵更换", "诚立机电设备", "1980.00", "1040.00", "905.00", "1945.00"
    )
    _ordinary(work, review=False)
    story.plant("I27", "没有复核", project=work.project)


def _forged(story: Story) -> None:
    work = _Work(
        story, 6, "09", "外墙", "外墙面脱落修复", "新筑装饰工程", "2440.00", "1270.00", "1115.00", "2385.00"
    )
    _ordinary(work, ballots=("0101",))
    story.plant("I19", "同一户两张表决票", project=work.project)


def _unsold(story: Story) -> None:
    work = _Work(
        story, 7, "09", "供配电", "公共配电线路改造", "匠诚机电设备", "1770.00", "930.00", "785.00", "1715.00"
    )
    _ordinary(work, developer=False)
    story.plant("I41", "未售房屋的分摊没有列由开发单位承担", project=work.project)
    story.plant("I43", "没有交存的未售房屋被分摊", building=code(story, OLD), unit=UNSOLD)
