"""Projects on real servers, run inside this process."""

from tests.integration.rabbitmq.e2e.conftest import project

__all__ = ["project"]
