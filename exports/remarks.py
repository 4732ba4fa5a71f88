"""What the receiver of the files must know (说明): nothing is cut, guessed or left out in silence."""

from collections.abc import Iterable
from typing import Final

from exports.bookyear import BookYear
from exports.fitting import Cut
from exports.layout import Layout

FILE: Final = "说明.txt"


def opening(layout: Layout) -> list[str]:
    """What holds for every file of the format."""
    count = sum(1 for _ in layout.unverified())
    return [
        f"本文件夹按 {layout.standard} 的形式输出；标准原文未经核对，不声明符合该标准。",
        f"格式数据版本 {layout.version}，其中 {count} 项未核实，逐项列在 docs/gbt.md。",
        "余额与凭证取自账本的记账凭证；以前年度调整记在调整当年，年初余额即上年年末余额。",
        "账本不区分审核、记账、出纳人员，这几栏为空；人员以登记时使用的名称列出，不含证件信息，也不含业主信息。",
    ]


def of_year(year: BookYear, cuts: Iterable[Cut]) -> list[str]:
    """What holds for one year of one book."""
    lines = ["", f"{year.book.code} {year.book.title} {year.year} 年：凭证分录 {year.posted} 行。"]
    if year.pro_forma:
        months = "、".join(sorted(year.pro_forma))
        lines.append(f"尚未结账的月份按试算结转列示，不是已记账的凭证：{months}。")
    lines += (
        f"截断：{cut.file} 第 {cut.row} 行“{cut.field}”只取前 {cut.width} 个字符，全文：{cut.text}"
        for cut in cuts
    )
    return lines


def text(lines: Iterable[str]) -> bytes:
    """The remarks as a text file that opens anywhere: UTF-8 with its mark, CRLF."""
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")
