"""Errors by which a case rejects a command."""

from crm_kernel import DomainError, LocalizedText


class CaseAlreadyResolved(DomainError):
    """A case is resolved once. Whatever happens to it afterwards begins with reopening it."""

    message = LocalizedText("The case is already resolved.", "该服务单已解决。")
    hint = LocalizedText(
        "Reopen the case with a reason first, or open a new case.", "请先说明原因重新打开，或新建服务单。"
    )


class CaseStillOpen(DomainError):
    """Only a case that was resolved or declared unresolvable can be reopened."""

    message = LocalizedText("The case is not closed.", "该服务单尚未关闭。")
    hint = LocalizedText("Answer, resolve or escalate the case.", "请直接答复、解决或升级该服务单。")


class CaseAlreadyUnresolvable(DomainError):
    """The customer already knows this reason and this day."""

    message = LocalizedText(
        "The case is already declared unresolvable for this reason.", "该服务单已因同一原因声明暂无法解决。"
    )
    hint = LocalizedText("Enter a new reason or another expected date.", "请给出新的原因或新的预计日期。")


class CaseAlreadyEscalated(DomainError):
    """A case is escalated to the same person or desk once."""

    message = LocalizedText("The case is already escalated to this person or desk.", "该服务单已升级给对方。")
    hint = LocalizedText("Choose another, or resolve the case.", "请升级给其他人，或直接处理。")


class UnresolvableCaseEscalated(DomainError):
    """A deadline does not escalate a case whose customer was told why there is no remedy yet."""

    message = LocalizedText(
        "The customer was already told why there is no remedy yet.", "已告知客户暂无解决办法的原因。"
    )
    hint = LocalizedText("Escalate the case by hand if it must move on.", "如仍需推进，请人工升级。")


class ResolvedBeforeItWasOpened(DomainError, ValueError):
    """A case cannot end before it began."""

    message = LocalizedText("The resolution is earlier than the case.", "解决时间早于服务单的打开时间。")
    hint = LocalizedText("Correct the time of the resolution.", "请更正解决发生的时间。")


class RemedyExpectedInThePast(DomainError, ValueError):
    """A remedy is expected today or later."""

    message = LocalizedText("The expected date of the remedy has passed.", "预计解决日期已过。")
    hint = LocalizedText("Enter a future date, or leave it empty.", "请填写将来的日期，或不填。")
