"""Assignment of a case to a desk."""

from crm_kernel import Channel
from crm_support.cases.rules import AssignmentLine, AssignmentRule
from crm_support.vocabulary import CaseKind


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
