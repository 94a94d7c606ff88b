"""The memory alarm of a real server, raised and ended while canaries are on their way."""

import shlex
import time
from pathlib import Path

import pytest

from tests.brokers.rabbitmq.node import FLAGS, RabbitNode
from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.thief import stealing
from tests.integration.rabbitmq.verification.verified import VHOST, listing, meddled, verify
from tests.integration.verified import results

QUEUES = {"orders": {"type": "quorum"}}


def watermark(node: RabbitNode, folder: Path, value: str) -> str:
    """A command that sets the limit of memory at which the alarm goes off, as `rabbitmqctl` would."""
    script = folder / f"watermark-{len(value)}.sh"
    exports = "".join(f"export {name}={shlex.quote(text)}\n" for name, text in node.environment().items())
    limit = f"[{{absolute, {value}}}]"
    asked = f"rpc:call('{node.name}', vm_memory_monitor, set_vm_memory_high_watermark, {limit}), halt()."
    words = [*node.command()[: -len(FLAGS)], "-noinput", "-boot", "start_clean", "-sname", "by_hand@localhost"]
    words += ["-setcookie", "TESTSONLOOPBACK", "-eval", asked]
    script.write_text(f"{exports}exec {shlex.join(words)}\n", encoding="utf-8")
    return f"sh {shlex.quote(str(script))}"


@pytest.mark.slow
@pytest.mark.slow_faults
def test_an_alarm_holds_publishers_back_and_loses_nothing(project: Project, tmp_path: Path) -> None:
    project.declare({"vhosts": {VHOST: {"queues": QUEUES}}})
    project.apply()
    before, node = listing(project.server), project.server.node
    quiet = ("--alarm-cmd", "true", "--calm-cmd", "true")
    assert "kept acknowledging" in verify(project, "--only", "V46", *quiet, code=8)["V46 rabbit"]["evidence"]
    commands = ("--alarm-cmd", watermark(node, tmp_path, "1000"), "--calm-cmd", watermark(node, tmp_path, '"1GB"'))
    assert results(verify(project, "--only", "V46", *commands)) == {"V46 rabbit": "pass"}
    assert listing(project.server) == before
    while project.server.management.get("nodes")[0].get("mem_alarm"):  # the statistics are late
        time.sleep(0.2)
    with stealing(project, "orders"):
        found = meddled(project, "--only", "V46", *commands)
    assert "lost" in found["V46 rabbit"]["evidence"]
