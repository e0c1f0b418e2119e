"""Which desk a case goes to."""

import pytest

from crm_support.domain.assignment import ASSIGNMENT, AssignmentLine, AssignmentRule
from crm_support.domain.case import CaseKind
from crm_support.domain.channel import Channel


@pytest.mark.parametrize(
    ("kind", "channel", "desk"),
    [
        (CaseKind.COMPLAINT, Channel.STORE, "complaints"),
        (CaseKind.CRITICISM, Channel.WEB, "complaints"),
        (CaseKind.SUGGESTION, Channel.CALL_CENTRE, "product"),
        (CaseKind.NEED, Channel.FIELD, "product"),
        (CaseKind.PRAISE, Channel.MAIL, "care"),
        (CaseKind.QUESTION, Channel.WEB, "online"),
        (CaseKind.QUESTION, Channel.MAIL, "online"),
        (CaseKind.QUESTION, Channel.CALL_CENTRE, "hotline"),
        (CaseKind.QUESTION, Channel.STORE, "store"),
        (CaseKind.QUESTION, Channel.VIP_CLUB, "service"),
    ],
)
@pytest.mark.feature("P20")
def test_a_case_goes_to_the_desk_of_its_kind_and_channel(kind: CaseKind, channel: Channel, desk: str) -> None:
    assert ASSIGNMENT.line_for(kind, channel).desk == desk


def test_the_first_line_that_fits_assigns() -> None:
    rule = AssignmentRule(
        version="of this test",
        lines=(
            AssignmentLine(kind=CaseKind.QUESTION, channel=Channel.WEB, desk="narrow", assignee="lin.mei"),
            AssignmentLine(kind=CaseKind.QUESTION, desk="wide"),
        ),
        otherwise=AssignmentLine(desk="rest"),
    )

    lines = [rule.line_for(CaseKind.QUESTION, channel) for channel in (Channel.WEB, Channel.STORE)]

    assert [(line.desk, line.assignee) for line in lines] == [("narrow", "lin.mei"), ("wide", None)]
    assert rule.line_for(CaseKind.PRAISE, Channel.WEB).desk == "rest"
