"""Writing to the audience when a campaign is launched, on the real store, log, read models and reactions."""

from datetime import timedelta
from uuid import UUID

import pytest

from crm_chassis.testing import NOON
from crm_events import marketing as events
from crm_events.contacts import ConsentWithdrawn, ImportanceListed, ImportanceListing
from crm_events.support import CaseDeclaredUnresolvable, CaseKind, CaseResolved, ComplaintFiled, QuestionAsked, Severity
from crm_events.values import Channel, ConsentChannel, Language
from crm_marketing.campaigns import effects
from services.marketing.tests.running_service import Marketing, a_customer

MS_CHEN, MR_WU = UUID(int=7), UUID(int=8)
COMPLAINT = UUID(int=2)
FILED = ComplaintFiled(
    customer_id=MS_CHEN, case_id=COMPLAINT, channel=Channel.CALL_CENTRE, subject="Screen", text="It flickers.",
    severity=Severity.HIGH,
)  # fmt: skip
OF_THE_COMPLAINT = {"customer_id": MS_CHEN, "case_id": COMPLAINT, "kind": CaseKind.COMPLAINT}
RESOLVED = CaseResolved(**OF_THE_COMPLAINT, resolution="Repaired", opened_at=NOON, waited=timedelta(days=3))


@pytest.mark.parametrize(
    "database", ["marketing", pytest.param("marketing_on_postgresql", marks=pytest.mark.needs_postgres)]
)
def test_everybody_who_may_be_written_to_gets_one_email(database: str, request: pytest.FixtureRequest) -> None:
    marketing = request.getfixturevalue(database)
    marketing.hear(*a_customer(7), *a_customer(8, name="Ann", language=Language.EN))
    campaign_id = marketing.launched()

    marketing.turn()

    emails = {email["To"].addresses[0].addr_spec: email["Subject"] for email in marketing.smtp.received}
    assert emails == {"c7@example.com": "陈7，全新 X2 上市", "c8@example.com": "Ann, the new X2 is here"}
    shown = marketing.get(f"/campaigns/{campaign_id}/messages")["items"]
    assert {email["Message-ID"].partition("@")[0] for email in marketing.smtp.received} == {
        f"<{message['message_id']}" for message in shown
    }
    assert marketing.states(campaign_id) == {7: "accepted", 8: "accepted"}


@pytest.mark.feature("M21")
def test_a_campaign_reaches_the_customers_it_is_for_and_nobody_else(marketing: Marketing) -> None:
    elsewhere = a_customer(9)[0].addresses[0].model_copy(update={"city": "北京"})
    marketing.hear(
        *a_customer(7), *a_customer(8), *a_customer(9, addresses=(elsewhere,)), *a_customer(10, language=Language.EN)
    )
    for number in (7, 9, 10):
        marketing.hear(listed(number, ImportanceListing.RED))
    campaign_id = marketing.launched(audience={"languages": ["zh"], "importance": ["red"], "cities": ["广州", "深圳"]})

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "accepted"}


def test_different_customers_get_the_template_of_their_campaign(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), listed(7, ImportanceListing.RED), *a_customer(8))
    words = {
        "subject": {"en": "Tea at our house", "zh": "贵宾茶会"},
        "body": {"en": "Dear {name}", "zh": "{name}，您好"},
    }
    marketing.launched(code="CM-2026-049", audience={"importance": ["red"]}, **words)
    marketing.launched(code="CM-2026-050", audience={"importance": ["general"]})

    marketing.turn()

    emails = {email["To"].addresses[0].addr_spec: email["Subject"] for email in marketing.smtp.received}
    assert emails == {"c7@example.com": "贵宾茶会", "c8@example.com": "陈8，全新 X2 上市"}


def test_who_may_not_be_written_to_is_left_out_with_the_reason(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False), *a_customer(9), *a_customer(10, emails=()))
    marketing.hear(FILED, listed(9, ImportanceListing.BLACK))
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "open_complaint", 8: "no_consent", 9: "black_listed", 10: "no_address"}
    assert marketing.smtp.offered == []


def test_a_customer_left_out_for_a_complaint_is_told_with_its_case(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), FILED)
    marketing.launched()

    marketing.turn()

    (left_out,) = marketing.published(events.CustomerLeftOut)
    assert (left_out.data.reason, left_out.data.case_id) == (events.LeftOutReason.OPEN_COMPLAINT, COMPLAINT)
    assert left_out.causation_id == str(marketing.published(events.CampaignLaunched)[0].id)


def test_a_complaint_without_a_remedy_still_leaves_the_customer_out(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), FILED, CaseDeclaredUnresolvable(**OF_THE_COMPLAINT, reason="Until firmware 2.1"))
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "open_complaint"}


def test_an_open_question_does_not_leave_the_customer_out(marketing: Marketing) -> None:
    question = QuestionAsked(
        customer_id=MS_CHEN, case_id=UUID(int=3), channel=Channel.WEB, subject="Screen", text="Why?"
    )
    marketing.hear(*a_customer(7), question, FILED, RESOLVED)
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "accepted"}


def test_a_complaint_between_request_and_hand_over_calls_the_message_back(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(MS_CHEN)])
    marketing.hear(*a_customer(7), FILED)

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "open_complaint"}
    assert marketing.smtp.offered == []


def test_a_message_to_somebody_nobody_knows_is_called_back(marketing: Marketing) -> None:
    campaign_id = marketing.launched()
    marketing.ask("request-messages", campaign_id=campaign_id, customer_ids=[str(MS_CHEN)])

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "no_address"}


def test_consent_withdrawn_yesterday_and_given_today_stands_whatever_is_heard_first(marketing: Marketing) -> None:
    withdrawn = ConsentWithdrawn(customer_id=MS_CHEN, channel=ConsentChannel.EMAIL, reason="too many")
    marketing.hear(*a_customer(7))
    marketing.hear(withdrawn, time=NOON - timedelta(hours=24))
    campaign_id = marketing.launched()

    marketing.turn()

    assert marketing.states(campaign_id) == {7: "accepted"}


def test_a_launch_heard_again_requests_nothing_and_leaves_nobody_out_twice(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), *a_customer(8, consent=False))
    marketing.launched()
    marketing.turn()
    before = everything_said(marketing)

    marketing.react_again()

    assert everything_said(marketing) == before


def test_a_launch_heard_again_after_the_audience_changed_writes_to_the_new_customers_only(marketing: Marketing) -> None:
    marketing.hear(*a_customer(7), FILED)
    campaign_id = marketing.launched()
    marketing.turn()
    marketing.hear(RESOLVED, *a_customer(8))

    marketing.react_again()

    assert marketing.states(campaign_id) == {7: "open_complaint", 8: "accepted"}


def test_an_audience_larger_than_a_page_is_written_to_page_by_page(
    marketing: Marketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "BATCH", 3)
    marketing.hear(*(event for number in range(1, 9) for event in a_customer(number, consent=number % 4 != 0)))
    campaign_id = marketing.launched()

    marketing.turn()

    expected = {number: "accepted" if number % 4 else "no_consent" for number in range(1, 9)}
    assert marketing.states(campaign_id) == expected
    assert len(marketing.smtp.received) == 6


def listed(number: int, listing: ImportanceListing) -> ImportanceListed:
    return ImportanceListed(
        customer_id=UUID(int=number), listing=listing, before=ImportanceListing.GENERAL, reason="key customer"
    )


def everything_said(marketing: Marketing) -> list[UUID]:
    return [event.id for event in marketing.published(object)]
