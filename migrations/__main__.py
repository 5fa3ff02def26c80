"""The Alembic command line with this project's configuration."""

from alembic.config import CommandLine

from migrations import configuration
from shared.db.engine import engine
from shared.settings import load_settings


def main() -> None:
    """Run an Alembic command on the database of the settings."""
    line = CommandLine(prog="python -m migrations")
    options = line.parser.parse_args()
    if not hasattr(options, "cmd"):
        line.parser.error("too few arguments")
    with engine(load_settings()).connect() as connection:
        config = configuration(connection)
        config.cmd_opts = options
        line.run_cmd(config, options)


if __name__ == "__main__":
    main()
