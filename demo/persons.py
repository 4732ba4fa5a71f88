"""Synthetic persons (业主、经办人): names, resident ID numbers with valid check digits, mobile numbers.

Nobody real is meant: the ID numbers bear the area code 532300 of the prefecture itself, while such numbers
are issued by counties; the mobile numbers bear a prefix used for nobody here. Each number is used once.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from operator import mul
from random import Random
from typing import Final

SURNAMES: Final = "李李李杨杨杨王王张张罗普起鲁赵周陈刘徐马何朱郭苏毕董段高黄吴"
GIVEN: Final = "文明华丽红海燕春林国建荣兰英平志强秀珍玉芬永福光美琼云龙凤俊杰晓梅学忠正清家宏继雪"

_FIRST_BIRTH: Final = date(1945, 1, 1).toordinal()
_BIRTH_DAYS: Final = 19_723
_ID_SPACE: Final = _BIRTH_DAYS * 1000
_CHECK_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_STRIDE: Final = 7_368_787
"""Prime, so that multiples of it modulo the number of IDs or phones never meet twice."""


def names(rng: Random, count: int) -> list[str]:
    """So many names of two or three characters."""
    surnames = rng.choices(SURNAMES, k=count)
    first = rng.choices(GIVEN, k=count)
    second = rng.choices((*GIVEN, "", "", "", ""), k=count)
    return list(map("".join, zip(surnames, first, second, strict=True)))


def distinct_names(rng: Random, count: int) -> list[str]:
    """So many different names."""
    found: dict[str, None] = {}
    while len(found) < count:
        found[names(rng, 1)[0]] = None
    return list(found)


def id_number(index: int, seed: int) -> str:
    """The 18-character ID number (证件号码) of the person with this index; the last is GB 11643's check."""
    day, sequence = divmod((index * _STRIDE + seed) % _ID_SPACE, 1000)
    born = date.fromordinal(_FIRST_BIRTH) + timedelta(days=day)
    body = f"532300{born:%Y%m%d}{sequence:03d}"
    total = sum(map(mul, map(int, body), _CHECK_WEIGHTS))
    return body + "10X98765432"[total % 11]


def phone(index: int, seed: int) -> str:
    """The mobile number (联系电话) of the person with this index."""
    return f"154{(index * _STRIDE + seed) % 10**8:08d}"


def indices(county: int) -> Iterator[int]:
    """Numbers of persons of the n-th county; no two counties share one."""
    return iter(range(county * (_ID_SPACE // 10), (county + 1) * (_ID_SPACE // 10)))


def spare(index: int) -> int:
    """Numbers of persons whom no register names: counted down from the last of the first county."""
    return _ID_SPACE // 10 - 1 - index
