"""The house of docs/architecture.md: who may import whom, how long files are, and who may print."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mqinfra.providers.base.catalogue import installed

ROOT = Path(__file__).parents[2] / "mqinfra"

# Longest matching part of a module's name → what it may import of mqinfra. Everybody may import themselves.
MAY_IMPORT = {
    "mqinfra.model": (),
    "mqinfra.providers.base": ("mqinfra.model",),
    "mqinfra.checks": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.schema": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.manifest": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.engine": ("mqinfra.model", "mqinfra.providers.base", "mqinfra.checks", "mqinfra"),
    "mqinfra.convert": ("mqinfra.model", "mqinfra.providers.base", "mqinfra.manifest"),
    "mqinfra.render": ("mqinfra.model",),
    "mqinfra.verify": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.monitor": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.providers.conformance": ("mqinfra.model", "mqinfra.providers.base", "mqinfra.engine"),
    "mqinfra.providers.sandbox": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.providers.kafka": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.providers.rabbitmq": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.providers.redis": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.providers.registry": ("mqinfra.model", "mqinfra.providers.base"),
    "mqinfra.cli": ("mqinfra",),
    "mqinfra": (),
}
# Clients of brokers, and who may import them.
CLIENTS = {
    "confluent_kafka": "mqinfra.providers.kafka",
    "kafka": "mqinfra.providers.kafka",
    "pika": "mqinfra.providers.rabbitmq",
    "redis": "tests",
    "requests": "tests",
    "urllib3": "tests",
}
LONGEST_FILE = 400
# The packages in whose code no broker's name stands, and what counts as one.
ANY_BROKER = ("convert", "engine", "manifest", "render", "schema", "checks", "cli", "model", "verify", "monitor")
BROKERS = re.compile("|".join((*installed().types, "rabbit", "valkey", "amqp", "vhost")), re.IGNORECASE)
# Packages whose parts (folders, and files beside them) import each other without going round in a circle.
PROVIDERS = [path for path in sorted(ROOT.glob("providers/*/")) if path.name not in ("base", "__pycache__")]
LAYERED = ["manifest", *(f"providers/{path.name}" for path in PROVIDERS)]


def modules() -> list[tuple[str, Path]]:
    return [
        (".".join(("mqinfra", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"), path)
        for path in sorted(ROOT.rglob("*.py"))
    ]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            is_package = ROOT.parent.joinpath(*node.module.split(".")).is_dir()
            yield from (f"{node.module}.{alias.name}" if is_package else node.module for alias in node.names)


def part_of(module: str) -> str:
    return max((part for part in MAY_IMPORT if module == part or module.startswith(part + ".")), key=len)


def allowed(module: str, imported: str) -> bool:
    part = part_of(module)
    if imported == part or imported.startswith(part + "."):
        return True
    return any(
        imported == other or imported.startswith(other + ".")
        if other != "mqinfra" or part == "mqinfra.cli"
        else imported == "mqinfra.__version__"
        for other in MAY_IMPORT[part]
    )


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: str(value) if isinstance(value, str) else "")
def test_imports_follow_the_layout(module: str, path: Path) -> None:
    strangers = [name for name in imports(path) if name.startswith("mqinfra") and not allowed(module, name)]
    assert not strangers, f"{module} may not import {strangers}"


def test_broker_clients_stay_in_their_provider() -> None:
    for module, path in modules():
        for name in imports(path):
            owner = CLIENTS.get(name.split(".", maxsplit=1)[0])
            assert owner is None or module.startswith(owner), f"{module} imports {name}"


def test_files_stay_readable() -> None:
    long = {module: len(path.read_text(encoding="utf-8").splitlines()) for module, path in modules()}
    assert not {module: lines for module, lines in long.items() if lines > LONGEST_FILE}


def test_only_the_console_prints() -> None:
    for module, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "print", f"{module}:{node.lineno} prints"


def shared_configurations(tree: ast.AST) -> list[int]:
    """Lines on which a model gets its configuration by a name: mypy reads `frozen` only where it is written."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "model_config"
        if not isinstance(node.value, ast.Call)
    ]


def test_models_are_frozen_for_mypy_too() -> None:
    for module, path in modules():
        lines = shared_configurations(ast.parse(path.read_text(encoding="utf-8")))
        assert not lines, f"{module}:{lines} takes its configuration by a name; inherit it from a base"


def help_texts(tree: ast.AST) -> Iterator[ast.AST]:
    """What is written for people and has examples: docstrings, explanations of codes, help of options and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name == "Code":
                yield from node.args[2:]
            if name in ("Code", "option", "Field"):
                yield from (item.value for item in node.keywords if item.arg in ("bad", "good", "help", "description"))


def words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names and texts of code with their lines, help texts aside."""
    aside = {id(inner) for text in help_texts(tree) for inner in ast.walk(text)}
    for node in ast.walk(tree):
        if id(node) not in aside:
            for field in ("id", "attr", "name", "asname", "arg", "module", "value"):
                word = getattr(node, field, None)
                if isinstance(word, str):
                    yield getattr(node, "lineno", 0), word


