"""Registering, evolving and refusing on a real registry: each language, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.registry.schemas import AVRO, COURSES, Course

if TYPE_CHECKING:
    from tests.brokers.registry.server import ApicurioServer
    from tests.integration.registry.project import Project

each = pytest.mark.parametrize("course", COURSES, ids=[one.kind for one in COURSES])


def entry(course: Course, **rest: object) -> dict[str, object]:
    return {"orders-value": {"type": course.kind, "file": f"schemas/order.{course.ending}", **rest}}


def begun(project: Project, course: Course, **rest: object) -> None:
    """Two versions are registered, the second as an evolution."""
    project.declare(entry(course, **rest))
    project.file(f"order.{course.ending}", course.first)
    project.converge()
    project.file(f"order.{course.ending}", course.second)
    project.converge()


@each
def test_a_schema_is_registered_and_evolves(
    project: Project, registry: ApicurioServer, course: Course, cell: set[str]
) -> None:
    begun(project, course, compatibility="BACKWARD")
    assert registry.api.call("GET", "subjects", "orders-value", "versions").body == [1, 2]
    cell.add("apicurio-3/subjects/e2e-second-apply-writes-nothing")


@each
def test_an_incompatible_schema_is_refused_in_the_plan_at_its_line(
    project: Project, registry: ApicurioServer, course: Course, cell: set[str]
) -> None:
    begun(project, course, compatibility="BACKWARD")
    project.file(f"order.{course.ending}", course.wrong)
    refused = project.plan(code=3)
    assert course.sentence in " ".join(refused.text.split())
    assert f"topology/schemas/order.{course.ending}:{course.line}:" in refused.text
    reply = registry.api.register("orders-value", course.wrong, course.kind.upper())
    assert reply.status == 409, "the registry itself would have refused it"
    cell.add("apicurio-3/subjects/e2e-refused-while-planning")


@each
def test_the_same_is_refused_offline_by_the_same_sentence(project: Project, course: Course, cell: set[str]) -> None:
    begun(project, course, compatibility="BACKWARD")
    project.mq("snapshot", "-o", "json=live.json")
    project.file(f"order.{course.ending}", course.wrong)
    online, offline = project.plan(code=3), project.plan("--against", "live.json", code=3)
    told = [" ".join(ran.text.split()) for ran in (online, offline)]
    sentence = f"the new schema is not compatible with the latest version (BACKWARD): {course.sentence}"
    assert all(sentence in text for text in told), told
    cell.add("apicurio-3/subjects/e2e-same-sentence-offline")


@each
def test_reformatting_is_no_change(project: Project, course: Course) -> None:
    begun(project, course)
    project.file(f"order.{course.ending}", course.reformatted)
    assert "No changes" in project.plan("--detailed-exitcode").out


@each
def test_another_text_for_people_is_a_change_where_the_registry_keeps_it(project: Project, course: Course) -> None:
    begun(project, course)
    project.file(f"order.{course.ending}", course.documented)
    planned = project.plan("--detailed-exitcode", code=2 if course.keeps_docs else 0)
    assert ("No changes" in planned.out) is not course.keeps_docs
    if course.keeps_docs:
        project.converge()


@each
def test_levels_change_both_ways_and_a_looser_one_goes_first(
    project: Project, registry: ApicurioServer, course: Course, cell: set[str]
) -> None:
    begun(project, course, compatibility="BACKWARD")
    project.declare(entry(course, compatibility="NONE"))
    project.file(f"order.{course.ending}", course.wrong)
    registry.proxy.recorder.clear()
    project.converge()
    calls = [str(one).partition("/apis/ccompat/v7")[2] for one in registry.proxy.mutating()]
    assert calls == ["/config/orders-value", "/subjects/orders-value/versions"]
    project.declare(entry(course, compatibility="FULL_TRANSITIVE"))
    project.converge()
    project.declare(entry(course, compatibility="GLOBAL"))
    project.converge()
    assert registry.api.call("GET", "config", "orders-value").body == {"compatibilityLevel": "NONE"}
    cell.add("apicurio-3/subjects/e2e-levels-both-ways")


def test_a_stricter_level_goes_last(project: Project, registry: ApicurioServer) -> None:
    begun(project, AVRO, compatibility="NONE")
    project.declare(entry(AVRO, compatibility="BACKWARD"))
    project.file("order.avsc", AVRO.first)
    project.file("order.avsc", AVRO.second.replace('"long"', '"int"'))
    refused = project.plan(code=3)
    assert "`Order.id` is int in the new schema, and long in the latest version" in " ".join(refused.text.split())
    project.file("order.avsc", AVRO.documented.replace('"string"', '["string", "null"]'))
    registry.proxy.recorder.clear()
    project.converge()
    calls = [str(one).partition("/apis/ccompat/v7")[2] for one in registry.proxy.mutating()]
    assert calls == ["/subjects/orders-value/versions", "/config/orders-value"]


def test_the_plan_says_who_goes_first_and_what_differs(project: Project) -> None:
    begun(project, AVRO, compatibility="BACKWARD")
    project.file("order.avsc", AVRO.second.replace('"string"', '["string", "null"]'))
    told = " ".join(project.plan().out.split())
    assert "`Order.note`: type string → string or null" in told
    assert "BACKWARD: deploy consumers before producers" in told


def test_registered_but_not_the_latest_is_shown_and_blocked(project: Project, registry: ApicurioServer) -> None:
    begun(project, AVRO)
    assert registry.api.register("orders-value", AVRO.wrong).status == 200
    refused = project.plan(code=3)
    told = " ".join(refused.text.split())
    assert "the schema is registered as version 2 already, and version 3 is the latest" in told


def test_the_level_of_the_whole_registry(project: Project, registry: ApicurioServer) -> None:
    project.declare({}, configuration={"compatibility": "FULL_TRANSITIVE"})
    project.converge()
    assert registry.api.call("GET", "config").body["compatibilityLevel"] == "FULL_TRANSITIVE"
    project.declare({}, removed={"registry/configuration/global": None})
    assert "can be changed, and not deleted" in project.plan(code=3).text


def test_a_transitive_level_counts_all_versions(project: Project) -> None:
    begun(project, AVRO, compatibility="NONE")
    project.declare(entry(AVRO, compatibility="NONE"))
    project.file("order.avsc", AVRO.wrong)
    project.converge()
    project.file("order.avsc", AVRO.wrong.replace('"type": "int"', '"type": "int",\n      "doc": "cents"'))
    project.declare(entry(AVRO, compatibility="BACKWARD_TRANSITIVE"))
    project.file("order.avsc", AVRO.wrong.replace('"long"', '"double"'))
    told = " ".join(project.plan(code=3).text.split())
    assert "`Order.amount` has no default in the new schema, and version 2 does not have the field" in told
