"""`mqinfra init`: an empty folder becomes a project that plans and applies; nothing that is there is overwritten."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.providers.base.catalogue import installed
from tests.command import Ran

Run = Callable[..., Ran]
TYPES = list(installed().types)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    empty = tmp_path / "Mail shop"
    empty.mkdir()
    monkeypatch.chdir(empty)
    return empty


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("broker", [*TYPES, None])
def test_what_it_writes_validates_without_a_word_and_applies_once(folder: Path, mq: Run, broker: str | None) -> None:
    ran = mq("init", *(("--broker", broker) if broker is not None else ()))
    assert ran.code == 0, ran.err
    assert "next: mqinfra validate, then mqinfra plan" in ran.err
    assert {f"topology/{one}.yaml" for one in TYPES if broker in (None, one)} <= files(folder)
    valid = mq("validate")
    assert (valid.code, valid.err) == (0, "")
    assert valid.out.endswith("no problems\n")
    planned = mq("plan", "--detailed-exitcode")
    assert planned.code == 2
    assert "warning" not in planned.err
    assert mq("apply", "--auto-approve").code == 0
    assert mq("plan", "--detailed-exitcode").code == 0


def test_the_project_is_named_for_its_folder_or_as_asked(folder: Path, mq: Run) -> None:
    assert "project `Mail-shop`" in mq("init", "--broker", TYPES[0]).err
    (folder / "other").mkdir()
    assert "project `other2`" in mq("-C", str(folder / "other"), "init", "--name", "other2").err
    assert "name: other2" in (folder / "other" / "mqinfra.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "slug"), [("2026", "project-2026"), ("---", "project"), ("Ünal & Söhne", "nal-S-hne")]
)
def test_any_folder_gives_a_name_that_brokers_take(tmp_path: Path, mq: Run, name: str, slug: str) -> None:
    (tmp_path / name).mkdir()
    assert f"project `{slug}`" in mq("-C", str(tmp_path / name), "init", "--broker", TYPES[0]).err


def test_editors_find_the_schemas_and_git_leaves_out_the_sandbox(folder: Path, mq: Run) -> None:
    mq("init", "--broker", TYPES[0])
    for file in ("mqinfra.yaml", f"topology/{TYPES[0]}.yaml"):
        modeline = (folder / file).read_text().splitlines()[0]
        schema = modeline.removeprefix("# yaml-language-server: $schema=")
        assert (folder / file).parent.joinpath(schema).is_file()
    mq("apply", "--auto-approve")
    ignored = (folder / ".gitignore").read_text().splitlines()
    assert ignored == [".mqinfra/*", "!.mqinfra/schemas/", "plan.json", "before.json"]


def test_a_gitignore_is_added_to_and_nothing_is_lost_from_it(folder: Path, mq: Run) -> None:
    (folder / ".gitignore").write_text("*.pyc\nplan.json")
    mq("init", "--broker", TYPES[0])
    added = "*.pyc\nplan.json\n.mqinfra/*\n!.mqinfra/schemas/\nbefore.json\n"
    assert (folder / ".gitignore").read_text() == added


@pytest.mark.parametrize("there", ["mqinfra.yaml", f"topology/{TYPES[0]}.yaml"])
def test_what_is_there_is_kept_and_nothing_else_written(folder: Path, mq: Run, there: str) -> None:
    (folder / there).parent.mkdir(exist_ok=True)
    (folder / there).write_text("mine")
    ran = mq("init")
    assert ran.code == 1
    assert f"`{there}` is there already" in ran.err
    assert files(folder) == {there}
    assert (folder / there).read_text() == "mine"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--broker", "kafak"), "did you mean `kafka`?"),
        (("--name", "a b"), "`a b` is not a valid name for a project"),
        (("--from", "kafka"), "`--from` takes ALIAS=URL"),
        (("--from", "a=amqp://host"), "the URL begins with none of http://, https://, kafka://"),
        (("--from", "a=https://host"), "`https://` may be rabbitmq or registry; write rabbitmq+https://..."),
        (("--from", "a=redis+https://host"), "`https://` may be rabbitmq or registry"),
        (("--from", "a=kafka://"), "it names no host"),
        (("--from", "a=kafka://[::1"), "not a valid address; write kafka://HOST:PORT"),
        (("--from", "a=kafka://host?x=1"), "put options into the cluster's block"),
        (("--from", "a=redis://h", "--from", "a=redis://i"), "`--from` is given twice for `a`"),
    ],
)
def test_a_slip_is_told_and_nothing_written(folder: Path, mq: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = mq("init", *arguments)
    assert ran.code == 64
    assert said in ran.err
    assert files(folder) == set()


def test_a_password_in_a_url_is_refused_and_not_repeated(folder: Path, mq: Run) -> None:
    ran = mq("init", "--from", "kafka=kafkas://me:hunter2@host:9093")
    assert ran.code == 64
    assert "leave it out, and set KAFKA_PASSWORD" in ran.err
    assert "hunter2" not in ran.out + ran.err
    assert files(folder) == set()


def test_a_cluster_that_can_not_be_read_leaves_the_folder_as_it_was(folder: Path, mq: Run) -> None:
    ran = mq("init", "--from", "kafka=kafka://127.0.0.1:1", "--timeout", "1")
    assert ran.code == 1
    assert "127.0.0.1:1" in ran.err
    assert files(folder) == set()


def test_what_was_there_before_a_failure_is_there_after_it(folder: Path, mq: Run) -> None:
    (folder / ".gitignore").write_text("*.pyc\n")
    (folder / "topology").mkdir()
    (folder / "topology" / "notes.txt").write_text("mine")
    assert mq("init", "--from", "kafka=kafka://127.0.0.1:1", "--timeout", "1").code == 1
    assert files(folder) == {".gitignore", "topology/notes.txt"}
    assert (folder / ".gitignore").read_text() == "*.pyc\n"


def test_a_link_that_leads_nowhere_is_there_too(folder: Path, mq: Run) -> None:
    (folder / "mqinfra.yaml").symlink_to("elsewhere")
    assert "`mqinfra.yaml` is there already" in mq("init").err
    assert (folder / "mqinfra.yaml").is_symlink()


def test_clusters_and_examples_are_not_mixed_in_silence(folder: Path, mq: Run) -> None:
    ran = mq("init", "--from", "kafka=kafka://host", "--broker", "redis")
    assert ran.code == 64
    assert "can't be combined" in ran.err
    assert files(folder) == set()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("kafka=kafka://[::1]:1", "kafka ([::1]:1)"),
        ("redis=redis://True@localhost:1", "the environment variable `REDIS_PASSWORD` is not set"),
        ("redis=redis://a${b}@localhost:1", "the environment variable `REDIS_PASSWORD` is not set"),
    ],
)
def test_hosts_and_users_are_read_as_they_were_given(folder: Path, mq: Run, source: str, said: str) -> None:
    ran = mq("init", "--from", source, "--timeout", "1")
    assert ran.code == 1
    assert said in ran.err
    assert files(folder) == set()


def test_all_environments_are_validated_and_each_finding_is_told_once(folder: Path, mq: Run) -> None:
    mq("init", "--broker", "kafka")
    project = (folder / "mqinfra.yaml").read_text()
    other = project.partition("  local:\n")[2].replace("sandbox: true", "sandbox: {brokers: 1}")
    (folder / "mqinfra.yaml").write_text(f"{project}  prod:\n{other}")
    manifest = folder / "topology" / "kafka.yaml"
    manifest.write_text(manifest.read_text().replace("partitions: 6", "partitions: six"))
    ran = mq("validate")
    assert ran.code == 1
    assert ran.out.count("error[") == 1
    assert "of environment `local`: 1 error" in ran.out
    assert "of environment `prod`: " in ran.out


def test_what_only_one_environment_has_is_told_with_its_name(folder: Path, mq: Run) -> None:
    mq("init", "--broker", "kafka", "--broker", "redis")
    with (folder / "mqinfra.yaml").open("a") as file:
        file.write("  prod:\n    clusters:\n      kafka:\n        type: kafka\n        sandbox: true\n")
    ran = mq("validate")
    assert "the environment has no redis cluster" in ran.out
    assert "only in environment `prod`" in ran.out


@pytest.mark.usefixtures("folder")
def test_the_environment_may_come_from_a_variable(mq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    mq("init", "--broker", "kafka")
    monkeypatch.setenv("MQINFRA_ENV", "nowhere")
    assert "no environment `nowhere`" in mq("plan").err
    assert mq("plan", "-e", "local").code == 0


def test_another_folder_is_named_before_the_command(folder: Path, mq: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    mq("init", "--broker", "kafka")
    monkeypatch.chdir(folder.parent)
    assert mq("-C", folder.name, "validate").code == 0
    monkeypatch.chdir(folder.parent)
    assert "`-C` stands before the command" in mq("validate", "-C", folder.name).err
    assert "can't change to `missing`" in mq("-C", "missing", "validate").err
