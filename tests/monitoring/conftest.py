"""A project in a folder of its own, as the tests of the command line have it."""

from tests.cli.conftest import begin, mq, project

__all__ = ["begin", "mq", "project"]
