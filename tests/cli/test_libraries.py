"""Without the client of a broker everything else works, and what is missing is said with the way to get it."""

import subprocess
import sys
from pathlib import Path

import pytest

_WITHOUT = """\
import sys

MISSING = sys.argv.pop(1).split(",")

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)

sys.meta_path.insert(0, Without())
from mqinfra.cli.main import entry
entry()
"""
_ALL = "confluent_kafka,kafka,pika,avro,pygraphviz,grpc_tools,jsonschema"


def mq(folder: Path, without: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WITHOUT, without, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_sandbox_needs_no_client_at_all(tmp_path: Path) -> None:
    brokers = [word for name in ("kafka", "rabbitmq", "redis") for word in ("--broker", name)]
    assert mq(tmp_path, _ALL, "init", "--name", "first", *brokers).returncode == 0
    for command in (("validate",), ("plan", "-o", "json=plan.json"), ("apply", "plan.json"), ("explain", "kafka")):
        ran = mq(tmp_path, _ALL, *command)
        assert ran.returncode == 0, ran.stderr


def test_a_cluster_without_its_client_is_named_and_the_others_are_planned(tmp_path: Path) -> None:
    assert mq(tmp_path, "", "init", "--name", "first", "--broker", "kafka", "--broker", "redis").returncode == 0
    manifest = tmp_path / "mqinfra.yaml"
    real = 'type: kafka\n        bootstrap: "127.0.0.1:1"\n'
    text = manifest.read_text(encoding="utf-8").replace("type: kafka\n        sandbox: true", real, 1)
    manifest.write_text(text, encoding="utf-8")
    ran = mq(tmp_path, "confluent_kafka", "plan", "-o", "text", "-o", "json=plan.json")
    assert ran.returncode == 1
    assert "error[MQ199]: the library `confluent_kafka` is not installed" in ran.stderr
    assert "--> kafka" in ran.stderr
    assert "help: `python -m pip install mqinfra` installs what is missing" in ran.stderr
    assert "{first}:activity" in ran.stdout


@pytest.mark.parametrize("library", ["pydantic", "yaml"])
def test_what_every_command_needs_is_named_without_a_traceback(tmp_path: Path, library: str) -> None:
    ran = mq(tmp_path, library, "init", "--name", "first")
    assert ran.returncode == 1
    assert library in ran.stderr
    assert "python -m pip install mqinfra" in ran.stderr
    assert "Traceback" not in ran.stderr
