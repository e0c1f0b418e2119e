"""The words of a campaign in both languages, with a placeholder for the customer's name."""

from dataclasses import dataclass

from crm_kernel import DomainError, Language, LocalizedText

PLACEHOLDER = "{name}"


class PlaceholderUnknown(DomainError, ValueError):
    """A template knows one placeholder, the customer's name."""

    message = LocalizedText(
        "The only placeholder is {name}. Other braces are not allowed.",
        "模板中唯一的占位符是 {name}，不得有其他花括号。",
    )
    hint = LocalizedText(
        "Write {name} where the name belongs, or remove the braces.", "请在需要姓名处写 {name}，或去掉花括号。"
    )


class SubjectNotOneLine(DomainError, ValueError):
    """The subject of an e-mail is one line."""

    message = LocalizedText("The subject of an e-mail is one line.", "邮件主题只能是一行。")
    hint = LocalizedText("Remove the line breaks from the subject.", "请去掉主题中的换行。")


@dataclass(frozen=True, slots=True)
class Words:
    """The subject and the body that one customer reads."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Template:
    """Subject and body of a campaign's messages."""

    subject: LocalizedText
    body: LocalizedText

    def refuse_what_cannot_be_filled(self) -> None:
        """Reject a subject of several lines, and any placeholder but the name."""
        for field, wording in (("subject", self.subject), ("body", self.body)):
            for text in (wording.en, wording.zh):
                if set("{}") & set(text.replace(PLACEHOLDER, "")):
                    raise PlaceholderUnknown(field, text)
        for text in (self.subject.en, self.subject.zh):
            if len(text.splitlines()) > 1:
                raise SubjectNotOneLine("subject", text)

    def words_for(self, name: str, language: Language) -> Words:
        """Return the words for a customer of this name; a name is written in one line, whatever it contains."""
        line = " ".join(name.split())
        subject, body = self.subject.in_language(language), self.body.in_language(language)
        return Words(subject=subject.replace(PLACEHOLDER, line), body=body.replace(PLACEHOLDER, line))
