"""`python -m crm_cli` is `crm`."""

from crm_cli.app import app


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
