"""`crm audit`: what was recorded, whether it still is, and the proof of it."""

import typer

from crm_cli.commands.audit import as_of, export, prove, reconcile, sign, verify

audit = typer.Typer(
    name="audit", help="What was recorded, whether it still is, and the proof of it.", no_args_is_help=True
)
for command in (export, verify, sign, prove, reconcile, as_of):
    command.add_to(audit)


def add_to(app: typer.Typer) -> None:
    """Make it a group of `crm`."""
    app.add_typer(audit)
