"""Proof that the stored facts are those that were recorded."""

from crm_eventlog.audit.as_of import NoStateThen, StateAsOf, as_of
from crm_eventlog.audit.chain import Finding, verify_chains
from crm_eventlog.audit.checkpoint_verifier import checkpoint_verifiers_of
from crm_eventlog.audit.checkpoints import Checkpoint, CheckpointsAltered, append_checkpoint, read_checkpoints
from crm_eventlog.audit.export import Export, ExportedEvent, ExportRequest
from crm_eventlog.audit.keys import KeyUnusable, new_key, private_key, private_key_in, public_key_in
from crm_eventlog.audit.proof import NotProvable, fact_of, prove
from crm_eventlog.audit.reconcile import Discrepancy, ReconciliationResult, reconcile
from crm_eventlog.audit.signing import NotToBeSigned, Signer
from crm_eventlog.publishing import EventPublisher, Unpublishable

__all__ = [
    "Checkpoint",
    "CheckpointsAltered",
    "Discrepancy",
    "EventPublisher",
    "Export",
    "ExportRequest",
    "ExportedEvent",
    "Finding",
    "KeyUnusable",
    "NoStateThen",
    "NotProvable",
    "NotToBeSigned",
    "ReconciliationResult",
    "Signer",
    "StateAsOf",
    "Unpublishable",
    "append_checkpoint",
    "as_of",
    "checkpoint_verifiers_of",
    "fact_of",
    "new_key",
    "private_key",
    "private_key_in",
    "prove",
    "public_key_in",
    "read_checkpoints",
    "reconcile",
    "verify_chains",
]
