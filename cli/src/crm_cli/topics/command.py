"""The command `crm topics create`."""

import asyncio
import json
from typing import Annotated

import typer

from crm_cli.errors import report_errors
from crm_cli.options import HOME, AsJson, Folder

topics = typer.Typer(name="topics", help="The topics on which the services hear each other.", no_args_is_help=True)


@topics.command(epilog="Example: crm topics create --log-url kafka://127.0.0.1:9092 --partitions 16")
def create(
    log_url: Annotated[
        str | None,
        typer.Option(envvar="CRM_LOG_URL", help="kafka://HOST:PORT,... or sqlite:///FILE.", show_default="what runs"),
    ] = None,
    partitions: Annotated[int, typer.Option(min=1, max=1024, help="Of each topic; all have the same number.")] = 16,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Make the five topics, with nothing ever deleted from them; those that stand already are left as they are.

    Without --log-url, the log of the services that run from the folder, or the one of the embedded default there.

    Exit code 0: all five stand; 1: the log cannot be reached, or a topic has another number of partitions.
    """
    from crm_cli.data_folder import DataFolder, NotRunning
    from crm_cli.topics.create import create_topics

    data_folder = DataFolder(folder)
    if log_url is None:
        try:
            log_url = data_folder.running_here().log_url
        except NotRunning:
            log_url = data_folder.log_url
    with report_errors(as_json=as_json):
        made = asyncio.run(create_topics(log_url, partitions))
    if as_json:
        topics_made = [topic for topic, is_new in made.items() if is_new]
        typer.echo(json.dumps({"log_url": log_url, "partitions": partitions, "topics": [*made], "made": topics_made}))
        return
    for topic, is_new in made.items():
        typer.echo(f"{topic}  {'made' if is_new else 'stands'}, {partitions} partitions")


def add_to(app: typer.Typer) -> None:
    """Add the command to `crm`."""
    app.add_typer(topics)
