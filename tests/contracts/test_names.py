"""Names in the stores and on the wire of commands: they never change, wherever their classes stand."""

import pytest

from crm_eventlog.application import registry_of
from crm_events import PUBLISHERS
from tests.contracts.facts import mapper
from tests.contracts.listening import services

# As they stand in the stores, without the library's own first fact, which is never recorded.
FACTS = {
    "contacts": """
        Consent.Given Consent.Opened Consent.Withdrawn Customer.DetailsCorrected Customer.ImportanceListed
        Customer.Registered Touch.Recorded Unit.Opened
    """,
    "sales": """
        Lead.Assigned Lead.Captured Lead.Converted Opportunity.Lost Opportunity.Moved Opportunity.Opened
        Opportunity.Won Order.PaymentTaken Order.Placed Order.Returned
    """,
    "marketing": """
        Campaign.Approved Campaign.Launched Campaign.Planned Campaign.Rejected Campaign.Submitted
        Message.Accepted Message.Answered Message.Bounced Message.Considered Message.HandedOver
        Message.LeftOut Message.LostSightOf
    """,
    "support": """
        Case.Answered Case.Assigned Case.DeclaredUnresolvable Case.Escalated Case.Opened Case.Reopened
        Case.Resolved Rating.Given Visit.Done Visit.FellDue Visit.Skipped
    """,
    "loyalty": """
        Card.Issued Membership.Enrolled PointsAccount.Earned PointsAccount.Expired PointsAccount.Opened
        PointsAccount.Redeemed PointsAccount.TakenBack
    """,
}

# As callers name them, and as they are stored beside their answers.
COMMANDS = {
    "contacts": """
        CorrectDetails GiveConsent ListImportance OpenUnit RecordTouch RegisterCustomer RegisterCustomers
        WithdrawConsent
    """,
    "sales": """
        AssignLead CaptureLead ConvertLead LoseOpportunity MoveOpportunity OpenOpportunity PlaceOrder
        ReturnOrder TakePayment WinOpportunity
    """,
    "marketing": """
        ApproveCampaign HandOverMessage LaunchCampaign LeaveOutCustomers PlanCampaign RecordAcceptance
        RecordAnswer RecordBounce RecordUnknownOutcome RejectCampaign RequestMessages SubmitCampaign
    """,
    "support": """
        AnswerCase AskQuestion AssignCase DeclareCaseUnresolvable DoVisit EscalateCase FileComplaint
        GiveFeedback MakeVisitFallDue RateService ReopenCase ResolveCase SkipVisit
    """,
    "loyalty": """
        EarnPoints Enrol ExpireLot GrantGoodwill IssueCard RedeemPoints TakeBackPoints
    """,
}


@pytest.mark.parametrize("service", PUBLISHERS)
def test_the_stored_name_of_a_fact_never_changes(service: str) -> None:
    recorded = {name for name in mapper(service).classes if not name.endswith(".Created")}

    assert sorted(recorded) == FACTS[service].split()


@pytest.mark.parametrize("service", PUBLISHERS)
def test_the_name_of_a_command_never_changes(service: str) -> None:
    taken = registry_of(services()[service].handlers)

    assert sorted(command.__name__ for command in taken) == COMMANDS[service].split()
