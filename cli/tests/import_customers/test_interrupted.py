"""An import while contacts refuses rows, falls silent or is slow: the repeated requests and the final report."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cli.tests.crm_command import CLERK, write_csv
from cli.tests.import_customers.contacts_stub import (
    OF_BEFORE,
    Contacts,
    occurred_at,
    refusing,
    refusing_in_general,
    run_leaping,
)
from crm_cli.client import Refusal, WaitTimedOut
from crm_cli.errors import CliError
from crm_cli.import_customers.mapping import MappingFile
from crm_cli.import_customers.run import import_customers
from crm_cli.import_customers.sending import ImportInterrupted
from crm_cli.options import Encoding

BUSY = (503, {"title": "Busy"})
CONFLICT = (409, {"type": "urn:crm:conflict", "title": "Somebody else was first"})
MARKED = "\ufeffno,name,crm_line,crm_field,crm_value,crm_rule,crm_hint\r\n"


def imported(contacts: Contacts, folder: Path, numbers: range, **how: Any) -> dict[str, Any]:
    """Import these customers, and return the report without its seconds."""
    rows = [[str(UUID(int=number)), f"王{number}"] for number in numbers]
    file = write_csv(folder / "c.csv", [["no", "name"], *rows])
    usual: dict[str, Any] = {"mapping": MappingFile(), "encoding": Encoding.UTF_8, "by": CLERK, "language": "en"}

    async def story() -> dict[str, Any]:
        async with contacts.client() as client:
            return (await import_customers(file, client=client, **usual, **how)).as_json()

    report = run_leaping(story())
    assert report.pop("seconds") >= 0
    return report


def report_of(folder: Path, rejected: int = 0, *, dry_run: bool = False, **counted: int) -> dict[str, Any]:
    """Return the expected report."""
    rejects = str(folder / "c.rejects.csv") if rejected else None
    expected = {"file": str(folder / "c.csv"), "dry_run": dry_run, "rejects": rejects, "ignored_columns": []}
    return {**expected, "read": 0, "acceptable": 0, "registered": 0, "known": 0, "rejected": rejected, **counted}


def handed_back(folder: Path, *rows: tuple[int, str]) -> None:
    """Compare the whole file of rejects, byte by byte."""
    lines = [f"{UUID(int=number)},王{number},{number + 1},{reasons}\r\n" for number, reasons in rows]
    assert (folder / "c.rejects.csv").read_bytes() == (MARKED + "".join(lines)).encode()


def asked_for(contacts: Contacts) -> list[list[int]]:
    return [request.numbers for request in contacts.commands]


def test_a_batch_is_one_command_of_whoever_imports_whose_key_follows_from_what_it_says(tmp_path: Path) -> None:
    first, second, other, begun = Contacts(), Contacts(), Contacts(), datetime.now(UTC)

    for contacts, numbers in ((first, range(1, 502)), (second, range(1, 502)), (other, range(2, 502))):
        imported(contacts, tmp_path, numbers)

    assert asked_for(first) == [list(range(1, 501)), [501]]
    keys = [[each.headers["idempotency-key"] for each in contacts.commands] for contacts in (first, second, other)]
    assert keys[0] == keys[1]
    assert len({*keys[0], *keys[2]}) == 3
    assert {key[:7] for key in keys[0]} == {"import-"}
    who = {name: first.commands[1].headers[f"crm-{name}"] for name in ("role", "unit", "channel", "actor")}
    assert who == {"role": "clerk", "unit": "GZ-TIANHE", "channel": "store", "actor": "%E6%9D%8E%E5%A8%9C"}
    assert len({occurred_at(each) for each in first.commands}) == 1
    assert begun <= occurred_at(first.commands[0]) <= datetime.now(UTC)


def test_the_rows_a_refusal_names_are_handed_back_and_all_others_are_sent_once_more(tmp_path: Path) -> None:
    contacts = Contacts(refusing(3, 5, of_rows=("name", "phones.0", "")))

    report = imported(contacts, tmp_path, range(1, 8))

    assert report == report_of(tmp_path, 2, read=7, registered=5)
    assert asked_for(contacts) == [[1, 2, 3, 4, 5, 6, 7], [1, 2, 4, 6, 7]]
    fields = "name | phones.0 | row"
    handed_back(tmp_path, (3, f"{fields}, | 3,Not 3.,Ask."), (5, f"{fields}, | 5,Not 5.,Ask."))


def test_nobody_is_sent_again_when_a_refusal_names_everybody(tmp_path: Path) -> None:
    contacts = Contacts(refusing(1, 2))

    report = imported(contacts, tmp_path, range(1, 3))

    assert report == report_of(tmp_path, 2, read=2)
    assert asked_for(contacts) == [[1, 2]]
    handed_back(tmp_path, (1, "name,,Not 1.,Ask."), (2, "name,,Not 2.,Ask."))


OF_THE_BATCH = {"field": "customers", "value": 7, "rule": "Too much.", "hint": "Less."}
OF_NO_VALUE = {"field": "elsewhere", "value": None, "rule": "Odd.", "hint": "Ask."}
WITHIN_A_WORD = {"field": "our.customers.0", "value": "x", "rule": "Odd.", "hint": "Ask."}


@pytest.mark.parametrize(
    ("status", "problem", "reasons"),
    [
        (422, {"title": "Not so", "detail": "Because."}, "row,,Not so,Because."),
        (413, {"detail": "Too large."}, "row,,,Too large."),
        (409, {"title": "Taken", "errors": []}, "row,,Taken,"),
        (409, {"type": "urn:conflict:of-another-kind", "errors": None}, "row,,,"),
        (422, {"errors": [OF_THE_BATCH]}, "row,7,Too much.,Less."),
        (422, {"errors": [OF_THE_BATCH, OF_NO_VALUE]}, "row | elsewhere,7 | ,Too much. | Odd.,Less. | Ask."),
        (422, {"errors": [WITHIN_A_WORD]}, "our.customers.0,x,Odd.,Ask."),
    ],
)
def test_whom_a_refusal_means_without_naming_anybody_is_found_by_halves(
    tmp_path: Path, status: int, problem: dict[str, Any], reasons: str
) -> None:
    contacts = Contacts(refusing_in_general(2, 5, status=status, **problem))

    report = imported(contacts, tmp_path, range(1, 6))

    assert report == report_of(tmp_path, 2, read=5, registered=3)
    assert asked_for(contacts) == [[1, 2, 3, 4, 5], [1, 2], [1], [2], [3, 4, 5], [3], [4, 5], [4], [5]]
    handed_back(tmp_path, (2, reasons), (5, reasons))


@pytest.mark.parametrize(
    ("status", "errors"),
    [(400, []), (401, []), (403, [OF_THE_BATCH]), (404, None), (422, [{**OF_THE_BATCH, "field": "Crm-Unit"}]),
     (422, [OF_THE_BATCH, {**OF_THE_BATCH, "field": "Idempotency-Key"}])],
)  # fmt: skip
def test_what_is_not_about_the_rows_ends_the_import_with_nobody_handed_back(
    tmp_path: Path, status: int, errors: list[dict[str, Any]] | None
) -> None:
    problem = {"title": "No", "detail": "Not you.", "errors": errors}
    contacts = Contacts(refusing_in_general(1, status=status, **problem))

    with pytest.raises(Refusal) as refused:
        imported(contacts, tmp_path, range(1, 4))

    assert (refused.value.status, refused.value.problem) == (status, problem)
    assert asked_for(contacts) == [[1, 2, 3]]
    assert not (tmp_path / "c.rejects.csv").exists()


@pytest.mark.parametrize("trouble", ["silence", "answer lost", "busy afterwards", BUSY, (500, {}), CONFLICT])
def test_whoever_was_sent_several_times_until_contacts_answered_is_registered_by_this_import(
    tmp_path: Path, trouble: Any
) -> None:
    contacts = Contacts()
    contacts.troubles = [trouble] * 4

    report = imported(contacts, tmp_path, range(1, 4))

    assert report == report_of(tmp_path, read=3, registered=3)
    assert [each.at for each in contacts.commands] == pytest.approx([0, 1, 3, 7, 15])
    assert asked_for(contacts) == [[1, 2, 3]] * 5
    assert len({each.headers["idempotency-key"] for each in contacts.commands}) == 1


@pytest.mark.parametrize("trouble", [BUSY, (500, {"detail": "Broken."})])
def test_contacts_that_stays_busy_is_told_as_it_says(tmp_path: Path, trouble: tuple[int, dict[str, Any]]) -> None:
    contacts = Contacts()
    contacts.troubles = [trouble] * 5

    with pytest.raises(Refusal) as refused:
        imported(contacts, tmp_path, range(1, 3))

    assert (refused.value.status, refused.value.problem) == trouble


@pytest.mark.parametrize(("before", "registered"), [(0, 0), (1, 0), (2, 500), (3, 1000)])
def test_an_import_that_was_interrupted_says_how_many_are_sure_and_knows_them_the_next_time(
    tmp_path: Path, before: int, registered: int
) -> None:
    contacts, numbers = Contacts(), range(1, 1602)
    contacts.troubles = [*["works"] * before, *["silence"] * 5]

    with pytest.raises(ImportInterrupted) as interrupted:
        imported(contacts, tmp_path, numbers)
    again = imported(contacts, tmp_path, numbers)

    assert str(interrupted.value) == (
        "contacts does not answer at http://contacts (ConnectError): `crm lag` shows which services do. "
        f"At least {registered} customers were registered: import the same file again, they will be known"
    )
    assert again == report_of(tmp_path, read=1601, registered=1601 - 500 * before, known=500 * before)


def test_customers_of_an_earlier_file_are_known_also_in_a_batch_that_registers_others(tmp_path: Path) -> None:
    contacts = Contacts()
    contacts.registered = dict.fromkeys([2, 3], OF_BEFORE)

    mixed = imported(contacts, tmp_path, range(1, 5))
    some = imported(contacts, tmp_path, range(1, 3))
    looks = len(contacts.looks)
    repeated = imported(contacts, tmp_path, range(1, 5))

    assert mixed == report_of(tmp_path, read=4, registered=2, known=2)
    assert some == report_of(tmp_path, read=2, known=2)
    assert repeated == report_of(tmp_path, read=4, known=4)
    assert len(contacts.looks) == looks


def test_cards_are_asked_for_two_hundred_at_a_time_a_batch_later(tmp_path: Path) -> None:
    contacts = Contacts()

    report = imported(contacts, tmp_path, range(1, 702))

    assert report == report_of(tmp_path, read=701, registered=701)
    spans = [(each.numbers[0], each.numbers[-1], len(each.numbers)) for each in contacts.looks]
    assert spans == [(1, 200, 200), (201, 400, 200), (401, 500, 100), (501, 700, 200), (701, 701, 1)]


def test_cards_that_come_late_are_waited_for_with_longer_and_longer_pauses(tmp_path: Path) -> None:
    contacts = Contacts()
    contacts.blind_looks, contacts.troubles_of_looks = 9, ["silence"]

    report = imported(contacts, tmp_path, range(1, 3))

    assert report == report_of(tmp_path, read=2, registered=2)
    waited = [0, 1, 1.02, 1.06, 1.14, 1.3, 1.62, 2.26, 3.26, 4.26, 5.26]
    assert [each.at for each in contacts.looks] == pytest.approx(waited)


def test_cards_that_never_come_end_the_import_after_two_minutes_with_the_way_out(tmp_path: Path) -> None:
    contacts = Contacts()
    contacts.blind_looks = 1000

    with pytest.raises(WaitTimedOut) as never:
        imported(contacts, tmp_path, range(1, 4))

    assert str(never.value) == (
        "contacts does not show the last 3 customers it registered: `crm lag` shows what waits. "
        "Then import the same file again"
    )
    assert 119 < contacts.looks[-1].at <= 120


def test_a_trial_asks_who_has_a_card_and_registers_nobody(tmp_path: Path) -> None:
    contacts, received = Contacts(), list[tuple[int, int]]()
    contacts.registered = dict.fromkeys([*range(190, 211), 501], OF_BEFORE)

    trial = imported(contacts, tmp_path, range(1, 503), dry_run=True, progress=lambda *done: received.append(done))

    assert trial == report_of(tmp_path, dry_run=True, read=502, acceptable=480, known=22)
    assert received == [(500, 502), (502, 502)]
    assert [len(each.numbers) for each in contacts.looks] == [200, 200, 100, 2]
    assert contacts.commands == []


def test_what_was_interrupted_in_a_trial_is_told_too(tmp_path: Path) -> None:
    contacts = Contacts()
    contacts.troubles_of_looks = ["silence"] * 5

    with pytest.raises(CliError, match="At least 0 customers were registered"):
        imported(contacts, tmp_path, range(1, 3), dry_run=True)
