"""Errors of a campaign: what its plan, its state or its dates do not allow."""

from crm_eventlog.aggregate import DomainError, LocalizedText


class CodeAlreadyTaken(DomainError):
    """A code names one campaign only."""

    message = LocalizedText("Another campaign has this code.", "该编码已被其他活动使用。")
    hint = LocalizedText("Take the next number of the series.", "请使用系列中的下一个编号。")


class CampaignEndsBeforeItStarts(DomainError, ValueError):
    """The last day of a campaign is its first day or a later one."""

    message = LocalizedText("The campaign ends before it starts.", "活动的结束日期早于开始日期。")
    hint = LocalizedText("Correct one of the two dates.", "请更正其中一个日期。")


class ChannelNotServed(DomainError, ValueError):
    """A campaign needs a channel on which we can send."""

    message = LocalizedText("Campaigns are sent by e-mail only so far.", "活动目前只通过电子邮件发送。")
    hint = LocalizedText("Plan the campaign for e-mail.", "请将活动规划为电子邮件渠道。")


class CampaignAlreadySubmitted(DomainError):
    """A campaign is handed in for approval once."""

    message = LocalizedText("The campaign was already submitted.", "该活动已提交审批。")
    hint = LocalizedText(
        "Wait for the decision, or plan a rejected campaign again.", "请等待审批；被驳回的活动请重新规划。"
    )


class CampaignNotSubmitted(DomainError):
    """A campaign is decided about only after it was handed in."""

    message = LocalizedText("The campaign was not submitted.", "该活动尚未提交审批。")
    hint = LocalizedText("Submit the campaign first.", "请先提交审批。")


class CampaignAlreadyDecided(DomainError):
    """A campaign is approved or rejected once."""

    message = LocalizedText("The campaign was already approved or rejected.", "该活动已被批准或驳回。")
    hint = LocalizedText("Plan a new campaign under the next code.", "请用下一个编码规划新活动。")


class PlannerDecidedAlone(DomainError):
    """The planner of a campaign does not decide about it."""

    message = LocalizedText("The planner may not approve or reject their own campaign.", "规划人不得审批自己的活动。")
    hint = LocalizedText("Ask somebody else to decide.", "请由其他人审批。")


class CampaignNotApproved(DomainError):
    """A campaign is launched only after its approval."""

    message = LocalizedText("The campaign was not approved.", "该活动未获批准。")
    hint = LocalizedText("Have the campaign approved first.", "请先完成审批。")


class CampaignAlreadyLaunched(DomainError):
    """A campaign is launched once."""

    message = LocalizedText("The campaign was already launched.", "该活动已启动。")
    hint = LocalizedText("Look at the results of the campaign.", "请查看活动结果。")


class OutsideTheDates(DomainError):
    """A campaign writes to customers from its first to its last day."""

    message = LocalizedText("The campaign does not run on this day.", "活动不在此日期内进行。")
    hint = LocalizedText("Launch the campaign between its first and its last day.", "请在活动起止日期之间启动。")


class CampaignNotLaunched(DomainError):
    """A campaign writes to nobody before its launch."""

    message = LocalizedText("The campaign was not launched.", "该活动尚未启动。")
    hint = LocalizedText("Launch the campaign first.", "请先启动活动。")