THEIRS = frozenset({"prometheus_client.registry", "CollectorRegistry"})
"""Words of libraries that mean another thing by them."""


def named_brokers(tree: ast.AST) -> list[str]:
    return [f"{line}: {word}" for line, word in words(tree) if BROKERS.search(word) and word not in THEIRS]


def test_no_broker_is_named_where_every_broker_is_served() -> None:
    for module, path in modules():
        if module.split(".")[1:2] and module.split(".")[1] in ANY_BROKER:
            assert not BROKERS.search(module), module
            assert not named_brokers(ast.parse(path.read_text(encoding="utf-8"))), module


@pytest.mark.parametrize(
    ("code", "named"),
    [
        ("if broker == 'rabbitmq': pass", ["1: rabbitmq"]),
        ("from mqinfra.providers.kafka import topics", ["1: mqinfra.providers.kafka"]),
        ("import redis as client", ["1: redis"]),
        ("import client as redis_client", ["1: redis_client"]),
        ("def of_vhost(kind): return kind.redis", ["1: of_vhost", "1: redis"]),
        ("def f(*, valkey=None): g(amqp=1)", ["1: valkey", "1: amqp"]),
        ("x = f'a topic of {cluster} on Kafka'", ["1:  on Kafka"]),
        ("Code('MQ1', 'a topic of Kafka', 'Kafka explained', bad='kafka: {}')", ["1: a topic of Kafka"]),
        ("class A:\n  'Of Kafka.'\n  b = Field(description='as in Redis')", []),
        ("click.option('--redis', help='such as kafka/topics')", ["1: --redis"]),
    ],
)
def test_names_of_brokers_are_found(code: str, named: list[str]) -> None:
    assert named_brokers(ast.parse(code)) == named


def parts(package: Path) -> dict[str, dict[str, str]]:
    """Part of a package → each other part that it imports, imports for types included, and one import that does."""
    dotted = ".".join(package.relative_to(ROOT.parent).parts)
    found: dict[str, dict[str, str]] = {}
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package).parts
        part = inside[0].removesuffix(".py")
        for name in imports(path):
            other = name.removeprefix(dotted + ".").split(".", maxsplit=1)[0]
            if name.startswith(dotted + ".") and other != part:
                found.setdefault(part, {}).setdefault(other, f"{'/'.join(inside)} imports {name}")
    return found


def circles(graph: dict[str, dict[str, str]]) -> list[str]:
    """The imports of which each leads back to where it comes from."""

    def reaches(start: str, goal: str) -> bool:
        seen, todo = {start}, [start]
        while todo:
            for part in graph.get(todo.pop(), {}):
                if part == goal:
                    return True
                if part not in seen:
                    seen.add(part)
                    todo.append(part)
        return False

    return [why for part, others in graph.items() for other, why in others.items() if reaches(other, part)]


@pytest.mark.parametrize("package", LAYERED)
def test_parts_import_each_other_without_circles(package: str) -> None:
    graph = parts(ROOT / package)
    assert graph, "nothing is looked at"
    assert circles(graph) == []


def test_circles_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "ROOT", tmp_path / "mqinfra")
    texts = {
        "api/client.py": "from mqinfra.broker.topics import spec\n",
        "topics/__init__.py": "",
        "topics/spec.py": "if True:\n    import mqinfra.broker.names\n",
        "names.py": "def later():\n    from mqinfra.broker.api.client import Client\n",
        "rules/topics.py": "from mqinfra.broker.topics.spec import Spec\nfrom mqinfra.broker.rules.other import x\n",
    }
    for name, text in texts.items():
        path = tmp_path / "mqinfra" / "broker" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert circles(parts(tmp_path / "mqinfra" / "broker")) == [
        "api/client.py imports mqinfra.broker.topics.spec",
        "names.py imports mqinfra.broker.api.client",
        "topics/spec.py imports mqinfra.broker.names",
    ]


def test_the_rules_can_fail() -> None:
    assert not allowed("mqinfra.engine.planning.planner", "mqinfra.providers.kafka.topics.kind")
    assert not allowed("mqinfra.model.plan", "mqinfra.engine.diff")
    assert not allowed("mqinfra.providers.sandbox.session", "mqinfra.providers.kafka.provider")
    assert not allowed("mqinfra.engine.planning.planner", "mqinfra.cli.main")
    assert allowed("mqinfra.engine.planning.planner", "mqinfra.__version__")
    assert shared_configurations(ast.parse("class A(BaseModel):\n    model_config = SHARED")) == [2]
    assert not shared_configurations(ast.parse("class A(BaseModel):\n    model_config = ConfigDict(frozen=True)"))
