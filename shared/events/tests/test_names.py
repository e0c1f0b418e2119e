"""Names on the wire follow from the package of an event, wherever its class stands in it."""

from crm_events import PUBLISHERS, TOPICS, PublicEvent, topic_of_publisher


def test_the_package_of_an_event_names_its_publisher() -> None:
    in_a_slice = type("CasePrioritised", (PublicEvent,), {"__module__": "crm_events.support.cases"})
    in_one_module = type("CasePrioritised", (PublicEvent,), {"__module__": "crm_events.support"})

    assert (in_a_slice.PUBLISHER, in_a_slice.TYPE) == ("support", "crm.support.CasePrioritised.v1")
    assert in_one_module.TYPE == in_a_slice.TYPE


def test_a_topic_is_named_after_its_publisher() -> None:
    assert topic_of_publisher("support") == "crm.support.v1"
    assert list(TOPICS) == [topic_of_publisher(publisher) for publisher in PUBLISHERS]
