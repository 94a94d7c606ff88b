"""A project in a repository of its own, as the pipelines find it, and what none of them may leave behind."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from tests.pipelines.runner import Runner, git

SECRET = "planted-hunter2"
FILES = {
    "mqinfra.yaml": """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: ["orders.*"], principals: ["User:mail"]}}
environments:
  prod: {clusters: clusters/prod.yaml}
""",
    "clusters/prod.yaml": "kafka:\n  type: kafka\n  sandbox: true\nsecrets: {env: [KAFKA_PASSWORD]}\n"
    "projects: {shop: {scope: {kafka: {topics: [orders.*], principals: ['User:mail']}}}}\n",
    "policy.yaml": "apiVersion: mqinfra/v1\nkind: Policy\nmetadata: {name: acme}\n"
    "rules: {size: {match: 'kind:topics', limits: {partitions: {max: 48}}}}\n",
    "topology/orders.yaml": """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
kafka:
  users:
    mail:
      mechanisms: [SCRAM-SHA-512]
      password: {env: KAFKA_PASSWORD}
  topics:
    orders.created:
      partitions: 6
""",
    ".gitignore": ".mqinfra/\n",
}


def cloned(folder: Path, files: Mapping[str, str]) -> Path:
    """A clone of a repository that has the files on main."""
    origin, clone = folder / "origin.git", folder / "shop"
    git(folder, "init", "-q", "--bare", str(origin))
    git(folder, "clone", "-q", str(origin), str(clone))
    for name, text in files.items():
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).write_text(text)
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "topology")
    git(clone, "push", "-q", "origin", "HEAD:main")
    return clone


def runner_of(checkout: Path, temp: Path) -> Runner:
    """What runs a pull request from a branch of the repository itself, which has its secrets."""
    values = {
        "secrets.KAFKA_PASSWORD": SECRET,
        "github.token": "token",
        "github.event.pull_request.number": "7",
        "github.event.pull_request.base.sha": git(checkout, "rev-parse", "HEAD").strip(),
    }
    return Runner(checkout, temp, values)


def comments(runner: Runner) -> list[str]:
    """The comments on the pull request."""
    return list(json.loads((runner.temp / "comments.json").read_text()).values())


def nothing_leaked(runner: Runner, *logins: tuple[str, str]) -> None:
    """No output and no file that a step left has the secret, or the password of a login, alone or as sent by HTTP."""
    sent = [base64.b64encode(f"{user}:{password}".encode()) for user, password in logins]
    planted = [SECRET.encode(), *(password.encode() for _, password in logins), *sent]
    files = [path for folder in (runner.temp, runner.checkout) for path in folder.rglob("*") if path.is_file()]
    assert files
    for secret in planted:
        assert secret.decode() not in runner.printed
        for path in files:
            assert secret not in path.read_bytes(), path
