"""A clusters file of the runner: nothing in the project replaces it, and it says which secrets may be read."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Project
from tests.command import Ran

HEAD = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {redis: {wholeCluster: true}, rabbitmq: {wholeCluster: true}}
environments:
"""
WHOLE = "scope: {redis: {wholeCluster: true}, rabbitmq: {wholeCluster: true}}"
FOR_SHOP = f"projects: {{shop: {{{WHOLE}, secrets: {{env: [SECRET]}}}}}}"
SASL = "sasl: {mechanism: SCRAM-SHA-512, username: u, password: {file: ../pw}}"
USERS = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: users}
"""


@pytest.fixture
def runner(project: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A clusters file outside the project, which has a sandbox of each broker."""
    path = project.root.parent / f"runner-{project.root.name}" / "clusters.yaml"
    path.parent.mkdir()
    path.write_text("redis: {type: redis, sandbox: true}\nrabbitmq: {type: rabbitmq, sandbox: true}\n")
    (project.root / "mqinfra.yaml").write_text(HEAD + "  local: {}\n")
    project.topology(USERS)
    monkeypatch.setenv("SECRET", "hunter2")
    yield path
    path.unlink()


def adding(runner: Path, text: str) -> None:
    runner.write_text(runner.read_text() + text)


def references(project: Project, reference: str) -> None:
    """Let the manifests of two brokers refer to a secret."""
    user = f"{{passwords: [{reference}], commands: [+get], keys: ['~a']}}"
    project.topology(f"{USERS}redis: {{users: {{a: {user}}}}}\nrabbitmq: {{users: {{b: {{password: {reference}}}}}}}\n")


def refused(ran: Ran, why: str) -> None:
    assert (ran.code, ran.out.count("error[MQ703]") + ran.err.count("error[MQ703]")) == (1, 2)
    assert why in ran.out + ran.err
    assert "topology/orders.yaml:4:" in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("command", ["plan", "apply", "export", "snapshot"])
@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_password_goes_only_where_the_runner_says(
    project: Project, runner: Path, monkeypatch: pytest.MonkeyPatch, by: str, command: str
) -> None:
    project.topology(USERS + "redis: {streams: {s: {}}}\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        block = (
            f"{{type: redis, nodes: ['127.0.0.1:{server.getsockname()[1]}'], username: u, password: {{env: SECRET}}}}"
        )
        (project.root / "mqinfra.yaml").write_text(HEAD + f"  local: {{clusters: {{redis: {block}}}}}\n")
        if by == "variable":
            monkeypatch.setenv("MQINFRA_CLUSTERS", str(runner))
        options = ["--clusters", str(runner)] if by == "option" else []
        approved = ["--auto-approve"] if command == "apply" else []
        ran = project.mq(command, *options, *approved)
        assert ran.code == 0, ran.err
        with pytest.raises(TimeoutError):
            server.accept()


def test_without_it_the_project_says(project: Project) -> None:
    assert project.mq("plan").code == 0


