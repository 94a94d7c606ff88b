"""Names of tests as other files give them, and whether there is such a test; without collecting anything."""

import ast
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[1]


def missing_node(node: str) -> str:
    """Why a pytest node (`tests/x/test_y.py::test_z`, or a file, or a folder) is not there; empty when it is.

    What stands in brackets after it, its parameters, is not looked at.
    """
    path, _, name = node.partition("::")
    file = _ROOT / path
    if not name:
        return "" if file.exists() else f"no {path}"
    if not file.is_file():
        return f"no file {path}"
    return "" if name.partition("[")[0] in _names(file) else f"no {name} in {path}"


@cache
def _names(file: Path) -> frozenset[str]:
    names: set[str] = set()
    for item in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(item, ast.FunctionDef):
            names.add(item.name)
        elif isinstance(item, ast.Assign):
            names |= {target.id for target in item.targets if isinstance(target, ast.Name)}
    return frozenset(names)
