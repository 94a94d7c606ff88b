"""The catalogue: providers are found by entry points, imported when they are needed, and held to what a provider is."""

import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from mqinfra.model.code import Code
from mqinfra.model.errors import UserError
from mqinfra.providers.base import catalogue
from mqinfra.providers.base.catalogue import Catalogue, Registration, installed, registered
from mqinfra.providers.kafka.provider import KafkaProvider

OURS = ("kafka", "rabbitmq", "redis", "registry")
MANIFESTS = {
    "kafka": ("topics: [orders]", "topics: {orders: {partitions: 6}}"),
    "rabbitmq": ("vhosts: [/shop]", "vhosts: {/shop: {queues: {orders: {}}}}"),
    "redis": ("keys: [orders]", "streams: {orders: {}}"),
    "registry": ('subjects: ["orders.*"]', "subjects: {orders.a: {type: json, schema: '{}'}}"),
}


class Other(KafkaProvider):
    """A provider of another distribution, with a code that is its own or is not."""

    type = "other"
    code = "OTH100"

    @property
    def rules(self) -> tuple[()]:
        return ()

    @property
    def codes(self) -> tuple[Code, ...]:
        return (Code(self.code, "a title", "an explanation"),)


class Stealing(Other):
    code = "MQ100"


class Small(Other):
    code = "oth-1"


class Same(Other):
    type = "same"


MADE: list[str] = []


class Counted(Other):
    def __init__(self) -> None:
        MADE.append(self.type)
        super().__init__()


@dataclass
class Distribution:
    name: str


def registration(value: str, type_: str = "other", distribution: str = "mq-other") -> Registration:
    """Of a class of this module, or of what an entry point names."""
    point = EntryPoint(type_, value if ":" in value else f"{__name__}:{value}", catalogue.GROUP)
    return Registration(point._for(Distribution(distribution)))  # type: ignore[attr-defined]


def problem(error: pytest.ExceptionInfo[UserError]) -> str:
    (found,) = error.value.diagnostics
    assert found.code == "MQ196"
    return " ".join((found.message, *found.help))


def test_our_own_are_found_by_their_entry_points() -> None:
    assert installed().types == OURS
    assert all(installed().providers[name].type == name for name in OURS)


def test_looking_one_up_makes_that_one_alone() -> None:
    known = Catalogue([registration("Counted"), registration("nowhere:Other", "another")])
    MADE.clear()
    assert "other" in known.providers
    assert list(known.providers) == ["another", "other"]
    assert known.kind("pulsar", "topics") is None
    assert known.of(["other", "pulsar"]).types == ("other",)
    assert not MADE
    assert known.kind("other", "topics") is not None
    assert "topics" in {kind.name for kind in known.of(["other"]).kinds()}
    assert MADE == ["other"]


def test_one_type_twice_names_both_distributions() -> None:
    with pytest.raises(UserError) as error:
        Catalogue([registration("Other"), registration("Other", distribution="another")])
    assert "`other` is installed twice: by `another` and `mq-other`" in problem(error)


def test_an_installation_without_our_own_says_to_reinstall() -> None:
    with pytest.raises(UserError) as error:
        registered([EntryPoint("other", "tests.unit.test_catalogue:Other", catalogue.GROUP)])
    assert "reinstall mqinfra" in problem(error)


@pytest.mark.parametrize("provider", [Stealing, Small])
def test_codes_of_others_have_a_prefix_of_their_own(provider: type[Other]) -> None:
    with pytest.raises(UserError) as error:
        assert Catalogue([registration(provider.__name__)]).codes
    assert f"`other` of `mq-other` has the code `{provider.code}`" in problem(error)


def test_two_distributions_do_not_share_a_prefix() -> None:
    known = Catalogue([registration("Other"), registration("Same", "same", "mq-same")])
    with pytest.raises(UserError) as error:
        assert known.codes
    assert "`mq-same` and `mq-other` both have codes such as `OTH100`" in problem(error)
    assert [code.id for code in Catalogue([registration("Other")]).codes] == ["OTH100"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("nowhere_at_all:Other", "can't be imported: No module named 'nowhere_at_all'"),
        ("Nothing", "can't be imported: module 'tests.unit.test_catalogue' has no attribute 'Nothing'"),
        ("Distribution.__annotations__.copy", "is dict, which is not a Provider"),
        ("Same", "says that its type is `same`"),
    ],
)
def test_what_is_not_a_provider_of_its_type_is_refused(value: str, why: str) -> None:
    with pytest.raises(UserError) as error:
        assert registration(value).provider
    assert f"the provider `other` of `mq-other` {why}" in problem(error)
    assert "update or uninstall `mq-other`" in problem(error)


def project(root: Path, broker: str, scope: str = "") -> Path:
    owned, entries = MANIFESTS[broker]
    (root / "topology").mkdir()
    (root / "mqinfra.yaml").write_text(
        "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"
        f"scope:\n  {broker}: {{{owned}}}\n{scope}"
        f"environments:\n  local:\n    clusters: {{it: {{type: {broker}, sandbox: true}}}}\n"
    )
    (root / "topology" / "shop.yaml").write_text(
        f"apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {{name: shop}}\n{broker}: {{{entries}}}\n"
    )
    return root


def run_alone(folder: Path, *arguments: str) -> tuple[str, set[str]]:
    """What a command prints in a process of its own, and the modules that it imported."""
    script = "import sys\nfrom mqinfra.cli.main import run\ncode = run(sys.argv[1:])\nprint(code, *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, check=True
    )
    *said, last = done.stdout.splitlines()
    return "\n".join((*said, done.stderr)), set(last.split()[1:])


def brokers(modules: set[str]) -> set[str]:
    """The brokers of which a module is among them."""
    return {name.split(".")[2] for name in modules if name.startswith("mqinfra.providers.")} & set(OURS)


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("export",)])
@pytest.mark.parametrize("broker", OURS)
def test_a_project_imports_its_own_broker_alone(broker: str, command: tuple[str, ...], tmp_path: Path) -> None:
    said, imported = run_alone(project(tmp_path, broker), *command)
    assert brokers(imported) == {broker}
    assert "error" not in said


def test_words_of_other_brokers_are_checked_by_validate_alone(tmp_path: Path) -> None:
    other = "  rabbitmq: {qeues: [orders]}\ndefaults: {rabbitmq/qeues: {}}\n"
    root = project(tmp_path, "kafka", other)
    said, imported = run_alone(root, "plan")
    assert "qeues" not in said
    assert brokers(imported) == {"kafka"}
    said, imported = run_alone(root, "validate")
    assert "`qeues`: unknown field of the scope of `rabbitmq`" in said
    assert "unknown kind `rabbitmq/qeues`" in said
    assert "rabbitmq" in brokers(imported)


def test_help_and_shared_codes_import_no_provider(tmp_path: Path) -> None:
    for command in (("--help",), ("plan", "--help"), ("explain", "exit-codes"), ("explain", "MQ196")):
        assert brokers(run_alone(tmp_path, *command)[1]) == set()


def test_a_plan_imports_only_what_it_uses(tmp_path: Path) -> None:
    _, imported = run_alone(project(tmp_path, "kafka"), "plan")
    unused = {"plan_json", "markdown", "comment", "snapshot_file", "sample", "describe"}
    assert {name for name in imported if name.startswith("mqinfra.") and name.rpartition(".")[2] in unused} == set()
    assert {name.partition(".")[0] for name in imported} & {"confluent_kafka", "kafka", "pika", "requests"} == set()
