"""`python -m tests.bench.setting_path [TREE ...]`: count what a topic's `retention.ms` passes from text to broker.

One topic with a retention that nothing else has is planned and applied on a sandbox cluster, in one process each. Of
every function of mqinfra that runs then, two things are told when it returns or yields:

- in hand: an argument, a variable or what it returns is the value (as text, in a text or as a number), a mapping or
  object with it, or one that has such a mapping: the spec, or the spec as JSON.
- in reach: the value can be reached from one of them at all, however far in. That counts whatever is handed the whole
  plan too, such as the rules of other brokers.

Functions are told apart by where they are defined; comprehensions and lambdas count as the function that they are in.
Each TREE is a checkout of mqinfra; without one, it is this one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from types import FrameType, FunctionType, MappingProxyType, MethodType, ModuleType
from typing import Any

SETTING = "retention.ms"
HOURS = 169
MARKS = (f"{HOURS}h", str(HOURS * 3_600_000), "7d1h")
NUMBER = HOURS * 3_600_000
NEAR = 2
MOST = 200_000
"""Objects that a search looks at: more than one small project makes."""
PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: [orders]}}
environments:
  local: {clusters: {kafka: {type: kafka, sandbox: true}}}
"""
TOPOLOGY = f"""\
apiVersion: mqinfra/v1
kind: Topology
metadata: {{name: orders}}
kafka: {{topics: {{orders: {{partitions: 1, config: {{{SETTING}: {HOURS}h}}}}}}}}
"""
_CONTAINERS = (list, tuple, set, frozenset, deque)
_OPAQUE = (type, ModuleType, FunctionType, MethodType, FrameType, bytes, float, complex, bool, type(None))


def steps_to_value(start: Iterable[object], most: int | None = None) -> int | None:
    """How many steps into objects the value is; None when it can't be reached, or not in `most` steps."""
    layer = list(start)
    seen: set[int] = set()
    steps = 0
    while layer and len(seen) < MOST and (most is None or steps <= most):
        inner: list[object] = []
        for item in layer:
            if _is_value(item):
                return steps
            if id(item) not in seen:
                seen.add(id(item))
                inner.extend(_inside(item))
        layer, steps = inner, steps + 1
    return None


def _is_value(item: object) -> bool:
    if isinstance(item, str):
        return any(mark in item for mark in MARKS)
    return type(item) is int and item == NUMBER


def _inside(item: Any) -> Iterator[object]:
    if isinstance(item, (str, int, *_OPAQUE)):
        return
    if isinstance(item, (Mapping, MappingProxyType)):
        if type(item).__module__ in ("builtins", "collections", "mappingproxy"):
            yield from item.keys()
            yield from item.values()
            return
    elif isinstance(item, _CONTAINERS):
        yield from item
        return
    if not type(item).__module__.startswith("mqinfra"):
        return
    yield from getattr(item, "__dict__", {}).values()
    for kind in type(item).__mro__:
        names = kind.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if hasattr(item, name):
                yield getattr(item, name)


class Watch:
    """Looks at every function of one package when it returns or yields.

    Attributes:
        in_hand: functions that had the value near, as `file:function`.
        in_reach: functions that had it anywhere.
    """

    def __init__(self, package: Path) -> None:
        self._package = str(package) + os.sep
        self.in_hand: set[str] = set()
        self.in_reach: set[str] = set()

    def __call__(self, frame: FrameType, event: str, result: object) -> None:
        """Take an event of `sys.setprofile`."""
        code = frame.f_code
        if event != "return" or not code.co_filename.startswith(self._package) or code.co_name == "<module>":
            return
        name = f"{code.co_filename.removeprefix(self._package)}:{_function(code.co_qualname)}"
        if name in self.in_hand:
            return
        held = [*frame.f_locals.values(), result]
        if steps_to_value(held, NEAR) is not None:
            self.in_hand.add(name)
            self.in_reach.add(name)
        elif name not in self.in_reach and steps_to_value(held) is not None:
            self.in_reach.add(name)


def _function(name: str) -> str:
    """The function that a comprehension or a lambda is in."""
    parts = name.split(".")
    while len(parts) > 1 and parts[-1].startswith("<"):
        parts.pop()
    return ".".join(parts)


def watched() -> Watch:
    """Plan and apply in this process.

    Raises:
        RuntimeError: a command did not succeed.
    """
    import mqinfra  # noqa: PLC0415 - of the tree that is measured
    from mqinfra.cli.main import run  # noqa: PLC0415 - as above

    watch = Watch(Path(mqinfra.__file__).parent)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "topology").mkdir()
        (root / "mqinfra.yaml").write_text(PROJECT, encoding="utf-8")
        (root / "topology" / "kafka.yaml").write_text(TOPOLOGY, encoding="utf-8")
        os.chdir(root)
        for words in (["plan", "-e", "local"], ["apply", "-e", "local", "--auto-approve"]):
            shown = StringIO()
            threading.setprofile(watch)
            sys.setprofile(watch)
            try:
                with redirect_stdout(shown), redirect_stderr(shown):
                    code = run(words)
            finally:
                sys.setprofile(None)
                threading.setprofile(None)
            if code not in (0, 2):
                raise RuntimeError(f"`mq {' '.join(words)}` ended with {code}:\n{shown.getvalue()}")
        os.chdir(root.parent)
    return watch


def main(arguments: list[str]) -> int:
    """Measure each tree in a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.setting_path", description=__doc__)
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE", help="a checkout of mqinfra")
    parser.add_argument("--here", action="store_true", help="measure the mqinfra of this Python, as JSON")
    parser.add_argument("--list", action="store_true", help="name the functions too")
    chosen = parser.parse_args(arguments)
    if chosen.here:
        watch = watched()
        sys.stdout.write(json.dumps({"in hand": sorted(watch.in_hand), "in reach": sorted(watch.in_reach)}))
        return 0
    for tree in chosen.trees or [Path(__file__).parents[2]]:
        command = [sys.executable, "-P", str(Path(__file__).resolve()), "--here"]
        environment = {**os.environ, "PYTHONPATH": str(tree.resolve())}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        for how, functions in json.loads(done.stdout).items():
            files = {name.partition(":")[0] for name in functions}
            sys.stdout.write(f"{tree}: {how}: {len(files)} files, {len(functions)} functions\n")
            if chosen.list:
                sys.stdout.writelines(f"  {name}\n" for name in functions)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
