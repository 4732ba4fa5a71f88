"""Register of other income (其他收入)."""

from ledger.commands import CreditIncome
from ledger.registers.cells import AMOUNT, CODE, DAY, TEXT, WORDS, choice
from ledger.registers.specification import Batch, Column, Register, Values, nobody

_CATEGORIES = {"经营收入": "operating", "处置收入": "disposal", "其他": "other"}
_COLUMNS = (
    Column("楼幢编码", "building", CODE, required=True),
    Column("收入类别", "category", choice(_CATEGORIES), required=True),
    Column("金额", "amount_fen", AMOUNT, required=True, note="元，最多两位小数"),
    Column("到账日期", "value_date", DAY, required=True),
    Column("银行流水号", "bank_ref", TEXT),
    Column("说明", "note", WORDS, note="不要填写个人信息"),
    Column("户号", "unit", CODE, note="空白为按建筑面积分摊到全幢各户"),
)


def _batch(values: Values) -> Batch:
    """One command a row, in order of day and building: every income is shared by itself."""
    fields = [column.field for column in _COLUMNS]
    rows = list(zip(*(values[field] for field in fields), strict=True))
    ordered = sorted(
        range(len(rows)), key=lambda index: (values["value_date"][index], values["building"][index])
    )
    commands = [CreditIncome(**dict(zip(fields, rows[index], strict=True))) for index in ordered]
    return Batch(commands, [[index] for index in ordered])


REGISTER = Register("income", "其他收入", _COLUMNS, nobody, _batch)
