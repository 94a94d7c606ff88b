"""What a real registry lets follow its schemas, asked by `mqinfra verify`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.registry.schemas import COURSES, Course

if TYPE_CHECKING:
    from tests.brokers.registry.server import ApicurioServer
    from tests.integration.registry.project import Project


def judged(project: Project, code: int) -> tuple[str, str]:
    ran = project.mq("verify", "-q", "-o", "json", "--only", "V35", code=code)
    (found,) = [one for one in ran.json()["judgements"] if one["address"].endswith("/orders-value")]
    return found["result"], found["evidence"]


@pytest.mark.parametrize("course", COURSES, ids=[one.kind for one in COURSES])
def test_evolution_holds_until_somebody_switches_the_level_off(
    project: Project, registry: ApicurioServer, course: Course
) -> None:
    project.file(f"order.{course.ending}", course.second)
    project.declare(
        {"orders-value": {"type": course.kind, "file": f"schemas/order.{course.ending}", "compatibility": "FULL"}}
    )
    project.converge()
    before = registry.api.call("GET", "subjects", "orders-value", "versions").body
    assert judged(project, 0)[0] == "pass"
    registry.api.call("PUT", "config", "orders-value", body={"compatibility": "NONE"})
    assert judged(project, 7) == ("fail", "level FULL: an incompatible variant is accepted")
    assert registry.api.call("GET", "subjects", "orders-value", "versions").body == before
