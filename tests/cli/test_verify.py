"""`mqinfra verify` where no broker is: what it says, and what it refuses to read."""

import pytest

from tests.cli.conftest import Project


def test_on_a_sandbox_nothing_is_proven_and_nothing_is_sent(project: Project) -> None:
    ran = project.mq("verify")
    assert ran.code == 8
    assert "0 operations" in ran.out


@pytest.mark.parametrize("text", ["p99", "p99=", "99=5ms", "p100=5ms", "p99=fast"])
def test_what_is_no_bound_of_a_latency_is_refused(text: str, project: Project) -> None:
    ran = project.mq("verify", "--latency", text)
    assert ran.code == 64
    assert "a quantile and a duration such as p99=50ms" in ran.err
