"""Configurations of Prometheus: examples for each exporter are what the command prints, and promtool takes them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from mqinfra.monitor.dialects.own import OWN
from mqinfra.monitor.metrics import PORT
from mqinfra.providers.base.catalogue import installed
from tests.brokers.errors import BrokerError
from tests.brokers.prometheus.release import promtool
from tests.command import Ran

EXAMPLES = Path(__file__).parents[2] / "examples"
MONITORING = EXAMPLES / "monitoring"
SCRAPE = MONITORING / "scrape"
# Of each type of cluster an example that has no other.
PROJECTS = {"": "monitoring", "kafka": "service", "rabbitmq": "work-queue", "redis": "monitoring"}
DIALECTS = {one.name: one for provider in installed().providers.values() for one in (*provider.dialects, OWN)}


def test_every_exporter_has_its_file_and_a_line_that_leads_to_it() -> None:
    assert {path.stem for path in SCRAPE.iterdir()} == DIALECTS.keys()
    page = (MONITORING / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in SCRAPE.iterdir() if f"(scrape/{path.name})" not in page] == []


@pytest.mark.parametrize("name", DIALECTS)
def test_the_example_is_what_the_command_prints(
    name: str, mq: Callable[..., Ran], request: pytest.FixtureRequest
) -> None:
    project = EXAMPLES / PROJECTS[DIALECTS[name].system]
    ran = mq("-C", str(project), "monitor", "rules", "--exporter", name, "-o", "scrape")
    assert ran.code == 0, ran.err
    golden = SCRAPE / f"{name}.yml"
    if request.config.getoption("--update-golden"):
        golden.write_text(ran.out, encoding="utf-8")
    assert ran.out == golden.read_text(encoding="utf-8")


def test_promtool_takes_all_of_them(tmp_path: Path) -> None:
    names = sorted(path.name for path in SCRAPE.iterdir())
    shutil.copytree(SCRAPE, tmp_path, dirs_exist_ok=True)
    assert promtool("check", "config", *names, folder=tmp_path).count("SUCCESS") == len(names) == len(DIALECTS)
    file = tmp_path / names[0]
    file.write_text(file.read_text().replace("targets:", "target:"))
    with pytest.raises(BrokerError, match="field target not found"):
        promtool("check", "config", names[0], folder=tmp_path)


def test_the_prometheus_of_the_first_alert_scrapes_the_exporter_where_it_listens(tmp_path: Path) -> None:
    ours = yaml.safe_load((SCRAPE / "mqinfra.yml").read_text(encoding="utf-8"))["scrape_configs"]
    text = (MONITORING / "prometheus.yml").read_text(encoding="utf-8")
    assert yaml.safe_load(text.replace("localhost", "mqinfra.example.com"))["scrape_configs"] == ours
    assert f"'localhost:{PORT}'" in text
    shutil.copy(MONITORING / "prometheus.yml", tmp_path)
    (tmp_path / "alerts.yml").write_text("groups: []\n")
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml", folder=tmp_path)
