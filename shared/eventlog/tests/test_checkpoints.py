"""Signed checkpoints and proofs, which reveal a store rewritten with all its hashes."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, text

from crm_eventlog.audit import (
    Checkpoint,
    CheckpointsAltered,
    Finding,
    KeyUnusable,
    NotProvable,
    NotToBeSigned,
    Signer,
    append_checkpoint,
    checkpoint_verifiers_of,
    fact_of,
    new_key,
    private_key_in,
    prove,
    public_key_in,
    read_checkpoints,
    verify_chains,
)
from crm_eventlog.store import EventStore, partition_of
from crm_eventlog.tables import events
from shared.eventlog.tests.support.notes import NOON, PARTITIONS, Notes, WriteNote, context
from shared.eventlog.tests.support.rewriting import chain_anew

CHEN = UUID(int=7)
PART = partition_of(CHEN, PARTITIONS)
SCRIPT = Path(__file__).parents[3] / "docs" / "how-to" / "check_proof.py"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def write(notes: Notes, count: int, word: str = "asks") -> None:
    for number in range(count):
        command = WriteNote(customer_id=CHEN, text=f"{word} {number}")
        notes.execute(command, context(f"{word}-{number}"))


def tampered(store: EventStore, statement: str) -> None:
    with store.engine.begin() as db:
        db.execute(text(statement))


@pytest.fixture
def signed_twice(notes: Notes) -> tuple[Notes, list[Checkpoint]]:
    """Sign three facts, then two more."""
    signer, checkpoints = Signer(notes.store, KEY), []
    for count, word in ((3, "asks"), (2, "calls")):
        write(notes, count, word)
        checkpoint = signer.sign(NOON)
        assert checkpoint is not None
        checkpoints.append(checkpoint)
    return notes, checkpoints


def test_what_was_signed_passes(signed_twice: tuple[Notes, list[Checkpoint]]) -> None:
    notes, checkpoints = signed_twice

    assert [checkpoint.statement["facts"] for checkpoint in checkpoints] == [3, 5]
    assert verify_chains(notes.store, witnesses=checkpoint_verifiers_of(checkpoints)) == []


@pytest.mark.parametrize(("pos", "first", "last"), [(2, 1, 3), (3, 1, 3), (4, 4, 5), (5, 4, 5)])
def test_a_rewritten_tail_whose_chain_was_made_anew_is_named_by_the_checkpoint_it_belies(
    signed_twice: tuple[Notes, list[Checkpoint]], pos: int, first: int, last: int
) -> None:
    notes, checkpoints = signed_twice
    tampered(notes.store, f"UPDATE events SET command_id = 'forged' WHERE pos = {pos}")
    chain_anew(notes.store)

    findings = verify_chains(notes.store, witnesses=checkpoint_verifiers_of(checkpoints))

    at = checkpoints[0].at
    assert verify_chains(notes.store) == []
    assert findings == [Finding(PART, first, f"rewritten: positions {first} to {last} are not those signed at {at}")]


def test_a_tail_that_was_cut_off_with_its_counter_is_missed(signed_twice: tuple[Notes, list[Checkpoint]]) -> None:
    notes, checkpoints = signed_twice
    tampered(notes.store, "DELETE FROM events WHERE pos >= 4")
    chain_anew(notes.store)

    findings = verify_chains(notes.store, witnesses=checkpoint_verifiers_of(checkpoints))

    assert verify_chains(notes.store) == []
    assert findings == [
        Finding(PART, 4, f"cut off: positions 4 to 5 are not all there, as signed at {checkpoints[1].at}")
    ]


def test_a_store_that_was_altered_gets_no_signature(signed_twice: tuple[Notes, list[Checkpoint]]) -> None:
    notes, checkpoints = signed_twice
    tampered(notes.store, "UPDATE events SET command_id = 'forged' WHERE pos = 2")

    with pytest.raises(NotToBeSigned, match="position 2: altered"):
        Signer(notes.store, KEY).sign(NOON)
    chain_anew(notes.store)
    with pytest.raises(NotToBeSigned, match="position 1: rewritten: positions 1 to 3"):
        Signer(notes.store, KEY, checkpoints).sign(NOON)


def test_a_signer_reads_only_what_was_added_and_signs_nothing_twice(notes: Notes) -> None:
    signer, read = Signer(notes.store, KEY), list[int]()
    write(notes, 3)
    first = signer.sign(NOON, read.append)
    again = signer.sign(NOON, read.append)
    write(notes, 2, "calls")

    second = signer.sign(NOON, read.append)

    assert (read, again) == ([3, 2], None)
    assert first
    assert second
    assert second.statement["previous"] == first.digest
    whole = Signer(notes.store, KEY, [first]).sign(NOON)
    assert whole
    assert whole.heads == second.heads


@pytest.fixture
def kept(signed_twice: tuple[Notes, list[Checkpoint]], tmp_path: Path) -> Path:
    path = tmp_path / "checkpoints"
    for checkpoint in signed_twice[1]:
        append_checkpoint(path, checkpoint)
    return path


def test_checkpoints_are_read_back_as_they_were_signed(
    signed_twice: tuple[Notes, list[Checkpoint]], kept: Path
) -> None:
    assert read_checkpoints(kept, KEY.public_key()) == {"notes": signed_twice[1]}


def test_a_line_that_was_never_finished_is_cut_off(kept: Path, signed_twice: tuple[Notes, list[Checkpoint]]) -> None:
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-40])

    half = read_checkpoints(kept, KEY.public_key())
    append_checkpoint(kept, signed_twice[1][1])

    assert half == {"notes": signed_twice[1][:1]}
    assert kept.read_bytes() == whole


def _heads_exchanged(line: dict[str, Any]) -> None:
    line["partitions"][PART][1] += 1


def _said_otherwise(line: dict[str, Any]) -> None:
    line["statement"]["at"] = "2020-01-01T00:00:00.000000+00:00"


def _signed_by_another(line: dict[str, Any]) -> None:
    statement = json.dumps(line["statement"], sort_keys=True, separators=(",", ":")).encode()
    line["signature"] = Ed25519PrivateKey.generate().sign(statement).hex()


@pytest.mark.parametrize("change", [_heads_exchanged, _said_otherwise, _signed_by_another, dict.clear])
def test_a_line_that_was_altered_is_named(kept: Path, change: Callable[[dict[str, Any]], None]) -> None:
    first, second = map(json.loads, kept.read_bytes().splitlines())
    change(second)
    kept.write_text(f"{json.dumps(first)}\n{json.dumps(second)}\n")

    with pytest.raises(CheckpointsAltered, match="line 2"):
        read_checkpoints(kept, KEY.public_key())


def test_a_line_that_was_taken_out_is_missed(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes().splitlines(keepends=True)[1])

    with pytest.raises(CheckpointsAltered, match="line 1: the checkpoint of notes before it is missing"):
        read_checkpoints(kept, KEY.public_key())


def test_a_key_is_its_owners_only(tmp_path: Path) -> None:
    public = new_key(tmp_path / "key.pem")

    assert private_key_in(tmp_path / "key.pem").public_key() == public_key_in(public)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        new_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        private_key_in(tmp_path / "key.pem")


def checked(proof: dict[str, Any], folder: Path) -> "subprocess.CompletedProcess[str]":
    """Return the output of the script that needs nothing of the CRM."""
    (folder / "proof.json").write_text(json.dumps(proof))
    command = [sys.executable, "-I", str(SCRIPT), str(folder / "proof.json"), str(folder / "public.pem")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def proof(signed_twice: tuple[Notes, list[Checkpoint]], tmp_path: Path) -> dict[str, Any]:
    notes, checkpoints = signed_twice
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(pem)
    fact = notes.store.read(PART, 2, 1)[0]
    return prove(notes.store, fact, checkpoints[1])


def test_anybody_can_check_a_proof_with_the_public_key_and_sixty_lines(proof: dict[str, Any], tmp_path: Path) -> None:
    result = checked(proof, tmp_path)

    assert result.returncode == 0, result.stderr
    assert f"stood at {PART}:3" in result.stdout
    assert "asks 2" in result.stdout
    assert len(SCRIPT.read_text("utf-8").splitlines()) <= 60


def _another_text(proof: dict[str, Any]) -> None:
    proof["fact"]["state"] = proof["fact"]["state"].replace("asks", "pays")


def _another_place(proof: dict[str, Any]) -> None:
    proof["fact"]["pos"] = 4


def _another_path(proof: dict[str, Any]) -> None:
    proof["path"][0][0] = "left" if proof["path"][0][0] == "right" else "right"


def _another_partition(proof: dict[str, Any]) -> None:
    proof["partition"]["n"] += 1


def _another_time(proof: dict[str, Any]) -> None:
    proof["statement"]["at"] = "2020-01-01T00:00:00.000000+00:00"


def _another_signature(proof: dict[str, Any]) -> None:
    proof["signature"] = "00" * 64


@pytest.mark.parametrize(
    ("forge", "why"),
    [
        (_another_text, "the fact is not in the tree"),
        (_another_place, "the fact is not in the tree"),
        (_another_path, "the fact is not in the tree"),
        (_another_partition, "the partition is not in the signed checkpoint"),
        (_another_time, "not signed with this key"),
        (_another_signature, "not signed with this key"),
    ],
)
def test_a_forged_proof_is_refused(
    proof: dict[str, Any], tmp_path: Path, forge: Callable[[dict[str, Any]], None], why: str
) -> None:
    forge(proof)

    result = checked(proof, tmp_path)

    assert result.returncode == 1
    assert why in result.stderr


def test_only_what_was_signed_can_be_proven(signed_twice: tuple[Notes, list[Checkpoint]]) -> None:
    notes, checkpoints = signed_twice
    with notes.store.engine.connect() as db:
        (event_id,) = db.execute(select(events.c.event_id).where(events.c.pos == 5)).one()
    fact = fact_of(notes.store, event_id)
    assert fact is not None

    with pytest.raises(NotProvable, match="not signed yet"):
        prove(notes.store, fact, checkpoints[0])
    with pytest.raises(NotProvable, match="differs from what was signed"):
        prove(notes.store, fact._replace(command_id="forged"), checkpoints[1])
    assert fact_of(notes.store, UUID(int=1)) is None
