"""Errors that a person can act on: the field, its value, what is wrong and what to do."""

from crm_kernel.text import LocalizedText


class DomainError(Exception):
    """A rule was broken; names the field, the value, what is wrong (`message`) and what to do (`hint`).

    Subclasses are named for the broken rule, in the past (`ComplaintAlreadyResolved`), and set `message` and `hint`.
    A text that must name an amount is set on the instance, before `super().__init__`.
    """

    message: LocalizedText = LocalizedText("The request breaks a rule.", "请求违反了规则。")
    hint: LocalizedText = LocalizedText("Correct the value and try again.", "请更正该值后重试。")

    def __init__(self, field: str, value: object) -> None:
        super().__init__(f"{type(self).__name__}: {field}={value!r}. {self.message.en} {self.hint.en}")
        self.field = field
        self.value = value


class NotFound(DomainError):
    """The record that was named does not exist here."""

    message = LocalizedText("No record with this id exists.", "没有此编号的记录。")
    hint = LocalizedText("Check the id, or create the record first.", "请检查编号，或先创建。")
