"""The dashboard: stable, typed as Grafana has it, and of queries that Prometheus understands."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.brokers.fixtures import is_matrix, matrix_only
from tests.brokers.install import install_once, run
from tests.brokers.prometheus.release import promtool
from tests.cli.conftest import HEAD, Project
from tests.monitoring.test_promtool import FOREIGN, SHOP, shop

__all__ = ["shop"]

PACKAGES = ("@grafana/schema@13.2.3", "typescript@5.9.3")


def panels(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["panels"]
    return found


def expressions(text: str) -> Iterator[str]:
    for panel in panels(text):
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_every_owner_has_a_row_with_the_alerts_that_fire(shop: Project) -> None:
    some = panels(shop.mq("monitor", "dashboard").out)
    assert [panel["title"] for panel in some if panel["type"] == "row"] == ["money", "no owner"]
    assert [panel["title"] for panel in some].count("Alerts that fire") == 2
    assert all(panel["datasource"]["uid"] == "${DS_PROMETHEUS}" for panel in some if panel["type"] != "row")


def test_a_change_of_one_owner_keeps_the_ids_of_all_others(shop: Project) -> None:
    before = json.loads(shop.mq("monitor", "dashboard").out)
    assert json.loads(shop.mq("monitor", "dashboard").out) == before
    shop.topology(HEAD + SHOP.replace("owner: money", "owner: zoo"))
    after = json.loads(shop.mq("monitor", "dashboard").out)
    assert after["uid"] == before["uid"]
    assert len(after["uid"]) <= 40

    def ids(document: dict[str, Any]) -> set[int]:
        return {panel["id"] for panel in document["panels"]}

    assert len(ids(after)) == len(after["panels"])
    assert len(ids(before) & ids(after)) >= 8


@pytest.mark.parametrize("number", range(5))
def test_prometheus_understands_every_query(shop: Project, tmp_path: Path, number: int) -> None:
    chosen = [names[number % len(names)] for names in FOREIGN.values()] if number < 4 else []
    ran = shop.mq("monitor", "dashboard", *(word for name in chosen for word in ("--exporter", name)))
    rules = [{"record": f"query:{index}", "expr": expr} for index, expr in enumerate(expressions(ran.out))]
    assert len(rules) >= 8
    (tmp_path / "r.yml").write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    assert "SUCCESS" in promtool("check", "rules", "r.yml", folder=tmp_path)


def test_it_has_the_types_that_grafana_publishes(shop: Project, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    if not is_matrix(request.config):
        pytest.skip(matrix_only("the type of a dashboard"))
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    root = install_once("grafana-schema", " ".join(PACKAGES), fetch)
    text = shop.mq("monitor", "dashboard").out
    assert typed(text, tmp_path, root) == ""
    assert "does not exist in type 'Dashboard'" in typed(
        text.replace('"schemaVersion"', '"schemVersion"'), tmp_path, root
    )


def fetch(folder: Path) -> None:
    run(
        ["npm", "install", "--silent", "--no-save", "--prefix", str(folder), *PACKAGES], "npm could not fetch the types"
    )


def typed(text: str, folder: Path, root: Path) -> str:
    """What the compiler finds when the text is a `Dashboard`."""
    (folder / "node_modules").unlink(missing_ok=True)
    (folder / "node_modules").symlink_to(root / "node_modules")
    source = f'import type {{ Dashboard }} from "@grafana/schema";\nexport const one: Dashboard = {text};\n'
    (folder / "dashboard.ts").write_text(source)
    command = ["node", str(root / "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--skipLibCheck"]
    command += ["--moduleResolution", "bundler", "--module", "esnext", "dashboard.ts"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
