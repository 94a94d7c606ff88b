"""`apply` on a terminal: a list that lives, whatever the size, and a terminal as it was after every ending."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Project
from tests.cli.screen import Terminal

PROJECT = """\
apiVersion: mqinfra/v1
kind: Project
metadata: {name: shop}
manifests: [topology/]
scope: {kafka: {topics: ["orders.*"]}, rabbitmq: {vhosts: [/shop]}}
environments:
  local:
    clusters: {kafka: {type: kafka, sandbox: true}, rabbitmq: {type: rabbitmq, sandbox: true}}
"""
TOPOLOGY = """\
apiVersion: mqinfra/v1
kind: Topology
metadata: {name: orders}
kafka:
  topics:
    orders.created: {partitions: 12}
rabbitmq:
  vhosts:
    /shop:
      exchanges: {orders: {type: topic}}
      queues:
        orders: {type: quorum, bindings: [{exchange: orders, routingKey: "#"}]}
"""
DRIVER = str(Path(__file__).with_name("slow_apply.py"))
TOTAL = 5
ROW = r"^(kafka|rabbitmq) .*\d/\d"

Start = Callable[..., Terminal]


@pytest.fixture
def start(project: Project) -> Start:
    (project.root / "mqinfra.yaml").write_text(PROJECT)
    project.topology(TOPOLOGY)

    def begin(columns: int, *words: str, rows: int = 24, **env: str) -> Terminal:
        return Terminal([DRIVER, "apply", "--auto-approve", *words], project.root, columns, rows, env)

    return begin


def assert_clean(terminal: Terminal) -> None:
    """No line of the list is left, the cursor is at the start of a line, and nothing was switched over."""
    assert terminal.screen.unknown == []
    assert not re.search(ROW, terminal.screen.text, re.MULTILINE), terminal.screen.text
    assert terminal.screen.column == 0
    assert "?25l" not in terminal.raw
    assert "?1049h" not in terminal.raw


@pytest.mark.parametrize("columns", [24, 40, 80, 200])
def test_the_list_shows_each_cluster_and_leaves_the_report_alone(start: Start, columns: int) -> None:
    terminal = start(columns)
    terminal.until(r"^rabbitmq .*[1-9]/4")
    shown = [line for line in terminal.screen.text.splitlines() if re.match(ROW, line)]
    assert [line.split()[0] for line in shown] == ["kafka", "rabbitmq"]
    assert all(len(line) < columns for line in shown)
    assert all(re.search(r"\d:\d\d", line) for line in shown)
    assert ("[" in shown[0]) == (columns >= 60)
    assert terminal.rest() == 0
    assert f"{TOTAL} applied" in " ".join(terminal.screen.text.split())
    assert_clean(terminal)


def test_time_goes_on_while_a_cluster_is_waited_for(start: Start) -> None:
    terminal = start(80)
    terminal.until(r"^rabbitmq .* 0:00 ")
    terminal.until(r"^rabbitmq .* 0:01 ")
    assert terminal.rest() == 0


@pytest.mark.parametrize("columns", [120, 30])
def test_a_resize_leaves_one_list_of_the_new_width(start: Start, columns: int) -> None:
    terminal = start(80)
    terminal.until(r"^rabbitmq .*0/4")
    terminal.resize(columns)
    terminal.until(r"^rabbitmq .*[1-3]/4")
    last = [line for line in terminal.screen.text.splitlines() if re.match(ROW, line)][-2:]
    assert [line.split()[0] for line in last] == ["kafka", "rabbitmq"]
    assert all(len(line) < columns for line in last)
    assert terminal.rest() == 0
    assert f"{TOTAL} applied" in " ".join(terminal.screen.text.split())
    assert terminal.screen.unknown == []
    assert terminal.screen.column == 0
    if columns == 120:  # of a terminal that became narrower, nobody knows how it wrapped the list
        assert_clean(terminal)


def test_an_interrupt_is_said_above_the_list_and_leaves_the_terminal_clean(start: Start) -> None:
    terminal = start(80)
    before = terminal.flags
    terminal.until(r"^rabbitmq .*0/4")
    terminal.key("\x03")
    text = terminal.until(r"^interrupted: sending nothing new")
    lines = text.splitlines()
    said = next(at for at, line in enumerate(lines) if line.startswith("interrupted:"))
    assert not any(re.match(ROW, line) for line in lines[:said])
    terminal_flags = terminal.flags
    assert terminal.rest() == 130
    assert "not attempted" in terminal.screen.text
    assert "^C" not in terminal.screen.text
    assert terminal_flags == before
    assert_clean(terminal)


def test_a_second_interrupt_ends_at_once_and_leaves_the_terminal_clean(start: Start) -> None:
    terminal = start(80)
    terminal.until(r"^rabbitmq .*0/4")
    terminal.key("\x03")
    terminal.until(r"^interrupted: sending nothing new")
    terminal.key("\x03")
    assert terminal.rest() == 130
    assert "stopped at once by a second interrupt" in terminal.screen.text
    assert_clean(terminal)


def test_a_terminal_of_two_rows_shows_what_fits(start: Start) -> None:
    terminal = start(80, rows=2)
    terminal.until(r"^and 2 more")
    assert terminal.rest() == 0


@pytest.mark.parametrize("env", [{"CI": "true"}, {"TERM": "dumb"}])
def test_ci_and_terminals_that_only_print_get_plain_lines(start: Start, env: dict[str, str]) -> None:
    terminal = start(80, **env)
    assert terminal.rest() == 0
    assert "applied create kafka/topics/orders.created" in terminal.screen.text
    assert not re.search(ROW, terminal.screen.text, re.MULTILINE)
    assert "\x1b[J" not in terminal.raw


def test_without_a_terminal_progress_is_plain_lines(project: Project, start: Start) -> None:
    assert callable(start)
    ran = subprocess.run(
        [sys.executable, DRIVER, "apply", "--auto-approve"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert ran.returncode == 0
    assert "applied create kafka/topics/orders.created\n" in ran.stderr
    assert "\x1b" not in ran.stderr + ran.stdout


def test_quiet_and_v_on_a_terminal(start: Start) -> None:
    quiet = start(80, "-q")
    assert quiet.rest() == 0
    assert not re.search(ROW, quiet.raw, re.MULTILINE)
