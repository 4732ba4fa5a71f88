"""Rules of a repair from its proposal to the beginning of works (使用程序)."""

from msgspec.structs import replace

from ledger.commands import (
    ApproveRepair,
    CountVote,
    DeclareEmergency,
    PostNotice,
    ProposeRepair,
    RefuseRepair,
    ReviewRepair,
    StartWorks,
)
from ledger.events import Ballot, Developer, ProjectUnit

from .books import gains
from .case import COUNTY, Case, day, units

P1 = {"county": COUNTY, "project": "P1"}
AREAS = {"101": 8931, "102": 10247, "103": 12005}
SCENE = (units("B1", AREAS, ("o1", "o2", "o3")), gains(1, "2025-06-01"))
PROPOSE = ProposeRepair(
    **P1,
    applied_on=day("2025-03-01"),
    buildings=("B1",),
    object="屋面",
    content="屋面防水层翻修",
    budget_fen=200_000,
    handler_ref="h1",
)
URGENT = replace(PROPOSE, emergency=True, ground="leak")
NARROW = replace(PROPOSE, units=tuple(ProjectUnit(building="B1", unit=unit) for unit in ("101", "102")))


def ballots(*names, choice="agree"):
    return tuple(Ballot(building="B1", unit=name, choice=choice) for name in names)


VOTE = CountVote(**P1, voted_on=day("2025-03-10"), ballots=ballots(*AREAS))
AGAINST = replace(VOTE, ballots=ballots(*AREAS, choice="against"))
NOTICE = PostNotice(**P1, noticed_on=day("2025-03-12"), place="小区公告栏")
REVIEW = ReviewRepair(**P1, reviewed_on=day("2025-03-15"), passed=True, reviewer_ref="r1")
APPROVE = ApproveRepair(**P1, approved_on=day("2025-03-19"), approved_fen=180_000, approver_ref="a1")
REFUSE = RefuseRepair(**P1, refused_on=day("2025-03-18"), stage="approval", reason="方案不可行")
START = StartWorks(**P1, started_on=day("2025-03-25"))
DECLARE = DeclareEmergency(**P1, declared_on=day("2025-03-02"), ground="leak")
PROPOSED = (*SCENE, PROPOSE)
VOTED = (*PROPOSED, VOTE)
NOTICED = (*VOTED, NOTICE)
REVIEWED = (*NOTICED, REVIEW)
APPROVED = (*REVIEWED, APPROVE)
ONE_HAND = "one officer records the history of many hands; the papers name the persons"


def proposal(case_of, found, said, **facts):
    """A proposal that its rule refuses, and the audit finds."""
    return Case(given=SCENE, when=replace(PROPOSE, **facts), codes=(case_of,), found=found, said=said)


