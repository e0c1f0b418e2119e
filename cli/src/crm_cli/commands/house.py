"""`crm demo`, `crm up`, `crm down`: the services of this machine."""

import asyncio
import json
from typing import Annotated

import typer

from crm_cli.leaving import Code, reasons_told
from crm_cli.options import HOME, AsJson, Folder, Reader

CUSTOMERS = 300


def demo(
    language: Reader,
    customers: Annotated[int, typer.Option(min=0, max=100_000, help="How many generated customers act.")] = CUSTOMERS,
    serve: Annotated[bool, typer.Option("--serve", help="Stay until Ctrl-C and print the addresses.")] = False,
    seed: Annotated[int, typer.Option(help="What chance decides is decided by this number.")] = 1,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Play the story of Ms Chen and of many customers; exit code 0 only if every touchpoint shows the same history.

    Its data are in the folder `demo` below that of the services, and made anew by every run.
    """
    from crm_cli import demo as play
    from crm_cli.places import Place
    from crm_cli.showing import screen

    def tell_program(outcome: play.Outcome) -> None:
        if as_json:
            typer.echo(json.dumps(outcome.as_json()))

    with reasons_told(as_json=as_json):
        outcome = asyncio.run(
            play.demo(
                Place(folder).of_demo,
                customers=customers,
                serve=serve,
                console=screen(as_json=as_json),
                language=language,
                seed=seed,
                found=tell_program,
            )
        )
    raise typer.Exit(Code.DONE if outcome.same else Code.FAILED)


def up(
    real: Annotated[bool, typer.Option("--real", help="On PostgreSQL and Kafka of this machine's own.")] = False,
    split: Annotated[
        bool, typer.Option("--split", help="With --real: serve, relay, project and work as processes of their own.")
    ] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """Run all five services until Ctrl-C; their data stay in the folder until `crm down --wipe`."""
    from crm_cli import running
    from crm_cli.places import Place, Running
    from crm_cli.showing import screen

    def tell(sentence: str) -> None:
        screen(as_json=as_json).print(sentence)

    def tell_program(at_work: Running) -> None:
        typer.echo(json.dumps({"addresses": dict(at_work.addresses), "log": at_work.log_url}))

    if split and not real:
        raise typer.BadParameter("needs --real: the embedded default is one process", param_hint="--split")
    with reasons_told(as_json=as_json):
        started = tell_program if as_json else None
        asyncio.run(running.up(Place(folder), real=real, split=split, tell=tell, started=started))


def down(
    wipe: Annotated[bool, typer.Option("--wipe", help="Remove the data as well.")] = False,
    as_json: AsJson = False,
    folder: Folder = HOME,
) -> None:
    """End what `crm up` or the demo runs from this folder; the data stay unless they are wiped."""
    from crm_cli import ending
    from crm_cli.places import Place

    with reasons_told(as_json=as_json):
        ended = ending.down(Place(folder), wipe=wipe)
    found = "ended" if ended else "nothing was running"
    typer.echo(json.dumps({"ended": ended, "wiped": wipe}) if as_json else found + (", data removed" if wipe else ""))


def add_to(app: typer.Typer) -> None:
    """Make them commands of `crm`."""
    app.command(epilog="Example: crm demo --customers 50 --language zh")(demo)
    app.command(epilog="Example: crm up --real")(up)
    app.command(epilog="Example: crm down --wipe")(down)
