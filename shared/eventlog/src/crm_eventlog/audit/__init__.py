"""Proving that what is stored is what was recorded."""

from crm_eventlog.audit.chain import Finding, verify_chains
from crm_eventlog.audit.checkpoints import Checkpoint, CheckpointsAltered, append_checkpoint, read_checkpoints
from crm_eventlog.audit.keys import KeyUnusable, new_key, private_key, private_key_in, public_key_in
from crm_eventlog.audit.proof import NotProvable, fact_of, prove
from crm_eventlog.audit.signing import NotToBeSigned, Signer
from crm_eventlog.audit.witnesses import witnesses_of

__all__ = [
    "Checkpoint",
    "CheckpointsAltered",
    "Finding",
    "KeyUnusable",
    "NotProvable",
    "NotToBeSigned",
    "Signer",
    "append_checkpoint",
    "fact_of",
    "new_key",
    "private_key",
    "private_key_in",
    "prove",
    "public_key_in",
    "read_checkpoints",
    "verify_chains",
    "witnesses_of",
]
