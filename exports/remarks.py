"""What the receiver of the files must know (说明): nothing is cut, guessed or left out in silence."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from exports.bookyear import BookYear
from exports.fitting import Cut
from exports.layout import Layout

FILE: Final = "说明.txt"


def opening(layout: Layout) -> list[str]:
    """What holds for every file of the format."""
    return [
        layout.notice,
        f"格式数据版本 {layout.version}。",
        "余额与凭证取自账本的记账凭证；以前年度调整记在调整当年，年初余额即上年年末余额。",
        "账本不区分审核、记账、出纳人员，这几栏为空；人员以登记时使用的名称列出，不含证件信息，也不含业主信息。",
        "文字中的制表符、换行等控制字符写成空格，双引号按格式数据替换；太长的文字截断并列在下面，编号从不截断。",
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


def unverified(layout: Layout) -> Iterator[str]:
    """What nobody has held against the standard: a line for each place, with the sources that there are."""
    for where, found in groupby(layout.unverified(), key=lambda row: row.where):
        yield f"- {where}：" + "；".join(f"{row.what}（{row.source}）" for row in found)


def text(lines: Iterable[str]) -> bytes:
    """The remarks as a text file that opens anywhere: UTF-8 with its mark, CRLF."""
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")
