"""The offline verdict and the registry's own, which agree on 200 pairs of schemas per language and direction."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest

from mqinfra.providers.registry.compatibility.check import THE_LATEST, Older, judge
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.dialects import APICURIO
from mqinfra.providers.registry.schemas.schema import Schema, SchemaType
from tests.integration.registry.pairs import PAIRS, avro_pairs, json_pairs, protobuf_pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.brokers.registry.server import ApicurioServer


_USUALLY = 40
"""Pairs outside the matrix."""


@pytest.mark.parametrize("level", [Level.BACKWARD, Level.FORWARD], ids=str)
@pytest.mark.parametrize(
    ("kind", "pairs"),
    [(SchemaType.AVRO, avro_pairs), (SchemaType.PROTOBUF, protobuf_pairs), (SchemaType.JSON, json_pairs)],
    ids=["avro", "protobuf", "json"],
)
def test_the_offline_verdict_is_the_registry_s(
    registry: ApicurioServer,
    kind: SchemaType,
    pairs: Callable[[], Iterator[tuple[str, str]]],
    level: Level,
    request: pytest.FixtureRequest,
) -> None:
    matrix = request.config.getoption("--matrix")
    if level is Level.FORWARD and not matrix:
        pytest.skip("the other direction is tested in the matrix only: pytest --matrix")
    some = PAIRS if matrix else _USUALLY
    registry.wipe()
    api = registry.api
    assert api.call("PUT", "config", body={"compatibility": level.value}).status == 200
    differing: dict[int, str] = {}
    verdicts = {True: 0, False: 0}
    for number, (old, new) in enumerate(islice(pairs(), some)):
        subject = f"s{number}"
        assert api.register(subject, old, kind.on_the_wire).status == 200, old
        body = {"schema": new, "schemaType": kind.on_the_wire}
        reply = api.call("POST", "compatibility", "subjects", subject, "versions", "latest", body=body)
        assert reply.status == 200, (new, reply.body)
        judged = judge(Schema(kind, new), [Older(Schema(kind, old), THE_LATEST)], level, APICURIO.rules)
        assert not judged.unchecked
        verdicts[reply.body["is_compatible"]] += 1
        if reply.body["is_compatible"] is bool(judged.findings):
            differing[number] = f"{reply.body}: {[one.text for one in judged.findings]}\n{old}\n{new}"
    assert sum(verdicts.values()) == some
    assert min(verdicts.values()) > some / 10, "pairs that are all judged alike prove nothing"
    assert not differing, "\n".join(map(str, differing.items()))
