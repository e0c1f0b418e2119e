"""Texts for people, in Chinese and in English."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


@dataclass(frozen=True, slots=True)
class LocalizedText:
    """One text in both languages."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return the text in this language; English where the language is not Chinese."""
        return self.zh if language == Language.ZH else self.en


class Labelled(StrEnum):
    """An enum whose members carry the words that people read: `URGENT = "urgent", "urgent", "紧急"`."""

    label: LocalizedText

    def __new__(cls, value: str, en: str = "", zh: str = "") -> Self:
        """Make a member; without words its value is shown in both languages."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = LocalizedText(en or value.replace("_", " "), zh or en or value)
        return member


class Language(Labelled):
    """A language the company speaks with its customers."""

    ZH = "zh", "Chinese", "中文"
    EN = "en", "English", "英文"
