"""The command `python -m crm_local`, which shows the sources of the real parts and starts them."""

import argparse
import signal
from contextlib import ExitStack

from crm_local.find import PartUnavailable, find_kafka, find_postgres

DESCRIPTION = """\
A real PostgreSQL and a real Kafka on this machine, without Docker, Java, root or anything installed by hand.

  python -m crm_local where     show their sources (CRM_TEST_POSTGRES and CRM_TEST_KAFKA name others)
  python -m crm_local run       start both in temporary folders and print their addresses, until Ctrl-C

`crm up --real` starts them with lasting data and the five services on top.
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command. Without one, print the help."""
    parser = argparse.ArgumentParser(
        prog="python -m crm_local", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("where", "run"))
    what = parser.parse_args(arguments).what
    match what:
        case "where":
            print(f"PostgreSQL: {find_postgres().whence}")
            print(f"Kafka: {find_kafka().whence}")
        case "run":
            return run()
        case _:
            parser.print_help()
    return 0


def run() -> int:
    """Start both parts and keep them until SIGINT or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as ending:
        try:
            for name, source in {"PostgreSQL": find_postgres(), "Kafka": find_kafka()}.items():
                running = source.begin(ending)
                print(f"{name}: {running.address} ({running.whence})", flush=True)
            signal.pause()
        except PartUnavailable as trouble:
            print(f"Not available: {trouble}", flush=True)
            return 1
        except KeyboardInterrupt:
            print("Stopping both.", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
