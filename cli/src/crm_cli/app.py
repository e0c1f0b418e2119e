"""The command line `crm`."""

import typer

from crm_cli.commands import audit, explain, history, house, imports, lag, parked, rebuild, topics, verify

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


for group in (house, imports, history, lag, parked, rebuild, verify, audit, explain, topics):
    group.add_to(app)
