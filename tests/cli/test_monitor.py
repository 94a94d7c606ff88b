"""`mqinfra monitor status` on the command line: where nothing can be seen, it says why."""

import json
from collections.abc import Sequence

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Facts, Source
from mqinfra.monitor.watch import ClusterWatch
from mqinfra.providers.base.connecting.codes import NOT_READ
from mqinfra.providers.base.monitoring.sample import Lane, Observed, Sample
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.session import Session
from tests.cli.conftest import HEAD, Project
from tests.unit.monitor.series import watched

TOPIC = "    orders.created: {partitions: 3, deadLetter: true}\n"


@pytest.fixture
def samples(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Sample]]:
    """What the cluster shows, look by look, by name and group; the last one goes on. Nobody waits in between."""
    looks: list[dict[str, Sample]] = []

    def look(cluster: ClusterWatch) -> list[Observed]:
        now = looks.pop(0) if len(looks) > 1 else looks[0]
        cluster.version, cluster.endpoint, cluster.source = "4.1", "broker:9092", Source.LIVE
        return [Observed(one, now[one.consumer or one.name]) for one in cluster.watched]

    monkeypatch.setattr(ClusterWatch, "look", look)
    monkeypatch.setattr("mqinfra.cli.monitoring.status.time.sleep", lambda _: None)
    return looks


def series(number: int, **lanes: Sequence[int | None]) -> list[dict[str, Sample]]:
    """A topic with dead letters, and a group that stands where `committed` says."""
    found = []
    for at in range(number):
        moment = 1_800_000_000.0 + at * 10
        fields = {name: values[min(at, len(values) - 1)] for name, values in lanes.items()}
        lane = Lane("0", earliest=0, end=1_000, readable=1_000)
        group = Lane("0", fields.get("committed"), 0, 1_000, 1_000)
        found.append(
            {
                "orders.created": Sample(moment, lanes=(lane,), length=1_000, put=1_000),
                "orders.created.dlq": Sample(moment, lanes=(Lane("0", None, 0, 0, 0),), length=0, put=0),
                "billing": Sample(moment, lanes=(group,), waiting=group.lag, consumers=1, settled=True),
            }
        )
    return found


@pytest.fixture
def billing(project: Project) -> Project:
    project.topology(
        f"{HEAD}kafka:\n  topics:\n{TOPIC}"
        "  groups:\n    billing: {topics: [orders.created], labels: {team: money}}\n"
    )
    path = project.root / "mqinfra.yaml"
    path.write_text(path.read_text().replace("topics: [", "groups: [billing], topics: ["))
    return project


def test_a_sandbox_says_that_it_has_no_traffic(project: Project) -> None:
    ran = project.mq("monitor", "status")
    assert ran.code == 0
    assert "a sandbox has no traffic to look at" in ran.out
    assert "kafka is a sandbox: it has no traffic, so nothing is known of it" in ran.out
    assert project.mq("monitor", "status", "--check").code == 8


def test_a_cluster_that_is_down_is_not_known_and_exits_1(project: Project) -> None:
    path = project.root / "mqinfra.yaml"
    path.write_text(path.read_text().replace("sandbox: true", "bootstrap: ['localhost:1']"))
    ran = project.mq("monitor", "status", "--samples", "1", "--timeout", "1", "-o", "json")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert found["clusters"][0]["down"] == found["rows"][0]["reason"] != ""
    assert {row["state"] for row in found["rows"]} == {"UNKNOWN"}


def test_one_sample_cannot_judge(billing: Project, samples: list[dict[str, Sample]]) -> None:
    samples += series(1, committed=[10])
    ran = billing.mq("monitor", "status", "--samples", "1")
    assert ran.code == 0
    assert "1 sample: cannot judge" in ran.out


def test_what_is_bad_has_its_numbers_its_owner_and_the_command_to_go_on(
    billing: Project, samples: list[dict[str, Sample]]
) -> None:
    samples += series(3, committed=[10])
    ran = billing.mq("monitor", "status", "--check")
    assert ran.code == 7
    assert "1 bad, 2 fine" in ran.out
    assert "STALLED   kafka group orders.created: billing   owner money   since" in ran.out
    assert "990 messages wait, and nothing moved in 20s, 1 member" in ran.out
    assert "mqinfra verify -e local --diagnose billing" in ran.out
    assert "OK  kafka topic         orders.created      1,000 messages held" in ran.out


def test_without_check_what_is_bad_is_no_failure(billing: Project, samples: list[dict[str, Sample]]) -> None:
    samples += series(3, committed=[10])
    assert billing.mq("monitor", "status").code == 0


def test_one_looks_further_while_something_may_be_stuck(billing: Project, samples: list[dict[str, Sample]]) -> None:
    close = series(8, committed=[10])
    for at, look in enumerate(close):
        samples.append({name: _at(one, at * 2.0) for name, one in look.items()})
    ran = billing.mq("monitor", "status", "-o", "json")
    found = json.loads(ran.out)
    assert (found["samples"], found["rows"][0]["state"]) == (7, "STALLED")
    assert "something may be stuck: looking further" in ran.err


def _at(sample: Sample, seconds: float) -> Sample:
    return Sample(
        1_800_000_000.0 + seconds,
        lanes=sample.lanes,
        waiting=sample.waiting,
        consumers=sample.consumers,
        settled=sample.settled,
        length=sample.length,
        put=sample.put,
    )


def test_a_watch_that_checks_ends_with_the_first_bad_state(billing: Project, samples: list[dict[str, Sample]]) -> None:
    samples += series(9, committed=[10, 1_000, 1_000, 500])
    ran = billing.mq("monitor", "status", "--watch", "--check")
    assert ran.code == 7
    assert "OK -> REWOUND  kafka group orders.created: billing: partition 0 went back from 1,000 to 500" in ran.out


@pytest.mark.parametrize("form", ["markdown", "html"])
def test_other_formats_show_the_same(billing: Project, samples: list[dict[str, Sample]], form: str) -> None:
    samples += series(3, committed=[10])
    text = billing.mq("monitor", "status", "-o", form).out
    for words in ("STALLED", "990 messages wait, and nothing moved in 20s, 1 member", "money", "--diagnose billing"):
        assert words in text


def test_a_selection_narrows_what_is_looked_at(billing: Project, samples: list[dict[str, Sample]]) -> None:
    samples += series(3, committed=[10])
    found = json.loads(billing.mq("monitor", "status", "--select", "label:team=money", "-o", "json").out)
    assert [row["consumer"] for row in found["rows"]] == ["billing"]


class Flaky(Session):
    """A session that is lost at the first look."""

    opened = 0
    closed = 0

    def __init__(self) -> None:
        Flaky.opened += 1
        self.facts, self.source = Facts(cluster_id="c", version="4.1"), Source.LIVE

    def sample(self, watched: Sequence[Watched]) -> list[Observed]:
        if Flaky.opened == 1:
            raise UserError([NOT_READ.at("it went away")])
        return [Observed(one, Sample(1.0, length=1)) for one in watched]

    def close(self) -> None:
        Flaky.closed += 1


Flaky.__abstractmethods__ = frozenset()


def test_a_session_that_was_lost_is_opened_anew_at_the_next_look() -> None:
    cluster = ClusterWatch("kafka", "kafka", Flaky, [watched("topic")])
    assert [one.sample.unknown for one in cluster.look()] == ["it went away"]
    assert cluster.down == "it went away"
    assert [one.sample.length for one in cluster.look()] == [1]
    assert (cluster.down, Flaky.opened, Flaky.closed) == ("", 2, 1)
