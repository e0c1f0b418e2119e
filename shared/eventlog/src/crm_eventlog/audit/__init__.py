"""Proving that what is stored is what was recorded."""

from crm_eventlog.audit.chain import Finding, verify_chains

__all__ = ["Finding", "verify_chains"]
