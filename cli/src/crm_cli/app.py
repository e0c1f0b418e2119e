"""The command line `crm`."""

import typer

from crm_cli.audit import command as audit
from crm_cli.demo import command as demo
from crm_cli.down import command as down
from crm_cli.explain import command as explain
from crm_cli.history import command as history
from crm_cli.import_customers import command as import_customers
from crm_cli.lag import command as lag
from crm_cli.parked import command as parked
from crm_cli.rebuild import command as rebuild
from crm_cli.topics import command as topics
from crm_cli.up import command as up
from crm_cli.verify import command as verify

# The order in which `crm --help` lists them.
COMMANDS = (demo, up, down, import_customers, history, lag, parked, rebuild, verify, audit, explain, topics)

app = typer.Typer(
    name="crm",
    help="Closed-Loop CRM on one machine. Data are kept in .crm/ below the current folder.",
    epilog="Exit codes: 0 done, 1 failed or something is wrong, 2 not understood, 3 done in part, 4 nothing runs.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def quiet() -> None:
    """Let the services' own log lines pass only from warnings on."""
    import logging
    import sys

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


for command in COMMANDS:
    command.add_to(app)
