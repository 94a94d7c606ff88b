"""What a model of a broker lists beside what was asked for."""

from dataclasses import replace
from pathlib import Path

from mqinfra.model.reading import Coverage
from mqinfra.providers.base.snapshot import Snapshot
from mqinfra.providers.sandbox.model_session import ModelSession
from tests.unit.sandbox.opened import ONE, OTHER, create, opened


def test_a_reading_of_one_lists_all_there_are_of_its_kind(tmp_path: Path) -> None:
    session = opened(tmp_path)
    create(session, ONE)
    create(session, OTHER)
    reading = session.read({"topics": [ONE]})
    assert set(reading.resources) == {ONE}
    assert {kind: set(some) for kind, some in reading.listed.items()} == {"topics": {ONE, OTHER}}


def test_a_snapshot_that_saw_a_part_lists_nothing(tmp_path: Path) -> None:
    session = opened(tmp_path)
    create(session, ONE)
    partly = replace(session.read({"topics": None}), coverage={"topics": Coverage.NAMED})
    snapshot = ModelSession("kafka", session.kinds, Snapshot(partly))
    assert snapshot.read({"topics": [ONE]}).listed == {}
