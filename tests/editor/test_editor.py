"""The schemas in a yaml-language-server: completions, descriptions, and bad input marked on its line. In the matrix."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mqinfra.providers.base.catalogue import installed
from mqinfra.schema import schema_files
from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.install import CACHE
from tests.editor.server import LanguageServer, install

HERE = Path(__file__).parent
CURSOR = "¦"
MODELINE = "# yaml-language-server: $schema=topology.schema.json\n"
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "completions.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageServer]:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("a language server"))
    if shutil.which("npm") is None:
        pytest.skip("a language server needs Node.js")
    folder = tmp_path_factory.mktemp("editor")
    for name, text in schema_files(installed()).items():
        (folder / name).write_text(text, encoding="utf-8")
    with LanguageServer(install(CACHE.parent / "yaml-language-server"), folder) as server:
        yield server


@pytest.mark.parametrize("number", range(len(CASES)))
def test_what_may_stand_there_is_offered(server: LanguageServer, number: int) -> None:
    case = CASES[number]
    text = MODELINE + case["text"]
    before = text.partition(CURSOR)[0]
    name = f"completion-{number}.yaml"
    server.open(name, text.replace(CURSOR, ""))
    offered = server.complete(name, before.count("\n"), len(before.rpartition("\n")[2]))
    assert set(case["offers"]) <= set(offered), offered


def test_bad_input_is_marked_on_its_line_and_nothing_else_is(server: LanguageServer) -> None:
    text = MODELINE + (HERE / "bad.yaml").read_text(encoding="utf-8")
    bad = {number for number, line in enumerate(text.splitlines()) if line.endswith("# bad")}
    found = {finding["range"]["start"]["line"]: finding["message"] for finding in server.open("bad.yaml", text)}
    assert len(bad) >= 30
    lines = text.splitlines()
    assert {lines[number] for number in bad - found.keys()} == set()
    assert {(lines[number], found[number]) for number in found.keys() - bad} == set()


def test_the_examples_have_no_mark(server: LanguageServer) -> None:
    for path in sorted((HERE.parents[1] / "examples").rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "kind: Topology" in text:
            name = f"{path.parent.parent.name}-{path.name}"
            assert server.open(name, MODELINE + text) == [], path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kafka:\n  topics:\n    a:\n      parti¦tions: 3\n", "partitions"),
        ("kafka:\n  topics:\n    a:\n      config:\n        reten¦tion.ms: 7d\n", "Written as a duration"),
        ("kafka:\n  topics:\n    a:\n      dead¦Letter: true\n", "records that consumers give up on"),
        (
            "rabbitmq:\n  vhosts:\n    /shop:\n      queues:\n        q:\n          re¦try: {delays: [1s]}\n",
            "come back after a while",
        ),
        ("remo¦ved:\n  kafka/topics/a: {}\n", "deleted"),
    ],
)
def test_a_field_says_what_it_means(server: LanguageServer, text: str, said: str) -> None:
    name = f"hover-{re.sub('[^a-z]', '', text)[:20]}.yaml"
    before = (MODELINE + text).partition(CURSOR)[0]
    server.open(name, MODELINE + text.replace(CURSOR, ""))
    assert said in server.hover(name, before.count("\n"), len(before.rpartition("\n")[2]))
