"""The group of commands `crm audit`."""

import typer

from crm_cli.audit.as_of import command as as_of
from crm_cli.audit.export import command as export
from crm_cli.audit.prove import command as prove
from crm_cli.audit.reconcile import command as reconcile
from crm_cli.audit.sign import command as sign
from crm_cli.audit.verify import command as verify

audit = typer.Typer(
    name="audit", help="What was recorded, whether it still is, and the proof of it.", no_args_is_help=True
)
for command in (export, verify, sign, prove, reconcile, as_of):
    command.add_to(audit)


def add_to(app: typer.Typer) -> None:
    """Add the group to `crm`."""
    app.add_typer(audit)
