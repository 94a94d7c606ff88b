"""The dashboard: stable, typed as Grafana has it, and of queries that Prometheus understands."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

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


def test_every_panel_leads_to_the_alerts_that_are_made_of_it(shop: Project) -> None:
    names = {rule["alert"] for rule in rules_of(shop.mq("monitor", "rules").out)}
    some = panels(shop.mq("monitor", "dashboard").out)
    row, links = "", {}
    for panel in some:
        if panel["type"] == "row":
            row = panel["title"]
        else:
            links[row, panel["title"]] = {link["title"]: searched(link["url"]) for link in panel["links"]}
    assert all(links.values())
    assert {title for of in links.values() for title in of} - {"Alerts"} <= names
    of_billing = 'datasource:"${DS_PROMETHEUS:text}" rule:ConsumerStalled label:"project=shop" '
    of_billing += 'label:"environment=local" label:"owner=money"'
    assert links["money", "Messages behind"]["ConsumerStalled"] == of_billing
    assert "owner" not in links["no owner", "Dead letters"]["DLQNotEmpty"], "such rules have no such label"
    assert links["money", "Members of groups"].keys() == {"ConsumerGroupEmpty"}
    assert links["no owner", "Dead letters"].keys() >= {"DLQNotEmpty", "DLQGrowing"}


def test_rows_may_be_of_another_label(shop: Project) -> None:
    shop.topology(HEAD + SHOP.replace("owner: money", "tier: gold, owner: money"))
    some = panels(shop.mq("monitor", "dashboard", "--rows-by", "tier").out)
    assert [panel["title"] for panel in some if panel["type"] == "row"] == ["gold", "no tier"]
    first = next(panel for panel in some if panel["title"] == "Alerts that fire")
    assert "owner" not in first["targets"][0]["expr"] + first["links"][0]["url"]


def rules_of(text: str) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def searched(url: str) -> str:
    """What a link looks for in the list of alert rules."""
    page, _, search = url.partition("?search=")
    assert page == "/alerting/list"
    return unquote(search)


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