CASES = {
    "common_object object-unlisted": proposal("object-unlisted", "I23", "不在共用部位", object="户内地板"),
    "common_object budget-missing": proposal("budget-missing", "I27", "预算", budget_fen=None),
    "nobody_else_pays liable-elsewhere: builder": proposal(
        "liable-elsewhere", "I25", "建设、施工单位", liable="builder"
    ),
    "nobody_else_pays liable-elsewhere: supplier": proposal(
        "liable-elsewhere", "I25", "专业经营单位", liable="supplier"
    ),
    "nobody_else_pays liable-elsewhere: damage": proposal(
        "liable-elsewhere", "I25", "造成损坏的当事人", liable="damage"
    ),
    "nobody_else_pays liable-elsewhere: manager": proposal(
        "liable-elsewhere", "I25", "物业服务企业", liable="manager"
    ),
    "out_of_warranty warranty-runs": Case(
        given=(units("B1", AREAS, ("o1", "o2", "o3"), completed_on="2024-05-01"), *SCENE[1:]),
        when=PROPOSE,
        codes=("warranty-runs",),
        found="I24",
    ),
    "one_estate estates-several": Case(
        given=(*SCENE, units("B2", {"201": 1}, ("o9",), estate="E2")),
        when=replace(PROPOSE, buildings=("B1", "B2")),
        codes=("estates-several",),
        found="I42",
    ),
    "one_estate developer-missing": proposal(
        "developer-missing", "I27", "开发建设单位", developer=Developer(name="某公司", units=())
    ),
    "one_estate developer-missing: no name": proposal(
        "developer-missing",
        "I27",
        "开发建设单位",
        developer=Developer(name=" ", units=(ProjectUnit(building="B1", unit="103"),)),
    ),
    "in_order project-refused": Case(
        given=(*REVIEWED, REFUSE), when=APPROVE, codes=("project-refused",), found="I29", said="已不予批准"
    ),
    "in_order step-missing: vote": Case(
        given=(*PROPOSED, NOTICE, REVIEW),
        when=APPROVE,
        codes=("step-missing",),
        found="I29",
        said="没有表决记录",
    ),
    "in_order step-missing: notice": Case(
        given=(*VOTED, REVIEW), when=APPROVE, codes=("step-missing",), found="I28", said="没有公示记录"
    ),
    "in_order step-missing: review": Case(
        given=NOTICED, when=APPROVE, codes=("step-missing",), found="I27", said="复核"
    ),
    "in_order step-missing: approval": Case(
        given=REVIEWED, when=START, codes=("step-missing",), found="I27", said="批准"
    ),
    "in_order step-late: vote": Case(
        given=NOTICED,
        when=replace(VOTE, voted_on=day("2025-03-13")),
        codes=("step-late", "vote-passed"),
        found="I26",
        said="早于表决",
    ),
    "in_order step-late: review": Case(
        given=APPROVED,
        when=replace(REVIEW, reviewed_on=day("2025-03-20")),
        codes=("step-late",),
        found="I26",
        said="早于复核",
    ),
    "in_order step-late: notice": Case(
        given=NOTICED,
        when=replace(NOTICE, noticed_on=day("2025-03-20")),
        codes=("step-late",),
        silent="a notice may be posted again; the last one counts when the approval comes (I28)",
    ),
    "in_order step-late: emergency": Case(
        given=(*PROPOSED, DECLARE),
        when=replace(DECLARE, declared_on=day("2025-03-03")),
        codes=("step-late", "emergency-already"),
        found="I22",
        said="重复认定",
    ),
    "in_order step-early": Case(
        given=REVIEWED,
        when=replace(APPROVE, approved_on=day("2025-03-14")),
        codes=("step-early", "notice-short"),
        found="I26",
        said="早于复核",
    ),
    "vote_counted ballots-missing": Case(
        given=PROPOSED,
        when=replace(VOTE, ballots=()),
        codes=("ballots-missing",),
        found="I19",
        said="没有逐户的表决意见",
    ),
    "vote_counted ballot-outside": Case(
        given=(*SCENE, NARROW), when=VOTE, codes=("ballot-outside",), found="I19", said="不在分摊范围内"
    ),
    "vote_counted ballot-twice": Case(
        given=PROPOSED,
        when=replace(VOTE, ballots=ballots(*AREAS, "101")),
        codes=("ballot-twice",),
        found="I19",
        said="重复表决",
    ),
    "vote_counted vote-differs": Case(
        given=PROPOSED,
        when=replace(VOTE, agreed_households=2),
        codes=("vote-differs",),
        found="vote-wrong",
        said="同意人数应为 3，记为 2",
    ),
    "vote_counted vote-passed": Case(
        given=VOTED,
        when=replace(AGAINST, voted_on=day("2025-03-11")),
        codes=("vote-passed",),
        found="I19",
        said="已经通过，又重新表决",
    ),
    "vote_passed vote-failed": Case(
        given=(*PROPOSED, AGAINST, NOTICE, REVIEW),
        when=APPROVE,
        codes=("vote-failed",),
        found="I29",
        said="同意不足",
    ),
    "vote_passed vote-failed: notice": Case(
        given=(*PROPOSED, AGAINST),
        when=NOTICE,
        codes=("vote-failed",),
        silent="papers may be posted in vain: nothing was decided or paid on a vote that failed",
    ),
    "approval_covered review-failed": Case(
        given=(*NOTICED, replace(REVIEW, passed=False)),
        when=APPROVE,
        codes=("review-failed",),
        found="I29",
        said="复核没有通过",
    ),
    "approval_covered notice-short": Case(
        given=REVIEWED,
        when=replace(APPROVE, approved_on=day("2025-03-18")),
        codes=("notice-short",),
        found="I28",
        said="相隔 6 天",
    ),
    "approval_covered approval-exceeds": Case(
        given=REVIEWED,
        when=replace(APPROVE, approved_fen=200_001),
        codes=("approval-exceeds",),
        found="I30",
        said="超出 0.01 元",
    ),
    "duties_apart duties-joined: reviewer": Case(
        given=NOTICED,
        when=replace(REVIEW, reviewer_ref="h1"),
        codes=("duties-joined",),
        found="I51",
        said="经办人与复核人是同一人",
    ),
    "duties_apart duties-joined: approver and handler": Case(
        given=REVIEWED,
        when=replace(APPROVE, approver_ref="h1"),
        codes=("duties-joined",),
        found="I51",
        said="经办人与审批人是同一人",
    ),
    "duties_apart duties-joined: approver and reviewer": Case(
        given=REVIEWED,
        when=replace(APPROVE, approver_ref="r1"),
        codes=("duties-joined",),
        found="I51",
        said="复核人与审批人是同一人",
    ),
    "duties_apart duties-joined: at the desk": Case(
        given=NOTICED, when=REVIEW, actor="clerk", codes=("duties-joined",), silent=ONE_HAND
    ),
    "urgent_for_a_reason emergency-already": Case(
        given=(*SCENE, URGENT), when=DECLARE, codes=("emergency-already",), found="I22", said="重复认定"
    ),
    "urgent_for_a_reason ground-missing": proposal("ground-missing", "I27", "应急事由", emergency=True),
    "urgent_for_a_reason ground-unlisted": proposal(
        "ground-unlisted", "I22", "不在目录内", emergency=True, ground="hurry"
    ),
}
