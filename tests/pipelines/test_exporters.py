"""The exporter as a unit of systemd and as a deployment of Kubernetes: what they begin serves until they stop it."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
import requests
import yaml

from tests.pipelines.runner import EXAMPLES, Runner
from tests.pipelines.shop import SECRET
from tests.pipelines.test_github import checkout, runner

__all__ = ["checkout", "runner"]
MONITORING = EXAMPLES.parent / "monitoring"
UNIT, DEPLOYMENT = MONITORING / "systemd" / "mqinfra-exporter.service", MONITORING / "kubernetes" / "exporter.yaml"


def of_unit() -> tuple[list[str], dict[str, str]]:
    unit = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE))
    name, _, value = unit["Environment"].partition("=")
    return shlex.split(unit["ExecStart"])[1:], {name: value}


def of_deployment() -> tuple[list[str], dict[str, str]]:
    (container,) = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]["spec"]["containers"]
    return container["args"], {one["name"]: one["value"] for one in container["env"]}


@pytest.mark.parametrize("of", [of_unit, of_deployment])
def test_the_command_serves_until_it_is_stopped(
    of: Callable[[], tuple[list[str], dict[str, str]]], runner: Runner
) -> None:
    arguments, variables = of()
    places = {
        "/project": str(runner.checkout),
        "/etc/mqinfra/project": str(runner.checkout),
        "/clusters/prod.yaml": str(runner.checkout / "clusters" / "prod.yaml"),
        "0.0.0.0:9808": "127.0.0.1:0",
    }
    command = [sys.executable, "-m", "mqinfra", *(places.get(one, one) for one in arguments)]
    given = {**os.environ, **variables, "KAFKA_PASSWORD": SECRET}
    with subprocess.Popen(command, env=given, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            line = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found is not None, line + process.stderr.read()
            assert requests.get(f"{found[0]}/-/healthy", timeout=10).status_code == 200
            assert "mqinfra_build_info" in requests.get(f"{found[0]}/metrics", timeout=10).text
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze here")
def test_systemd_takes_the_unit() -> None:
    ran = subprocess.run(["systemd-analyze", "verify", str(UNIT)], capture_output=True, text=True, check=False)
    said = [line for line in ran.stderr.splitlines() if "mqinfra-exporter" in line]
    # It looks for the program, which nobody installed there.
    assert [line for line in said if "is not executable" not in line] == []


def test_probes_and_annotations_name_the_port_that_is_served() -> None:
    spec = yaml.safe_load(DEPLOYMENT.read_text())["spec"]["template"]
    (container,) = spec["spec"]["containers"]
    port = container["args"][-1].rpartition(":")[2]
    assert [one["containerPort"] for one in container["ports"]] == [int(port)]
    assert spec["metadata"]["annotations"]["prometheus.io/port"] == port
    assert {container[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe")} == {"metrics"}
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in spec["spec"]["volumes"]}
