"""Checks a proof of `crm audit prove` with nothing of the CRM: python check_proof.py PROOF.json PUBLIC-KEY.pem"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import load_pem_public_key


def of(*parts):
    return sha256(b"".join(parts)).digest()


def digest(fact):
    """Every column of the fact, each with its length before it."""
    fixed = f"{fact['part']}:{fact['originator_version']}:{fact['recorded_at']}".encode()
    ids = b"".join(UUID(fact[name]).bytes for name in ("event_id", "originator_id", "partition_key"))
    texts = [fact[name].encode() for name in ("topic", "command_id", "metadata", "state")]
    return of(*(len(column).to_bytes(4, "big") + column for column in (fixed, ids, *texts)))


def root_from_path(content, path):
    """From a leaf to the top of its tree (RFC 6962): 0 before a leaf, 1 before two hashes."""
    found = of(b"\x00", content)
    for side, sibling in path:
        other = bytes.fromhex(sibling)
        found = of(b"\x01", other, found) if side == "left" else of(b"\x01", found, other)
    return found.hex()


def check(proof, key):
    """Why the proof does not hold, or nothing."""
    fact, partition, statement = proof["fact"], proof["partition"], proof["statement"]
    link = of(bytes.fromhex(fact["prev_hash"]), fact["pos"].to_bytes(8, "big"), digest(fact))
    if fact["part"] != partition["part"] or root_from_path(link, proof["path"]) != partition["root"]:
        return "the fact is not in the tree of its partition"
    leaf = f"{partition['part']}:{partition['n']}:{partition['head']}:{partition['root']}".encode()
    root = root_from_path(leaf, proof["partitions_path"])
    if statement["kind"] != "crm-audit-checkpoint" or root != statement["root"]:
        return "the partition is not in the signed checkpoint"
    try:
        signed = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
        key.verify(bytes.fromhex(proof["signature"]), signed)
    except InvalidSignature:
        return "the checkpoint is not signed with this key"
    return None


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    wrong = check(given, load_pem_public_key(Path(sys.argv[2]).read_bytes()))
    if wrong:
        sys.exit(f"NOT proven: {wrong}")
    fact, at = given["fact"], given["statement"]["at"]
    print(f"proven: {fact['topic']} {fact['event_id']} stood at {fact['part']}:{fact['pos']} on {at}\n{fact['state']}")