@pytest.mark.parametrize("command", ["validate", "render", "plan", "apply", "export", "snapshot"])
def test_a_variable_that_is_empty_is_a_slip_and_not_no_file(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("MQINFRA_CLUSTERS", "")
    ran = project.mq(command)
    assert (ran.code, "MQINFRA_CLUSTERS is set but empty" in ran.err) == (64, True)


def test_a_file_that_is_not_there_is_an_error_and_never_the_projects_own(project: Project) -> None:
    ran = project.mq("plan", "--clusters", "/not/there.yaml")
    assert ran.code == 1
    assert "`/not/there.yaml` can't be read" in ran.err


@pytest.mark.parametrize("reference", ["{env: SECRET}", "{file: topology/pw}", "{file: /etc/hostname}", "{env: PATH}"])
def test_what_it_does_not_list_is_not_read(project: Project, runner: Path, reference: str) -> None:
    (project.root / "topology" / "pw").write_text("hunter2")
    references(project, reference)
    for command in ("validate", "plan", "apply"):
        refused(project.mq(command, "--clusters", str(runner)), "the clusters file of the runner does not allow")


@pytest.mark.parametrize(
    ("listed", "reference"),
    [
        ("secrets: {env: [SEC*]}", "{env: SECRET}"),
        ("secrets: {env: [SECRET]}", "{env: SECRET}"),
        ("secrets: {files: [secrets]}", "{file: ../RUNNER/secrets/pw}"),
        (FOR_SHOP, "{env: SECRET}"),
    ],
)
def test_what_it_lists_may_be_read(project: Project, runner: Path, listed: str, reference: str) -> None:
    (runner.parent / "secrets").mkdir()
    (runner.parent / "secrets" / "pw").write_text("hunter2")
    adding(runner, listed + "\n")
    references(project, reference.replace("RUNNER", runner.parent.name))
    ran = project.mq("plan", "--clusters", str(runner))
    assert ran.code == 0, ran.err
    (runner.parent / "secrets" / "pw").unlink()
    (runner.parent / "secrets").rmdir()


def test_another_projects_secrets_are_none_of_ours(project: Project, runner: Path) -> None:
    adding(runner, f"projects: {{shop: {{{WHOLE}}}, other: {{{WHOLE}, secrets: {{env: [SECRET]}}}}}}\n")
    references(project, "{env: SECRET}")
    refused(project.mq("plan", "--clusters", str(runner)), "does not allow the variable `SECRET`")


def test_the_clusters_own_password_is_not_for_manifests(project: Project, runner: Path) -> None:
    runner.write_text(
        "rabbitmq: {type: rabbitmq, sandbox: true}\n"
        "redis: {type: redis, nodes: ['127.0.0.1:1'], username: u, password: {env: SECRET}}\n"
    )
    references(project, "{env: SECRET}")
    refused(project.mq("plan", "--clusters", str(runner)), "does not allow the variable `SECRET`")


@pytest.mark.parametrize("path", ["/etc/hostname", "../../../../../../../etc/hostname", "link", "linked/pw"])
def test_without_it_a_file_lies_in_the_projects_folder(project: Project, runner: Path, path: str) -> None:
    outside = runner.parent / "pw"
    outside.write_text("hunter2")
    (project.root / "link").symlink_to(outside)
    (project.root / "linked").symlink_to(runner.parent)
    clusters = "{redis: {type: redis, sandbox: true}, rabbitmq: {type: rabbitmq, sandbox: true}}"
    (project.root / "mqinfra.yaml").write_text(HEAD + f"  local: {{clusters: {clusters}}}\n")
    references(project, f"{{file: {path}}}")
    for command in ("validate", "plan", "apply"):
        refused(project.mq(command), f"the secret file `{path}` is outside the project's folder")
    outside.unlink()


@pytest.mark.parametrize(
    "block",
    [
        f"{{type: kafka, bootstrap: 'x:1', security: {{tls: true, {SASL}}}}}",
        "{type: rabbitmq, url: 'https://x:1', username: u, password: {file: ../pw}}",
        "{type: redis, nodes: ['x:1'], tls: true, username: u, password: {file: ../pw}}",
    ],
)
@pytest.mark.parametrize("file", ["mqinfra.yaml", "clusters.yaml"])
def test_so_does_the_password_of_a_connection(project: Project, block: str, file: str) -> None:
    (project.root / "clusters.yaml").write_text(f"it: {block}\n")
    where = f"{{it: {block}}}" if file == "mqinfra.yaml" else file
    (project.root / "mqinfra.yaml").write_text(HEAD + f"  local: {{clusters: {where}}}\n")
    project.topology(USERS)
    ran = project.mq("plan")
    assert ran.code == 1
    assert "error[MQ703]: the secret file `../pw` is outside the project's folder" in ran.err
    assert f" --> {file}:{7 if file == 'mqinfra.yaml' else 1}:" in ran.err
