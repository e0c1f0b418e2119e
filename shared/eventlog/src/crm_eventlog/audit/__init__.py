"""Proving that what is stored is what was recorded."""

from crm_eventlog.audit.as_of import NoStateThen, Stood, as_of
from crm_eventlog.audit.chain import Finding, verify_chains
from crm_eventlog.audit.checkpoints import Checkpoint, CheckpointsAltered, append_checkpoint, read_checkpoints
from crm_eventlog.audit.export import Asked, Export, Exported
from crm_eventlog.audit.keys import KeyUnusable, new_key, private_key, private_key_in, public_key_in
from crm_eventlog.audit.proof import NotProvable, fact_of, prove
from crm_eventlog.audit.reconcile import Discrepancy, Reconciled, reconcile
from crm_eventlog.audit.signing import NotToBeSigned, Signer
from crm_eventlog.audit.translating import Translator, Untranslatable
from crm_eventlog.audit.witnesses import witnesses_of

__all__ = [
    "Asked",
    "Checkpoint",
    "CheckpointsAltered",
    "Discrepancy",
    "Export",
    "Exported",
    "Finding",
    "KeyUnusable",
    "NoStateThen",
    "NotProvable",
    "NotToBeSigned",
    "Reconciled",
    "Signer",
    "Stood",
    "Translator",
    "Untranslatable",
    "append_checkpoint",
    "as_of",
    "fact_of",
    "new_key",
    "private_key",
    "private_key_in",
    "prove",
    "public_key_in",
    "read_checkpoints",
    "reconcile",
    "verify_chains",
    "witnesses_of",
]
