"""`verify --scripts`: what is written compiles, is sound, holds no secret, and what a person changed stays."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Project
from tests.cli.test_examples import EXAMPLES
from tests.command import Ran

RUFF = Path(sys.executable).parent / "ruff"
RULES = "E,F,W,I,B,UP,SIM,RET,C4,PIE,PTH,ANN"
SAMPLES = sorted(path.parent.name for path in EXAMPLES.glob("*/mqinfra.yaml"))
SECRET = "hunter2-secret"


@pytest.mark.parametrize("name", SAMPLES)
def test_scripts_of_every_example_are_sound(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mq: Callable[..., Ran]
) -> None:
    folder = tmp_path / name
    shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns(".mqinfra"))
    monkeypatch.chdir(folder)
    plans = {path.name.removeprefix("plan").removesuffix("txt").strip(".") for path in folder.glob("plan*.txt")}
    for environment in plans:
        chosen = ("-e", environment) if environment else ()
        ran = mq("verify", *chosen, "--scripts", "scripts")
        assert ran.code == 0, ran.err
    scripts = sorted((folder / "scripts").rglob("*.py"))
    assert scripts
    for script in scripts:
        compile(script.read_text(encoding="utf-8"), str(script), "exec")
    options = ("--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311")
    for command in (("check", "--select", RULES, "--ignore", "ANN401"), ("format", "--check")):
        subprocess.run([RUFF, *command, *options, "scripts"], check=True, capture_output=True)


def test_they_are_written_once_and_what_somebody_changed_stays(project: Project) -> None:
    first = project.mq("verify", "--scripts", "scripts")
    assert (first.code, len(first.out.splitlines())) == (0, 6)
    changed = project.root / "scripts" / "kafka" / "orders.created" / "consume.py"
    text = changed.read_text(encoding="utf-8")
    assert "kafka/topics/orders.created in topology/orders.yaml:6" in text
    changed.write_text(text.replace("print(", "work(", 1), encoding="utf-8")
    removed = project.root / "scripts" / "kafka" / "orders.created" / "load.py"
    removed.unlink()
    again = project.mq("verify", "--scripts", "scripts")
    assert again.out == "scripts/kafka/orders.created/load.py\n"
    assert "left as it is, since somebody changed it: scripts/kafka/orders.created/consume.py" in again.err
    assert "1 script written, 4 up to date" in again.err
    assert "work(" in changed.read_text(encoding="utf-8")


BLOCKS = """
      kafka: {type: kafka, bootstrap: [b-1:9093, b-2:9093], security: {tls: {ca: ca.pem}, sasl: {mechanism: PLAIN,
        username: svc, password: {env: KAFKA_PASSWORD}}}}
      rabbit: {type: rabbitmq, url: ["https://r-1:15671", "https://r-2:15671"], username: svc,
        password: {file: secrets/rabbit}, tls: {ca: ca.pem, certificate: c.pem, key: k.pem}}
      redis: {type: redis, sentinel: {service: main, nodes: [s-1:26379]}, username: svc,
        password: {env: REDIS_PASSWORD}, tls: true}
"""
TOPOLOGY = """
kafka: {topics: {orders: {partitions: 3, deadLetter: true, promises: {deadLetterAfter: 7}}}}
rabbitmq: {vhosts: {/shop: {queues: {mails: {type: quorum, deadLetter: true}, log: {type: stream}}}}}
redis: {streams: {"a 'b'": {groups: {billing: {}}, deadLetter: true}}}
"""


@pytest.mark.usefixtures("project")
def test_connections_are_as_the_clusters_say_with_secrets_where_they_are(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_PASSWORD", SECRET)
    text = (project.root / "mqinfra.yaml").read_text(encoding="utf-8")
    head, _, _ = text.partition("environments:")
    whole = "scope: {kafka: {wholeCluster: true}, rabbitmq: {wholeCluster: true}, redis: {wholeCluster: true}}\n"
    head = "".join(line for line in head.splitlines(keepends=True) if not line.startswith("scope:")) + whole
    (project.root / "mqinfra.yaml").write_text(f"{head}environments:\n  prod:\n    clusters:{BLOCKS}")
    (project.root / "secrets").mkdir()
    (project.root / "secrets" / "rabbit").write_text(SECRET)
    project.topology(f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: all}}\n{TOPOLOGY}")
    ran = project.mq("verify", "--scripts", "scripts")
    assert ran.code == 0, ran.err
    written = {
        path.relative_to(project.root / "scripts").as_posix(): path for path in project.root.rglob("scripts/**/*.py")
    }
    texts = {name: path.read_text(encoding="utf-8") for name, path in written.items()}
    assert not any(SECRET in text for text in texts.values())
    kafka = texts["kafka/orders/consume.py"]
    assert 'os.environ.get("KAFKA_BOOTSTRAP") or "b-1:9093,b-2:9093"' in kafka
    assert '"sasl.password": secret(env="KAFKA_PASSWORD")' in kafka
    assert "ATTEMPTS = 7\n" in kafka
    mails = next(text for name, text in texts.items() if name.endswith("/mails/produce.py"))
    assert 'pika.PlainCredentials("svc", secret(file=' in mails
    assert 'nodes = [("r-1", 5671), ("r-2", 5671)]' in mails
    assert 'context.load_cert_chain("' in mails
    assert not any("/log/" in name and "dead_letters" in name for name in texts)
    stream = next(text for name, text in texts.items() if name.startswith("redis/") and name.endswith("consume.py"))
    assert 'redis.Sentinel([("s-1", 26379)]' in stream
    assert '"password": secret(env="REDIS_PASSWORD")' in stream
    options = ("--isolated", "--no-cache", "--line-length", "120", "--target-version", "py311")
    subprocess.run([RUFF, "check", "--select", RULES, "--ignore", "ANN401", *options, "scripts"], check=True)
