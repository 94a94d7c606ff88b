"""`python -m mqinfra`: the same as the `mqinfra` command, where no script is on the PATH."""

from mqinfra.cli.main import entry

entry()
