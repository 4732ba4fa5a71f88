"""What is wrong with a command line (用法错误), in Chinese: the parser itself speaks English."""

import re
from typing import Final

_SAYINGS: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r"Invalid value for '(?P<name>[^']*)': ", r"\g<name> 的值不对："),
        (r"Value error, ", ""),
        (r"Missing argument '(?P<name>[^']*)'\.", r"缺少参数 \g<name>"),
        (r"Missing option '(?P<name>[^']*)'\.", r"缺少选项 \g<name>"),
        (r"Missing command\.", "缺少命令"),
        (r"No such command '(?P<name>[^']*)'\.", r"没有命令 \g<name>"),
        (r"No such option: (?P<name>\S+)", r"没有选项 \g<name>"),
        (r"Option '(?P<name>[^']*)' requires an argument\.", r"选项 \g<name> 后面要有值"),
        (r"Option '(?P<name>[^']*)' does not take a value\.", r"选项 \g<name> 不带值"),
        (r"Got unexpected extra argument(?:\(s\)|s)? \((?P<name>[^)]*)\)", r"多余的参数 \g<name>"),
        (r"[Ff]ile '(?P<name>[^']*)' does not exist\.", r"文件 \g<name> 不存在"),
        (r"[Ff]ile '(?P<name>[^']*)' is a directory\.", r"\g<name> 是文件夹，不是文件"),
        (r"[Ff]ile '(?P<name>[^']*)' is not readable\.", r"文件 \g<name> 不可读"),
        (r"'(?P<name>[^']*)' is not one of (?P<words>[^.]*)\.", r"“\g<name>”应为以下之一：\g<words>"),
        (r"Input should be a valid integer.*", "应为整数"),
        (r"Input should be greater than or equal to (?P<least>\S+)", r"不能小于 \g<least>"),
        (r"Input should be less than or equal to (?P<most>\S+)", r"不能大于 \g<most>"),
        (r" ?Did you mean '?(?P<name>[^'?]*)'?(?:, '[^'?]*')*\?", r"；是不是 \g<name>？"),
        (r" ?\(?Possible options: (?P<words>[^)]*)\)?", r"；可用：\g<words>"),
    )
)


def in_chinese(message: str) -> str:
    """The parser's sentence in Chinese; what it says otherwise stays as it is."""
    for pattern, chinese in _SAYINGS:
        message = pattern.sub(chinese, message)
    return message
