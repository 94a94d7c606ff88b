"""What keeps metrics up to date: clusters that go and come back, plans that fail, reports that change."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from mqinfra.model.errors import UserError
from mqinfra.model.reading import Source
from mqinfra.model.verification import Verification
from mqinfra.monitor.exporter.exposition import Exposition
from mqinfra.monitor.exporter.keeper import Drift, Keeper, Rhythm, Sources
from mqinfra.monitor.watch import ClusterWatch, Watch
from mqinfra.providers.base.connecting import codes
from mqinfra.providers.base.monitoring.sample import Observed, Sample
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.session import Session
from mqinfra.render.verification.json_form import read_verification
from tests.unit.monitor.series import watched
from tests.unit.render.golden import CASES

WATCHED = watched(what="queue")


class FakeSession:
    """A cluster that may be down."""

    facts = SimpleNamespace(version="1", endpoint="localhost:1")
    source = Source.LIVE

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster

    def sample(self, some: Sequence[Watched]) -> list[Observed]:
        self._cluster.require()
        self._cluster.looks += 1
        return [Observed(one, Sample(time.time(), waiting=3, length=3)) for one in some]

    def unroutable(self) -> int | None:
        return 7

    def close(self) -> None:
        self._cluster.open -= 1


class FakeCluster:
    """Opens sessions, while it is up."""

    def __init__(self) -> None:
        self.up, self.looks, self.open = True, 0, 0

    def require(self) -> None:
        if not self.up:
            raise UserError([codes.CODES[0].at("it does not answer")])

    def opened(self) -> Session:
        self.require()
        self.open += 1
        return cast(Session, FakeSession(self))


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


@pytest.fixture
def said() -> list[str]:
    return []


def keeper(cluster: FakeCluster, said: list[str], drift: Drift | None = None, report: Path | None = None) -> Keeper:
    watch = Watch([ClusterWatch("main", "kafka", cluster.opened, [WATCHED])])
    sources = Sources(watch, lambda: drift or {}, read_verification, report)
    return Keeper(sources, Exposition("1", 45, partitions=False), Rhythm(1, 1), said.append)


def test_a_cluster_that_goes_and_comes_back_is_a_metric_and_told_once_each(
    cluster: FakeCluster, said: list[str]
) -> None:
    kept = keeper(cluster, said)
    assert not kept.ready
    kept.look()
    before = kept.exposition.view.clusters["main"]
    assert (before.up, before.unroutable, kept.ready) == (True, 7, True)
    cluster.up = False
    kept.look()
    kept.look()
    down = kept.exposition.view.clusters["main"]
    assert (down.up, down.looked, down.unroutable) == (False, before.looked, None)
    assert kept.exposition.view.seen[0].series.last.unknown == "it does not answer"
    cluster.up = True
    kept.look()
    assert kept.exposition.view.clusters["main"].up
    assert said == ["main could not be looked at: it does not answer", "main: all right again"]
    assert cluster.open == 1


def test_of_a_cluster_that_no_plan_could_read_the_drift_is_not_known(cluster: FakeCluster, said: list[str]) -> None:
    kept = keeper(cluster, said, {"main": {"create": 2}})
    kept.plan()
    assert kept.exposition.view.clusters["main"].drift == {"create": 2}
    nothing = keeper(cluster, said)
    nothing.plan()
    assert nothing.exposition.view.clusters["main"].drift is None


def test_a_report_is_read_again_when_it_changes_and_forgotten_when_it_is_none(
    cluster: FakeCluster, said: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    kept = keeper(cluster, said, report=file)
    whole = (CASES / "verification.json").read_text(encoding="utf-8")
    found: list[Verification | None] = []
    for text in ("", whole, "[]"):
        if text:
            file.write_text(text, encoding="utf-8")
        kept.look()
        found.append(kept.exposition.view.verification)
    assert found == [None, read_verification(whole), None]
    assert [text.partition(": ")[2] for text in said[:1]] == ["No such file or directory"]
    assert "it holds another document" in said[-1]


def test_what_dies_of_itself_is_not_healthy(cluster: FakeCluster, said: list[str]) -> None:
    kept = keeper(cluster, said)
    alive = [kept.alive]
    kept.start()
    alive.append(kept.alive)
    kept.stop()
    assert [*alive, kept.alive] == [False, True, False]
