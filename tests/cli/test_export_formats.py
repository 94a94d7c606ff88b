"""`mqinfra export -o FORMAT`: another tool's words for what is live, and a list of what it has none for.

What was exported is converted back and planned on the very cluster: whatever the format says, it says as it is.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.cli.export import FORMATS
from mqinfra.convert.exporting import exporters
from mqinfra.providers.base.catalogue import installed
from tests.cli.test_convert import CASES, inputs
from tests.command import Ran

Run = Callable[..., Ran]
PAIRS = [
    (source, form)
    for source, forms in (
        ("strimzi", ("strimzi", "asyncapi")),
        ("terraform", ("strimzi",)),
        ("definitions", ("definitions", "topology-operator", "asyncapi")),
        ("topology-operator", ("topology-operator", "definitions")),
    )
    for form in forms
]


@pytest.fixture
def shop(mq: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A project whose sandbox has what comes of the inputs of a format."""

    def make(source: str) -> Path:
        monkeypatch.chdir(CASES)
        folder = tmp_path / "shop"
        assert mq("convert", *inputs(source), "--into", str(folder), "--name", "shop").code == 0
        monkeypatch.chdir(folder)
        for path in Path("topology").iterdir():
            for name in re.findall(r"env: (\w+)", path.read_text(encoding="utf-8")):
                monkeypatch.setenv(name, "amqp://somebody:else@host")
        applied = mq("apply", "--auto-approve")
        assert applied.code == 0, applied.err
        return folder

    return make


@pytest.mark.parametrize(("source", "form"), PAIRS)
def test_what_is_exported_says_what_is_live_and_lists_the_rest(
    shop: Callable[[str], Path], mq: Run, monkeypatch: pytest.MonkeyPatch, source: str, form: str
) -> None:
    folder = shop(source)
    ran = mq("export", "-o", f"{form}={folder / 'exported'}")
    assert ran.code == 0, ran.err
    text = (folder / "exported").read_text(encoding="utf-8")
    assert "somebody" not in text + ran.err
    for path in (folder / "topology").iterdir():
        path.unlink()
    back = mq("convert", str(folder / "exported"), "--from", form, "--into", str(folder / "topology"))
    assert back.code == 0, back.err
    for path in (folder / "topology").iterdir():
        for name in re.findall(r"env: (\w+)", path.read_text(encoding="utf-8")):
            monkeypatch.setenv(name, "amqp://somebody:else@host")
    planned = mq("plan", "-o", "json")
    # What is not in the file, or says less there, is in the list: a resource as a whole, or its fields.
    listed = re.findall(r"^(\S+): warning\[MQ182\]: (?:`([^`.]+)[^`]*`|it) is left out", ran.err, re.MULTILINE)
    for change in json.loads(planned.out)["changes"]:
        fields = (
            {difference["path"][0] for difference in change["differences"]}
            if change["action"] in ("update", "replace")
            else {""}
        )
        missing = {(change["address"], field) for field in fields} - set(listed)
        assert not missing or (change["address"], "") in listed, change


def test_fields_without_words_are_listed(shop: Callable[[str], Path], mq: Run) -> None:
    shop("terraform")
    said = mq("export", "-o", "strimzi", "--select", "cluster:kafka").err
    assert "kafka/users/billing: warning[MQ182]: `iterations` is left out" in said
    assert "SCRAM-SHA-256" in said
    assert "kafka/quotas/clientId=<default>: warning[MQ182]: it is left out" in said


def test_one_file_of_one_cluster_is_not_made_of_two(mq: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mqinfra.yaml").write_text(
        "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"
        "scope: {rabbitmq: {wholeCluster: true}}\nenvironments:\n  local:\n    clusters:\n"
        "      one: {type: rabbitmq, sandbox: true}\n      two: {type: rabbitmq, sandbox: true}\n",
        encoding="utf-8",
    )
    (tmp_path / "topology").mkdir()
    for alias in ("one", "two"):
        text = (
            f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: {alias}}}\n"
            f"rabbitmq: {{cluster: {alias}, vhosts: {{shop: {{}}}}}}\n"
        )
        (tmp_path / "topology" / f"{alias}.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert mq("apply", "--auto-approve").code == 0
    ran = mq("export", "-o", "definitions")
    assert ran.code == 1
    assert "--select cluster:one" in ran.err
    assert mq("export", "-o", "definitions", "--select", "cluster:one").code == 0


def test_all_formats_of_our_providers_are_offered() -> None:
    assert ("yaml", *exporters(installed())) == FORMATS
