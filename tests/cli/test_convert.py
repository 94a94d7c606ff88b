"""`mqinfra convert`: what it makes of each format plans and applies at once, and what it leaves out is listed.

A folder of `convert/` holds inputs of one format, written after the public examples of its tool, beside the manifest
that comes of them (`expected.yaml`) and what is lost (`lost.txt`). `--update-golden` writes both anew, and the table of
counts in the docs.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.convert.conversion import formats
from mqinfra.providers.base.catalogue import installed
from tests.command import Ran

Run = Callable[..., Ran]
CASES = Path(__file__).with_name("convert")
FORMATS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
GOLDEN = ("expected.yaml", "lost.txt")
SECRETS = ("not-a-real-one", "bm90LWEtcmVhbC1oYXNo")


def inputs(form: str) -> list[str]:
    return [
        path.relative_to(CASES).as_posix()
        for path in sorted((CASES / form).iterdir())
        if path.name not in GOLDEN and path.is_file()
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_what_comes_of_a_format_and_what_is_lost(
    form: str, mq: Run, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(CASES)
    ran = mq("convert", *inputs(form))
    assert ran.code == 0, ran.err
    *lost, last = ran.err.removesuffix("\n").split("\n")
    assert last.startswith(f"{form}: ")
    found = {"expected.yaml": ran.out, "lost.txt": "".join(f"{line}\n" for line in lost)}
    for name, text in found.items():
        path = CASES / form / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMATS)
def test_every_loss_has_a_place_and_no_secret_is_carried_over(
    form: str, mq: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    ran = mq("convert", *inputs(form), "-o", "json")
    report = json.loads(ran.out)
    assert report["formats"] == [form]
    assert report["converted"]
    for found in report["lost"]:
        assert found.get("span") or found["address"], found
    text = mq("convert", *inputs(form))
    assert not any(secret in part for secret in SECRETS for part in (ran.out, ran.err, text.out, text.err))


@pytest.mark.parametrize("form", FORMATS)
def test_what_was_converted_plans_and_applies_on_the_sandbox_at_once(
    form: str, mq: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CASES)
    ran = mq("convert", *inputs(form), "--into", str(tmp_path / "shop"), "--name", "shop")
    assert ran.code == 0, ran.err
    monkeypatch.chdir(tmp_path / "shop")
    valid = mq("validate")
    assert valid.code == 0, valid.err + valid.out
    planned = mq("plan", "--detailed-exitcode")
    assert planned.code == 2, planned.err + planned.out
    for path in Path("topology").iterdir():
        for name in re.findall(r"env: (\w+)", path.read_text(encoding="utf-8")):
            monkeypatch.setenv(name, "somebody's")
    applied = mq("apply", "--auto-approve")
    assert applied.code == 0, applied.err + applied.out
    assert mq("plan", "--detailed-exitcode").code == 0


def test_what_nobody_reads_is_an_error_that_names_the_formats(mq: Run, tmp_path: Path) -> None:
    file = tmp_path / "deployment.yaml"
    file.write_text("kind: Deployment\nspec: {}\n", encoding="utf-8")
    ran = mq("convert", str(file))
    assert ran.code == 1
    assert "MQ181" in ran.err
    assert "no converter reads `kind: Deployment`" in ran.err
    assert "strimzi" in ran.err


def test_terraforms_own_language_is_answered_with_the_way_to_json(mq: Run, tmp_path: Path) -> None:
    file = tmp_path / "main.tf"
    file.write_text('resource "kafka_topic" "a" {}\n', encoding="utf-8")
    ran = mq("convert", str(file))
    assert ran.code == 1
    assert "terraform show -json" in ran.err


def test_a_misspelt_format_is_suggested(mq: Run) -> None:
    ran = mq("convert", str(CASES / "strimzi" / "topics.yaml"), "--from", "strimsi")
    assert ran.code == 1
    assert "did you mean `strimzi`?" in ran.err


def test_nothing_that_is_there_is_written_over(mq: Run, tmp_path: Path) -> None:
    (tmp_path / "topology").mkdir()
    (tmp_path / "topology" / "kafka.yaml").write_text("mine\n", encoding="utf-8")
    ran = mq("convert", str(CASES / "strimzi" / "topics.yaml"), "--into", str(tmp_path))
    assert ran.code == 1
    assert "MQ193" in ran.err
    assert (tmp_path / "topology" / "kafka.yaml").read_text(encoding="utf-8") == "mine\n"
    assert not (tmp_path / "mqinfra.yaml").exists()


def test_a_thing_that_two_files_say_differently_is_lost_with_the_second(mq: Run, tmp_path: Path) -> None:
    for name, partitions in (("a", 3), ("b", 6)):
        text = (
            "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {name: orders}\n"
            f"spec: {{partitions: {partitions}}}\n"
        )
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    ran = mq("convert", str(tmp_path))
    assert ran.code == 0
    assert "partitions: 3" in ran.out
    assert f"{tmp_path}/b.yaml:1:1: warning[MQ180]: " in ran.err
    assert "`kafka/topics/orders` is declared twice" in ran.err


PAGE = Path(__file__).parents[2] / "docs" / "convert.md"
TABLE = re.compile(r"(<!-- counts -->\n).*?(<!-- /counts -->)", re.DOTALL)


def test_the_table_of_counts_in_the_docs_is_current(
    mq: Run, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(CASES)
    rows = ["| format | reads | converted | not carried over |", "|---|---|---|---|"]
    for form, title in formats(installed()).items():
        report = json.loads(mq("convert", *inputs(form), "-o", "json").out)
        made = ", ".join(f"{count} {kind}" for kind, count in report["converted"].items())
        rows.append(f"| `{form}` | {title} | {made} | {len(report['lost'])} |")
    text = PAGE.read_text(encoding="utf-8")
    table = TABLE.sub(lambda found: found[1] + "\n".join(rows) + "\n" + found[2], text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(table, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == table


def test_every_format_has_inputs() -> None:
    assert list(formats(installed())) == FORMATS


def test_where_nothing_is_left_to_declare_nothing_is_written(mq: Run, tmp_path: Path) -> None:
    file = tmp_path / "definitions.json"
    row = {"name": "amq.x", "vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}
    file.write_text(json.dumps({"rabbit_version": "4.1.0", "queues": [row]}), encoding="utf-8")
    ran = mq("convert", str(file), "--into", str(tmp_path / "shop"))
    assert ran.code == 1
    assert "nothing was written" in ran.err
    assert not (tmp_path / "shop").exists()


def test_a_file_that_cannot_be_read_keeps_nobody_from_the_others(mq: Run, tmp_path: Path) -> None:
    topic = "apiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata: {name: orders}\nspec: {partitions: 3}\n"
    (tmp_path / "a.yaml").write_text(topic, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("name: {{ template }}\n", encoding="utf-8")
    ran = mq("convert", str(tmp_path))
    assert ran.code == 1
    assert "orders:" in ran.out
    assert f"{tmp_path}/b.yaml:1" in ran.err
