"""Names that an operator and a caller find: variables, read models and addresses under the names they were given."""

import pytest

from crm_chassis.testing import help_of
from crm_support.cases.read_models import cases
from crm_support.service import SERVICE
from crm_support.visits.read_models import visits_due
from services.support.tests.world import World

COMMANDS = (
    "ask-question",
    "file-complaint",
    "give-feedback",
    "assign-case",
    "answer-case",
    "resolve-case",
    "declare-case-unresolvable",
    "reopen-case",
    "escalate-case",
    "rate-service",
    "do-visit",
    "skip-visit",
)
PAGES = ("/desks/{desk}/cases", "/customers/{customer_id}/cases", "/cases/{case_id}", "/visits")


def test_the_service_is_started_by_its_name_and_says_what_can_be_set() -> None:
    said = help_of("crm_support")

    assert said.startswith("usage: python -m crm_support [-h] WHAT")
    assert "  CRM_SUPPORT_PAGE_SIZE [50]  " in said


def test_support_listens_to_variables_of_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_SUPPORT_PAGE_SIZE", "7")
    monkeypatch.setenv("CRM_SALES_PAGE_SIZE", "8")

    assert (SERVICE.name, SERVICE.settings().page_size) == ("support", 7)


def test_the_document_names_every_command_and_page_of_support(a_month: World) -> None:
    document = a_month.get("/openapi.json")

    tagged: dict[str, set[str]] = {}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            tagged.setdefault(operation["tags"][0], set()).add(path)
    assert tagged["commands"] == {f"/commands/{name}" for name in COMMANDS}
    assert tagged["support"] == set(PAGES)
    assert document["info"]["description"] == SERVICE.about


def test_a_read_model_is_built_anew_only_when_its_version_says_so() -> None:
    # Another name or version makes every installation build it anew: that is decided, not stumbled into.
    models = [module.READ_MODEL for module in (cases, visits_due)]

    assert [(model.name, model.version, model.topics) for model in models] == [
        ("cases", 1, {"crm.support.v1"}),
        ("visits_due", 1, {"crm.support.v1"}),
    ]
