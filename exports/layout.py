"""What an audit file format looks like, as data (格式数据): its files, tables, fields and grammar.

None of the standards' own texts was open to us. So every name, order, length, letter and encoding is a row of
``layout.toml`` beside the format, with its mark and its source: who owns the standard corrects the row.
"""

import codecs
import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from ledger.errors import InputError

Kind = Literal["text", "date", "flag", "number", "integer"]
"""What a field holds: words, a day of eight digits, one character, a decimal number, a whole number."""

Mark = Literal["sourced", "unverified"]
"""``sourced``: read off public exporters or manuals named by ``source``; ``unverified``: our guess."""

Text = Annotated[str, Meta(min_length=1)]

FITS: Final[dict[Kind, frozenset[Kind]]] = {
    "text": frozenset({"text", "flag"}),
    "date": frozenset({"date"}),
    "flag": frozenset({"flag", "text"}),
    "number": frozenset({"number"}),
    "integer": frozenset({"integer"}),
}
"""Which kinds of field can take a value of a kind."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of data that says where it was read."""

    mark: Mark
    source: Text


class Rule(Row, frozen=True, kw_only=True):
    """One rule of writing (书写规则): encoding, separator, a word for a kind of voucher."""

    name: Text
    value: str


class Type(Row, frozen=True, kw_only=True):
    """How fields of one kind are written: letter in the description, in quotes or bare, and a missing one."""

    kind: Kind
    letter: str = ""
    quoted: bool = False
    empty: str = ""


class Field(Row, frozen=True, kw_only=True):
    """A field (字段): filled by one of the ledger's values, or always the same.

    ``width`` counts as the rule ``width-counts`` says (numbers: digits); no width is no limit. A text that
    ``cut`` allows is cut to it and noted, anything else too wide is refused; ``unique``: no two are alike.
    ``numbers``: the field stands once a number, ``{}`` in its name is the number. The mark of a field is
    about its name and place, ``width_mark`` about its width.
    """

    name: Text
    kind: Kind
    fill: str | None = None
    constant: str | None = None
    numbers: tuple[int, int] | None = None
    width: Annotated[int, Meta(ge=1)] | None = None
    decimals: Annotated[int, Meta(ge=0)] = 0
    cut: bool = False
    unique: bool = False
    width_mark: Mark = "unverified"
    width_source: str = ""

    @property
    def filled_by(self) -> str:
        """The value that fills it; of a field that ``read`` has made sure of."""
        if self.fill is None:
            raise ValueError(f"{self.name} is constant")
        return self.fill


class Table(Row, frozen=True, kw_only=True):
    """A table (表): one record for each row of ``content``, or the constant ``rows``; or none at all."""

    title: Text
    content: str | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    fields: tuple[Field, ...]


class File(Row, frozen=True, kw_only=True):
    """A file of the format and its tables; ``root`` is its outermost element where it is XML."""

    name: Text
    root: str = ""
    tables: tuple[Table, ...] = msgspec.field(name="table")


class Unverified(NamedTuple):
    """One thing of a format that nobody has held against the standard: for the list in the documentation."""

    where: str
    what: str
    source: str


