"""Names on the wire: they never change, wherever the class of an event stands."""

from crm_events import EVENTS, PUBLISHERS, TOPICS, PublicEvent, topic_of_publisher

TYPES = """
    crm.contacts.CustomerRegistered.v1
    crm.contacts.DetailsCorrected.v1
    crm.contacts.CustomerTouched.v1
    crm.contacts.ConsentGiven.v1
    crm.contacts.ConsentWithdrawn.v1
    crm.contacts.ImportanceListed.v1
    crm.contacts.UnitOpened.v1
    crm.sales.LeadCaptured.v1
    crm.sales.LeadAssigned.v1
    crm.sales.LeadConverted.v1
    crm.sales.OpportunityOpened.v1
    crm.sales.OpportunityMoved.v1
    crm.sales.OpportunityWon.v1
    crm.sales.OpportunityLost.v1
    crm.sales.OrderPlaced.v1
    crm.sales.PaymentTaken.v1
    crm.sales.OrderReturned.v1
    crm.marketing.CampaignPlanned.v1
    crm.marketing.CampaignSubmitted.v1
    crm.marketing.CampaignApproved.v1
    crm.marketing.CampaignRejected.v1
    crm.marketing.CampaignLaunched.v1
    crm.marketing.MessageRequested.v1
    crm.marketing.MessageHandedOver.v1
    crm.marketing.MessageAccepted.v1
    crm.marketing.MessageBounced.v1
    crm.marketing.MessageOutcomeUnknown.v1
    crm.marketing.MessageAnswered.v1
    crm.marketing.CustomerLeftOut.v1
    crm.support.QuestionAsked.v1
    crm.support.ComplaintFiled.v1
    crm.support.FeedbackGiven.v1
    crm.support.CaseAssigned.v1
    crm.support.CaseAnswered.v1
    crm.support.CaseResolved.v1
    crm.support.CaseDeclaredUnresolvable.v1
    crm.support.CaseReopened.v1
    crm.support.CaseEscalated.v1
    crm.support.ServiceRated.v1
    crm.support.VisitFellDue.v1
    crm.support.VisitDone.v1
    crm.support.VisitSkipped.v1
    crm.loyalty.MemberEnrolled.v1
    crm.loyalty.CardIssued.v1
    crm.loyalty.PointsEarned.v1
    crm.loyalty.PointsTakenBack.v1
    crm.loyalty.PointsRedeemed.v1
    crm.loyalty.PointsExpired.v1
"""


def test_the_name_of_an_event_on_the_wire_never_changes() -> None:
    assert sorted(EVENTS) == sorted(TYPES.split())


def test_the_package_of_an_event_names_its_publisher() -> None:
    in_a_slice = type("CasePrioritised", (PublicEvent,), {"__module__": "crm_events.support.cases"})
    in_one_module = type("CasePrioritised", (PublicEvent,), {"__module__": "crm_events.support"})

    assert (in_a_slice.PUBLISHER, in_a_slice.TYPE) == ("support", "crm.support.CasePrioritised.v1")
    assert in_one_module.TYPE == in_a_slice.TYPE


def test_a_topic_is_named_after_its_publisher() -> None:
    assert topic_of_publisher("support") == "crm.support.v1"
    assert list(TOPICS) == [topic_of_publisher(publisher) for publisher in PUBLISHERS]
