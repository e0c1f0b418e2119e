"""Spellings of a name as it may be typed: as written, in pinyin, by initials, and from any part on."""

import unicodedata
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from pypinyin import Style, lazy_pinyin, pinyin

# A token is at most this long, and so is what is looked for: longer texts are told apart by their first letters.
LONGEST = 40
# Of a long name only the first units are searched, and only the very first are tried with their other readings.
MOST_UNITS = 40
UNITS_READ_OTHERWISE = 6
SHORTEST_ENDING = 3


class Spellings(NamedTuple):
    """Spellings of a name: whole from its first letter on, and from within."""

    whole: frozenset[str]
    parts: frozenset[str]


def folded(text: str) -> str:
    """Return the text without case, accents and width, so that José is found as jose and ＡＢＣ as abc."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(letter for letter in letters if unicodedata.category(letter) != "Mn"))


def words(text: str) -> list[str]:
    """Return the folded words of a text. Letters and digits form words; everything else separates them."""
    return "".join(letter if letter.isalnum() else " " for letter in folded(text)).split()


def joined(text: str) -> str:
    """Return the text as one word: `chen li-hua` is `chenlihua`."""
    return "".join(words(text))[:LONGEST]


def in_order(name: str) -> str:
    """Return a key for the order of a Chinese and English index: by pinyin, then as written."""
    return f"{' '.join(_likely(_units(name)))[:100]}\t{folded(name)[:100]}"


def spellings(name: str) -> Spellings:
    """Return every way in which somebody may begin to type this name."""
    units = _units(name)[:MOST_UNITS]
    whole: set[str] = set()
    parts: set[str] = set()
    for syllables in _readings(units):
        for start in range(len(units)):
            (parts if start else whole).update(_from(start, units, syllables))
    for unit in units:
        parts.update(_endings(unit))
    return Spellings(frozenset(whole), frozenset(parts - whole))


def _units(name: str) -> list[str]:
    """Split a name into Chinese characters and words of other scripts."""
    return [unit for word in words(name) for unit in _split(word)]


def _split(word: str) -> Iterator[str]:
    for chinese, letters in groupby(word, key=_is_chinese):
        run = "".join(letters)
        yield from run if chinese else [run]


def _is_chinese(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("CJK UNIFIED")


def _from(start: int, units: list[str], syllables: list[str]) -> Iterator[str]:
    yield "".join(units[start:])[:LONGEST]
    yield "".join(syllables[start:])[:LONGEST]
    if len(units) - start > 1:
        yield "".join(syllable[0] for syllable in syllables[start:])[:LONGEST]


def _readings(units: list[str]) -> Iterator[list[str]]:
    """Yield the likely pinyin of the name, then one character at a time read otherwise: 单 is shan, dan or chan."""
    likely = list(_likely(units))
    yield likely
    for place, unit in enumerate(units[:UNITS_READ_OTHERWISE]):
        for other in _others(unit, likely[place]):
            yield [*likely[:place], other, *likely[place + 1 :]]


def _likely(units: list[str]) -> Iterator[str]:
    """Yield a syllable for every unit; neighbouring characters are read together, as in 重庆 and 重量."""
    for chinese, neighbours in groupby(units, key=_is_chinese_unit):
        run = list(neighbours)
        # A list keeps one syllable for each character; the types of pypinyin know of a text only.
        yield from lazy_pinyin("".join(run), errors=list) if chinese else run  # type: ignore[arg-type]


def _is_chinese_unit(unit: str) -> bool:
    return _is_chinese(unit[0])


def _others(unit: str, likely: str) -> set[str]:
    """Return the other readings of a character; ü is also typed as u."""
    if not _is_chinese_unit(unit):
        return set()
    known = {likely, *pinyin(unit, style=Style.NORMAL, heteronym=True)[0]}
    return (known | {reading.replace("v", "u") for reading in known}) - {likely}


def _endings(unit: str) -> Iterator[str]:
    """Yield the endings of a word of letters: `xander` finds Alexander."""
    for start in range(1, len(unit) - SHORTEST_ENDING + 1):
        yield unit[start : start + LONGEST]