class Layout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A format as data; ``version`` names its content, ``notice`` is what its receiver reads first."""

    standard: Text
    notice: Text
    version: str
    rules: tuple[Rule, ...] = msgspec.field(name="rule")
    types: tuple[Type, ...] = msgspec.field(name="type")
    files: tuple[File, ...] = msgspec.field(name="file")

    @cached_property
    def _words(self) -> dict[str, str]:
        return {rule.name: rule.value for rule in self.rules}

    @cached_property
    def type_of(self) -> Mapping[Kind, Type]:
        """How each kind of field is written."""
        return {kind.kind: kind for kind in self.types}

    def rule(self, name: str) -> str:
        """The value of a rule that ``read`` has made sure of."""
        return self._words[name]

    def has(self, content: str) -> bool:
        """Whether a table of the format holds this content."""
        return any(table.content == content for file in self.files for table in file.tables)

    def unverified(self) -> Iterator[Unverified]:
        """Every row that is marked unverified, in the order of the data."""
        for rule in self.rules:
            if rule.mark == "unverified":
                yield Unverified("规则", f"{rule.name} = {rule.value!r}", rule.source)
        for kind in self.types:
            if kind.mark == "unverified":
                yield Unverified("类型", f"{kind.kind} {kind.letter}".rstrip(), kind.source)
        for file in self.files:
            if file.mark == "unverified":
                yield Unverified(file.name, "文件名", file.source)
            for table in file.tables:
                if table.mark == "unverified":
                    yield Unverified(file.name, f"表 {table.title}", table.source)
                yield from _fields(file, table)


def _fields(file: File, table: Table) -> Iterator[Unverified]:
    for field in table.fields:
        where = f"{file.name} {table.title}" if file.root else file.name
        if field.mark == "unverified":
            yield Unverified(where, field.name, field.source)
        if field.width is not None and field.width_mark == "unverified":
            yield Unverified(where, f"{field.name} 长度 {shown_width(field)}", field.width_source)


def shown_width(field: Field) -> str:
    """The length of a field as descriptions write it: ``30``, ``20.2``; empty where there is no limit."""
    if field.width is None:
        return ""
    return f"{field.width}.{field.decimals}" if field.kind == "number" else str(field.width)


class Expected(NamedTuple):
    """What a format's code needs of its data: rules by name, what each content of a table offers.

    ``once``: contents that must have a table, and one only.
    """

    rules: frozenset[str]
    contents: Mapping[str, Mapping[str, Kind]]
    once: frozenset[str]


def read(name: str, content: bytes, expected: Expected) -> Layout:
    """A layout from its TOML; raises InputError ``layout-invalid``, in Chinese, naming the row."""
    try:
        table = tomllib.loads(content.decode())
        layout = msgspec.convert(table, Layout)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _wrong(name, f"不是 TOML 文本（{error}）") from error
    except msgspec.ValidationError as error:
        raise _wrong(name, _in_chinese(str(error))) from error
    for problem in _problems(layout, expected):
        raise _wrong(name, problem)
    digest = hashlib.sha256(content).hexdigest()[:8]
    files = tuple(
        msgspec.structs.replace(file, tables=tuple(_spelled_out(table) for table in file.tables))
        for file in layout.files
    )
    return msgspec.structs.replace(layout, version=f"{layout.version}+{digest}", files=files)


def _spelled_out(table: Table) -> Table:
    """The table with every numbered field written out: 辅助项1编号, 辅助项2编号 …."""
    fields: list[Field] = []
    for field in table.fields:
        first, last = field.numbers or (0, 0)
        fields += (
            msgspec.structs.replace(field, name=field.name.replace("{}", str(number)), numbers=None)
            for number in range(first, last + 1)
        )
    return msgspec.structs.replace(table, fields=tuple(fields))


def _wrong(name: str, problem: str) -> InputError:
    return InputError("layout-invalid", f"格式数据 {name} 不能使用：{problem}")


_PHRASES: Final = (
    (re.compile(r"Object missing required field `(.+?)`"), r"缺少“\1”"),
    (re.compile(r"Object contains unknown field `(.+?)`"), r"不认识“\1”"),
    (re.compile(r"Invalid enum value '(.*?)'"), r"不认识的值“\1”"),
    (re.compile(r"Expected `(.+?)` of length >= 1"), r"不能为空"),
    (re.compile(r"Expected `(.+?)` >= (\d+)"), r"不能小于 \2"),
    (re.compile(r"Expected `(.+?)`, got `(.+?)`"), r"应为 \1，写成了 \2"),
    (re.compile(r" - at `\$\.?(.*?)`$"), r"（位置 \1）"),
)


def _in_chinese(message: str) -> str:
    for phrase, chinese in _PHRASES:
        message = phrase.sub(chinese, message)
    return message


def _problems(layout: Layout, expected: Expected) -> Iterator[str]:
    names = [rule.name for rule in layout.rules]
    yield from (f"规则“{name}”写了两次" for name in _twice(names))
    yield from (f"缺少规则“{name}”" for name in sorted(expected.rules - set(names)))
    yield from (f"不认识规则“{name}”" for name in sorted(set(names) - expected.rules))
    for rule in layout.rules:
        if rule.name == "encoding" and not _encoding(rule.value):
            yield f"规则 encoding：没有“{rule.value}”这种编码"
        pattern = _RULES.get(rule.name, "")
        if pattern and not re.fullmatch(pattern, rule.value):
            yield f"规则 {rule.name}：不能是“{rule.value}”"
    yield from (f"类型“{kind}”写了两次" for kind in _twice([kind.kind for kind in layout.types]))
    yield from (f"文件“{name}”写了两次" for name in _twice([file.name for file in layout.files]))
    known = {kind.kind for kind in layout.types}
    filled: list[str] = []
    for file in layout.files:
        if re.search(r'[\\/:*?"<>|\s]', file.name) or file.name.startswith("."):
            yield f"“{file.name}”不能作文件名"
        if file.root and not _ELEMENT.fullmatch(file.root):
            yield f"“{file.root}”不能作 XML 元素名"
        for table in file.tables:
            filled += [table.content] if table.content else []
            for problem in _table_problems(table, expected, known, xml=bool(file.root)):
                yield f"{file.name} 的表“{table.title}”：{problem}"
    yield from (f"没有放“{content}”的表" for content in sorted(expected.once - set(filled)))
    yield from (f"有两张表放“{content}”" for content in _twice(filled) if content in expected.once)


_HEADING: Final = r"(?:[^{}\r\n]|\{(?:title|file)\})+"

_RULES: Final = {
    "line-end": "[\r\n]{1,2}",
    "separator": ".",
    "quote": ".",
    "control-becomes": "[^\x00-\x1f]*",
    "header": "[01]",
    "quiet-months": "all|ends",
    "number-digits": "[1-9][0-9]?",
    "month-digits": "[12]",
    "pro-forma-posted": "[01]",
    "width-counts": "characters|bytes",
    "description-heading-1": _HEADING,
    "description-heading-2": _HEADING,
    "description-field": r"(?=.*\{name\})(?=.*\{letter\})(?:[^{}\r\n]|\{(?:name|letter|width)\})+",
    "description-file": r"[^\\/:*?\"<>|\s.][^\\/:*?\"<>|\s]*",
}
"""Rules that cannot be just any text, and what they may be."""

_ELEMENT: Final = re.compile(r"[^\W\d][\w.-]*")


def _encoding(name: str) -> bool:
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return True


def _twice(names: list[Any]) -> list[Any]:
    return sorted({name for name in names if names.count(name) > 1})


def _table_problems(table: Table, expected: Expected, known: set[Kind], *, xml: bool) -> Iterator[str]:
    offered = expected.contents.get(table.content, {}) if table.content else {}
    if table.content and table.content not in expected.contents:
        yield f"没有“{table.content}”这种内容"
    if not table.fields:
        yield "没有字段"
    if any(len(row) != len(table.fields) for row in table.rows):
        yield "rows 中有一行的列数与字段数不同"
    if table.content and table.rows:
        yield "content 与 rows 只能写一个"
    if xml and not _ELEMENT.fullmatch(table.title):
        yield "表名不能作 XML 元素名"
    for field in table.fields:
        for problem in _field_problems(field, table, offered):
            yield f"字段“{field.name}”：{problem}"
        if field.kind not in known:
            yield f"字段“{field.name}”：类型“{field.kind}”没有 [[type]] 行"
        if xml and not _ELEMENT.fullmatch(field.name.replace("{}", "1")):
            yield f"字段“{field.name}”：不能作 XML 元素名"
    for name in _twice([field.name for field in _spelled_out(table).fields]):
        yield f"字段“{name}”写了两次"


def _field_problems(field: Field, table: Table, offered: Mapping[str, Kind]) -> Iterator[str]:
    if table.content and (field.fill is None) == (field.constant is None):
        yield "fill 与 constant 必须写一个，也只能写一个"
    if not table.content and (field.fill is not None or field.constant is not None):
        yield "表没有 content，字段不能有 fill 或 constant"
    if field.fill is not None:
        if field.fill not in offered:
            yield f"没有“{field.fill}”这个值"
        elif field.kind not in FITS[offered[field.fill]]:
            yield f"“{field.fill}”不是 {field.kind}"
        if field.kind == "number" and field.decimals < 2:
            yield "金额至少要有两位小数"
    if field.decimals and field.kind != "number":
        yield "只有 number 才有小数位数"
    if field.cut and (field.unique or field.kind != "text"):
        yield "只有 text 可以截断，unique 的不能截断"
    if field.numbers is not None and ("{}" not in field.name or not 0 < field.numbers[0] <= field.numbers[1]):
        yield "numbers 要与名称中的 {} 一起用，并从小到大"
    if field.width is not None:
        if field.decimals >= field.width:
            yield "小数位数不小于总长度"
        if field.width_mark == "sourced" and not field.width_source:
            yield "长度标为 sourced，却没有 width_source"
    if field.constant is not None:
        yield from _constant_problems(field, field.constant)


def _constant_problems(field: Field, constant: str) -> Iterator[str]:
    whole, _, cents = constant.partition(".")
    if field.kind == "number" and not (
        whole.isascii()
        and whole.isdigit()
        and len(cents) == field.decimals
        and (not cents or cents.isdigit())
    ):
        yield f"常数“{constant}”不是 {field.decimals} 位小数的数"
    if field.kind == "date" and constant and not re.fullmatch("[0-9]{8}", constant):
        yield f"常数“{constant}”不是八位日期"
    if field.kind == "integer" and not (constant.isascii() and constant.isdigit()):
        yield f"常数“{constant}”不是整数"
    if field.width is not None and len(constant.replace(".", "")) > field.width:
        yield f"常数“{constant}”超过长度 {field.width}"
