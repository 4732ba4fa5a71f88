"""Registers of a small estate, as an officer would bring them."""

import csv
from pathlib import Path

UNITS = [
    "区县代码",
    "资金类型",
    "小区编码",
    "小区名称",
    "管理方式",
    "楼幢编码",
    "幢号",
    "电梯",
    "层数",
    "户号",
    "用途",
    "建筑面积",
    "业主姓名",
]
DEPOSITS = ["楼幢编码", "户号", "交存类型", "交存金额", "入账日期", "票据号"]
GAINS = ["区县代码", "资金类型", "账号", "到账日期", "收益类别", "金额"]
OPENING = ["楼幢编码", "户号", "期初本金", "期初利息", "截止日期", "依据"]
INCOME = ["楼幢编码", "收入类别", "金额", "到账日期", "银行流水号", "说明"]
REFUNDS = ["楼幢编码", "户号", "退款金额", "退款日期", "退款原因", "原票据号"]
STATEMENT = ["账号", "交易日期", "银行流水号", "收入金额", "支出金额", "余额", "摘要"]
TRANSFERS = ["楼幢编码", "户号", "过户日期", "新业主姓名"]
BUILDING = "53230100101"


def register(path: Path, header: list[str], *rows: list[str]) -> Path:
    """A register as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path
