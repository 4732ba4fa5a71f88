"""Chinese terms of fields, as the registers head their columns; messages to officers use them."""

from typing import Final

from ledger.events import EntryKind

TERMS: Final[dict[str, str]] = {
    "accepted_on": "验收日期",
    "agreed_area_dm2": "同意面积",
    "agreed_households": "同意户数",
    "applied_on": "申请日期",
    "approved_fen": "批准金额",
    "approved_on": "批准日期",
    "approver_ref": "审批人",
    "area_dm2": "建筑面积",
    "budget_fen": "预算金额",
    "buildings": "楼幢编码",
    "closed_on": "办结日期",
    "completed_on": "竣工日期",
    "content": "维修内容",
    "county": "区县代码",
    "declared_on": "应急认定日期",
    "decided_on": "决定日期",
    "due_fen": "应交金额",
    "emergency": "应急",
    "estate": "小区编码",
    "estate_name": "小区名称",
    "fund": "资金类型",
    "handler_ref": "经办人",
    "interest_fen": "期初利息",
    "lift": "电梯",
    "management": "管理方式",
    "name": "幢号",
    "noticed_on": "公示日期",
    "object": "维修部位",
    "owner_ref": "业主",
    "paid_on": "付款日期",
    "period": "期间",
    "present_area_dm2": "参与面积",
    "present_households": "参与户数",
    "principal_fen": "期初本金",
    "proceeds_fen": "售房款",
    "project": "项目编号",
    "published_on": "公布日期",
    "realty_no": "不动产单元号",
    "received_on": "收款日期",
    "refunded_on": "退款日期",
    "refused_on": "不予批准日期",
    "reviewed_on": "复核日期",
    "returned_on": "退回日期",
    "seller": "售房单位",
    "settled_fen": "决算金额",
    "settled_on": "决算日期",
    "since": "开立日期",
    "started_on": "开工日期",
    "storeys": "层数",
    "through": "截止日期",
    "total_area_dm2": "应参与面积",
    "total_fen": "合计金额",
    "total_households": "应参与户数",
    "transferred_on": "过户日期",
    "until": "截止日期",
    "usage": "用途",
    "value_date": "入账日期",
    "voted_on": "表决日期",
    "warranty_until": "保修期满日期",
}
"""Field of a command or event → its term. ``name`` is that of a building, ``value_date`` that of money."""

ENTRY_NAMES: Final[dict[EntryKind, str]] = {
    "opening": "期初",
    "deposit": "交存",
    "interest": "增值",
    "income": "收入",
    "withdrawal": "支取",
    "return": "退回",
    "refund": "退款",
    "custody": "划转",
}
"""What a statement calls the kinds of entries."""

BOOK_ENTRY_NAMES: Final[dict[str, str]] = {
    "gain": "收益到账",
    "other-income": "其他收入",
    "other-expense": "其他支出",
}
"""What a statement calls the kinds of entries of a book."""
