"""Every folder of tests/cases/manifest is a project, and what loading it must say.

A folder holds input files, `expected.txt` with the diagnostics, and `desired.json` where there is something desired.
A folder without an `mqinfra.yaml` of its own takes the one beside the folders. `--update-golden` writes the expected
files anew; read the difference before you keep it.
"""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mqinfra.manifest.loader import Loaded, load
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.model.errors import UserError
from mqinfra.providers.base.catalogue import installed

CASES = Path(__file__).parents[2] / "cases" / "manifest"
EXPECTED = ("expected.txt", "desired.json")

TODAY = date(2026, 12, 1)


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir() if path.is_dir()))
def test_loading_says_what_the_case_expects(case: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    project = tmp_path / case
    shutil.copytree(CASES / case, project, ignore=shutil.ignore_patterns(*EXPECTED))
    if not (project / "mqinfra.yaml").exists():
        shutil.copy(CASES / "mqinfra.yaml", project)
    said, desired = outcome(project)
    assert "hunter2" not in said
    if request.config.getoption("--update-golden"):
        (CASES / case / "expected.txt").write_text(said)
        (CASES / case / "desired.json").unlink(missing_ok=True)
        if desired:
            (CASES / case / "desired.json").write_text(desired)
    assert said == (CASES / case / "expected.txt").read_text()
    assert desired == ((CASES / case / "desired.json").read_text() if desired else "")
    assert bool(desired) == (CASES / case / "desired.json").exists()


def outcome(project: Path) -> tuple[str, str]:
    try:
        loaded = load(project, None, installed(), today=TODAY, thorough=True)
    except UserError as error:
        return "".join(map(shown, error.diagnostics)), ""
    declarations = describe(loaded)
    return "".join(map(shown, loaded.diagnostics)), json.dumps(declarations, indent=1) + "\n" if declarations else ""


def shown(found: Diagnostic) -> str:
    lines = [f"{found.span or '-'} {found.severity.value} {found.code}: {found.message}"]
    if found.address is not None:
        lines.append(f"  address: {found.address}")
    if found.source is not None and found.span is not None:
        width = max(1, found.span.end_column - found.span.column)
        lines += [f"  | {found.source[:100]}".rstrip(), f"  | {' ' * (found.span.column - 1)}{'^' * width}"[:106]]
    lines += [f"  {related.label}: {related.span} | {related.source or ''}".rstrip() for related in found.related]
    lines += [f"  help: {text}" for text in found.help]
    return "\n".join(lines) + "\n"


def describe(loaded: Loaded) -> dict[str, Any]:
    desired = loaded.desired
    resources = {
        str(address): {
            "spec": item.spec.to_json(),
            "labels": dict(item.labels),
            "lifecycle": item.lifecycle.model_dump(exclude_defaults=True, by_alias=True, mode="json"),
            **({"promises": item.promises.written()} if item.promises.written() else {}),
            "origins": [f"{origin.span} {origin.by or ''}".rstrip() for origin in item.origins],
            "references": [f"{reference.role}: {reference.target}" for reference in item.references],
            "positions": {".".join(path): str(item.positions.span(path)) for path in sorted(item.spec.fields())},
        }
        for address, item in desired.declarations.items()
    }
    removed = {
        str(address): [str(stone.span), sorted(stone.even_if), stone.reason]
        for address, stone in desired.tombstones.items()
    }
    if not resources and not removed:
        return {}
    scope = {
        broker: {kind: list(names) for kind, names in kinds.items()} for broker, kinds in desired.scope.patterns.items()
    }
    return {
        "project": desired.project,
        "environment": desired.environment,
        "clusters": dict(desired.clusters),
        "scope": scope,
        "resources": resources,
        "removed": removed,
    }
