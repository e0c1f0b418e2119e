"""The words of a campaign, in both languages, with the customer's name where they ask for it."""

from dataclasses import dataclass

from crm_eventlog.aggregate import DomainError, LocalizedText
from crm_marketing.domain.audience import Language

PLACEHOLDER = "{name}"


class PlaceholderUnknown(DomainError, ValueError):
    """A template knows one placeholder, the customer's name."""

    message = LocalizedText(
        "The only placeholder is {name}; no other braces.", "模板中唯一的占位符是 {name}，不得有其他花括号。"
    )
    hint = LocalizedText(
        "Write {name} where the name belongs, or no braces.", "请在需要姓名处写 {name}，或去掉花括号。"
    )


class SubjectNotOneLine(DomainError, ValueError):
    """The subject of a mail is one line."""

    message = LocalizedText("The subject is one line.", "邮件主题只能是一行。")
    hint = LocalizedText("Take the line breaks out of the subject.", "请去掉主题中的换行。")


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in both languages."""

    en: str
    zh: str

    def in_language(self, language: Language) -> str:
        """The text the customer reads."""
        return self.zh if language is Language.ZH else self.en


@dataclass(frozen=True, slots=True)
class Words:
    """What one customer is told."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body of a campaign's messages."""

    subject: Wording
    body: Wording

    def refuse_what_cannot_be_filled(self) -> None:
        """Let only a one-line subject, and no placeholder but the name, pass."""
        for field, wording in (("subject", self.subject), ("body", self.body)):
            for text in (wording.en, wording.zh):
                if set("{}") & set(text.replace(PLACEHOLDER, "")):
                    raise PlaceholderUnknown(field, text)
        for text in (self.subject.en, self.subject.zh):
            if len(text.splitlines()) > 1:
                raise SubjectNotOneLine("subject", text)

    def words_for(self, name: str, language: Language) -> Words:
        """The words for a customer of this name; a name is written in one line, whatever it contains."""
        line = " ".join(name.split())
        subject, body = self.subject.in_language(language), self.body.in_language(language)
        return Words(subject=subject.replace(PLACEHOLDER, line), body=body.replace(PLACEHOLDER, line))
