"""The benchmark's arithmetic, on recorded numbers; and what a page of help may import, in modules and not in time."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from mqinfra.manifest.loader import load
from mqinfra.providers.base.catalogue import installed
from tests.bench import setting_path, startup, verification
from tests.bench.rabbitmq import write_project
from tests.bench.rabbitmq_raw import Job, put_exchanges, put_policies, put_queues
from tests.bench.startup import HEAVY, heavy_imports, imported_by
from tests.bench.table import Row, Target, apply_target, growth, plan_target, table
from tests.brokers.errors import BrokerError
from tests.brokers.kafka.performance import consumed_rate
from tests.brokers.load_tool import Measured


def test_a_plan_may_take_half_as_much_again_and_a_second_per_ten_thousand_entries() -> None:
    row = Row("plan", ours=4.9, target=plan_target(10_000), floor=2.61, cpu=4.66, floor_cpu=2.33)
    assert row.allowed == pytest.approx(4.915)
    assert row.met
    assert row.ratio == pytest.approx(1.877, abs=0.001)
    assert row.cpu_ratio == pytest.approx(2.0)
    assert not Row("plan", 4.92, plan_target(10_000), 2.61).met
    assert plan_target(1_000).allowed(2.0) == pytest.approx(3.1)


def test_an_apply_may_take_a_fifth_more_and_a_second_per_ten_thousand_changes() -> None:
    assert apply_target(10_000).allowed(12.88) == pytest.approx(16.456)
    assert Row("apply", 13.35, apply_target(10_000), 12.88).met
    assert not Row("apply", 29.67, apply_target(10_000), 16.62).met


def test_a_row_without_a_floor_is_held_against_what_is_promised_alone() -> None:
    assert Row("memory", 499.0, Target(extra=500.0), unit="MB").met
    assert not Row("memory", 501.0, Target(extra=500.0), unit="MB").met
    assert Row("memory", 499.0, Target(extra=500.0)).ratio is None


def test_a_row_without_a_promise_is_not_judged() -> None:
    row = Row("validate", 0.93, cpu=0.92)
    assert (row.allowed, row.met, row.cpu_ratio) == (None, None, None)


def test_growth_leaves_out_what_every_run_costs() -> None:
    sizes = (1_000, 10_000, 50_000)
    assert growth(sizes, [0.3 + size * 1e-4 for size in sizes]) == pytest.approx(1.0)
    assert growth(sizes, [0.3 + size**2 * 1e-8 for size in sizes]) > 4


def test_the_table_shows_floor_ratio_allowance_and_verdict() -> None:
    rows = [
        Row("plan of nothing", 4.96, plan_target(10_000), 2.61, "s", 4.94, 2.33),
        Row("memory", 146.2, Target(extra=500), unit="MB"),
        Row("modules", 0, Target(), unit=""),
    ]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table(rows).splitlines()]
    assert lines[0][:6] == ["what", "floor", "mqinfra", "ratio", "allowed", "target"]
    assert lines[2] == ["plan of nothing", "2.61 s", "4.96 s", "1.90x", "4.92 s", "MISSED", "2.33 s", "4.94 s", "2.12x"]
    assert lines[3] == ["memory", "-", "146 MB", "-", "500 MB", "met", "-", "-", "-"]
    assert lines[4] == ["modules", "-", "0", "-", "0", "met", "-", "-", "-"]
    assert len({len(line) for line in table(rows).splitlines()}) == 1


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_imports_nothing_that_is_slow_to_import(option: str) -> None:
    assert heavy_imports(option) == frozenset()


def test_the_log_of_imports_shows_what_a_command_imports() -> None:
    names = imported_by("schema", "topology")
    assert {"mqinfra.schema", "pydantic"} <= names
    assert names.isdisjoint({"confluent_kafka", "kafka"})
    assert "pydantic" in HEAVY


@pytest.mark.parametrize("session", ["kafka.session", "rabbitmq.session", "redis.session"])
def test_a_session_that_plans_imports_nothing_that_sends_or_watches_messages(session: str) -> None:
    listed = f"import sys, mqinfra.providers.{session}; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", listed], check=True, capture_output=True, text=True).stdout.split()
    assert f"mqinfra.providers.{session}" in names
    broker = session.partition(".")[0]
    apart = re.compile(rf"mqinfra\.providers\.({broker}|base)\.(verification|monitoring|\w+\.recognition)\b.*")
    assert not [name for name in names if apart.fullmatch(name)]


def test_connecting_to_rabbitmq_imports_no_client_of_amqp_which_a_plan_of_creates_does_without() -> None:
    listed = "import sys, mqinfra.providers.rabbitmq.connect, mqinfra.providers.rabbitmq.api.amqp; print(*sys.modules)"
    names = subprocess.run([sys.executable, "-c", listed], check=True, capture_output=True, text=True).stdout.split()
    assert "mqinfra.providers.rabbitmq.api.amqp" in names
    assert "pika" not in names


def test_the_script_that_measures_steps_hides_no_client_behind_its_own_folder() -> None:
    script = Path(startup.__file__).with_name("phases.py")
    # As `python tests/bench/phases.py` does it: the script's folder comes first.
    begun = f"import sys, runpy; sys.path.insert(0, {str(script.parent)!r}); runpy.run_path({str(script)!r})"
    found = "import importlib.util; print(importlib.util.find_spec('kafka').origin)"
    command = [sys.executable, "-c", f"{begun}; {found}"]
    origin = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert script.parent not in Path(origin.strip()).parents


@pytest.mark.parametrize("letters", ["", "policy", "argument"])
def test_mqinfra_and_the_raw_client_make_the_same_on_rabbitmq(letters: str, tmp_path: Path) -> None:
    job = Job(port=15672, queues=60, letters=letters)
    write_project(tmp_path, job, 5672)
    declared = load(tmp_path, None, installed()).desired.declarations
    assert len(declared) == job.total + 1
    named = {"/".join((address.kind, *address.path)) for address in declared if address.kind != "bindings"}
    calls = [call for calls in (put_exchanges, put_queues, put_policies) for call in calls(job)]
    assert named == {f"vhosts/{job.vhost}", *(unquote(call.path) for call in calls)}


def test_a_measured_change_on_rabbitmq_exchanges_bindings_for_others(tmp_path: Path) -> None:
    job = Job(port=15672, queues=60, changed=20)
    write_project(tmp_path, job, 5672)
    before = load(tmp_path, None, installed()).desired
    write_project(tmp_path, job, 5672, changed=True)
    after = load(tmp_path, None, installed()).desired
    assert len(after.declarations.keys() - before.declarations.keys()) == job.changed
    assert before.declarations.keys() - after.declarations.keys() == after.tombstones.keys()


@dataclass
class Topic:
    """Stands for a spec: an object of mqinfra."""

    config: dict[str, object]


Topic.__module__ = "mqinfra.of.the.test"


@pytest.mark.parametrize(
    ("held", "steps"),
    [
        ("169h", 0),
        (608_400_000, 0),
        ("config: {retention.ms: 169h}", 0),
        ({"retention.ms": 608_400_000}, 1),
        (Topic({"retention.ms": "169h"}), 2),
        ({"config": {"retention.ms": "169h"}}, 2),
        ([Topic({"retention.ms": "169h"})], 3),
        (Topic({"retention.ms": 604_800_000}), None),
        (Path("169h"), None),
    ],
)
def test_the_path_of_a_setting_counts_steps_to_its_value(held: object, steps: int | None) -> None:
    assert setting_path.steps_to_value([held]) == steps
    assert setting_path.steps_to_value([held], most=1) == (steps if steps is not None and steps <= 1 else None)


def test_the_path_of_a_setting_leads_from_the_text_to_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    assert setting_path.main(["--list"]) == 0
    near, _, far = capsys.readouterr().out.partition("in reach")
    assert "manifest/" in near
    assert "kafka/topics/sandbox.py" in near
    assert set(near.splitlines()[1:-1]) < set(far.splitlines()[1:])


def test_medians_of_two_load_tools_are_held_against_one_another() -> None:
    theirs = [Measured(2_000, 1.0, 5.0), Measured(1_990, 2.0, 9.0), Measured(1_995, 90.0, 300.0)]
    ours = [Measured(1_995, 2.5, 8.0), Measured(2_000, 2.4, 7.0), Measured(1_500, 99.0, 400.0)]
    found = {row.what.rpartition(": ")[2]: row for row in verification.rows("verify", theirs, ours)}
    assert (found["p50"].ours, found["p50"].floor) == (2.5, 2.0)
    assert found["p50 apart"].met
    assert found["consumed rates apart"].met
    assert (found["p99"].ours, found["p99"].floor, found["p99"].met) == (8.0, 9.0, None)
    assert not verification.rows("verify", theirs, [Measured(1_900, 2.7, 8.0)])[1].met
    assert not verification.rows("verify", theirs, [Measured(1_900, 2.7, 8.0)])[3].met


def test_kafkas_consumer_is_counted_by_its_lines_after_the_warm_up() -> None:
    told = """SLF4J: Failed to load class "org.slf4j.impl.StaticLoggerBinder".
time, threadId, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, ...
2026-11-29 20:26:59:218, 0, 0.0001, 0.0000, 1, 0.2356, 2045, 2199, 0.0000, 0.4548
2026-11-29 20:27:00:250, 0, 0.3044, 0.2937, 3000, 3080.1158, 0, 1036, 0.2937, 3080.1158
2026-11-29 20:27:01:250, 0, 0.5221, 0.2177, 5475, 2283.0000, 0, 1000, 0.2177, 2283.0000
2026-11-29 20:27:02:750, 0, 0.7173, 0.1938, 8000, 2031.7776, 0, 1007, 0.1938, 2031.7776
"""
    assert consumed_rate(told, 3_000) == pytest.approx(2_000)
    with pytest.raises(BrokerError, match="something else"):
        consumed_rate(told, 8_000)
