"""One finding per cause, where it stands in the repository, and fingerprints that last."""

import pytest

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.span import Span
from mqinfra.render.findings.checkout import Checkout
from mqinfra.render.findings.finding import Finding, Place, findings_of

CHECKOUT = Checkout("/src/shop", "infra/mq")
SOURCE = "    orders: {partitions: 0}"


def found(message: str = "`partitions` must be 1 or more", line: int = 7, **more: object) -> Diagnostic:
    at = Span("topology/kafka.yaml", line, 14, 27)
    return Diagnostic.model_validate({"code": "MQ113", "message": message, "span": at, "source": SOURCE, **more})


def only(*diagnostics: Diagnostic) -> Finding:
    (one,) = findings_of(diagnostics, CHECKOUT)
    return one


@pytest.mark.parametrize(
    ("file", "path"),
    [
        ("topology/kafka.yaml", "infra/mq/topology/kafka.yaml"),
        ("../shared.yaml", "infra/shared.yaml"),
        ("/src/shop/clusters.yaml", "clusters.yaml"),
        ("/etc/mqinfra/clusters.yaml", None),
        ("../../../elsewhere.yaml", None),
        ("/src/shopping/x.yaml", None),
    ],
)
def test_paths_are_from_the_root_of_the_repository(file: str, path: str | None) -> None:
    assert CHECKOUT.path(file) == path


def test_without_a_repository_the_project_is_the_root() -> None:
    assert Checkout("/src/shop").path("topology/kafka.yaml") == "topology/kafka.yaml"
    assert Checkout("/src/shop").path("/etc/clusters.yaml") is None


def test_a_finding_stands_where_it_was_written() -> None:
    assert only(found()).place == Place("infra/mq/topology/kafka.yaml", 7, 14, 27)


def test_what_stands_outside_the_repository_says_so_in_words() -> None:
    one = only(found().model_copy(update={"span": Span("/etc/clusters.yaml", 3, 1)}))
    assert one.place is None
    assert one.texts == ("`partitions` must be 1 or more", "at /etc/clusters.yaml:3:1")
    assert one.or_at(CHECKOUT) == Place("infra/mq/mqinfra.yaml", 1)


def test_a_finding_about_a_change_stands_where_that_is_declared() -> None:
    change = Change(Address.parse("kafka/topics/a"), Action.DELETE, Reason.TOMBSTONE, span=Span("r.yaml", 4, 3))
    told = Diagnostic(code="MQ201", message="holds 3 messages", address="kafka/topics/a")
    (one,) = findings_of([told], CHECKOUT, [change])
    assert one.place == Place("infra/mq/r.yaml", 4, 3)


def test_a_finding_names_what_else_it_blocks() -> None:
    first, second = Address.parse("kafka/topics/a"), Address.parse("kafka/topics/b")
    blocked = Change(first, Action.CREATE, Reason.ABSENT, blocked_by=("MQ301",), title="topic", label="a")
    waits = Change(
        second, Action.CREATE, Reason.ABSENT, blocked_by=("MQ301",), needs=(first,), title="topic", label="b"
    )
    told = Diagnostic(code="MQ301", message="impossible", address="kafka/topics/a")
    (one,) = findings_of([told], CHECKOUT, [blocked, waits])
    assert one.texts == ("impossible", "also blocks: create topic `b`")


def test_what_a_plan_of_an_older_version_blocks_is_named_by_its_kind() -> None:
    first, second = Address.parse("kafka/topics/a"), Address.parse("kafka/topics/b")
    waits = Change(second, Action.CREATE, Reason.ABSENT, blocked_by=("MQ301",), needs=(first,))
    told = Diagnostic(code="MQ301", message="impossible", address="kafka/topics/a")
    (one,) = findings_of([told], CHECKOUT, [waits])
    assert one.texts == ("impossible", "also blocks: create topic `b`")


def test_many_findings_of_one_limit_are_one() -> None:
    some = [
        Diagnostic(code="MQ210", message=f"too many deletes: `t{i}`", address=f"kafka/topics/t{i}", cause="limit")
        for i in range(40)
    ]
    assert only(*some).texts[-1] == "help: the same applies to 39 more: `t1`, `t10`, `t11`, ..."


def test_a_fingerprint_lasts_when_lines_move_and_numbers_change() -> None:
    one, moved = only(found()), only(found(line=90))
    assert one.fingerprint == moved.fingerprint
    live = [
        Diagnostic(code="MQ201", message=f"holds {n} messages", address="kafka/topics/a", severity=Severity.WARNING)
        for n in (3, 4_000)
    ]
    assert only(live[0]).fingerprint == only(live[1]).fingerprint


def test_a_fingerprint_of_a_limit_lasts_when_others_reach_it() -> None:
    few, many = (
        only(
            *(
                Diagnostic(code="MQ210", message=f"`t{i}`", address=f"kafka/topics/t{i}", cause="limit of deletes")
                for i in numbers
            )
        )
        for numbers in ((5, 6), (1, 5, 6, 7))
    )
    assert few.fingerprint == many.fingerprint


def test_findings_that_look_alike_have_fingerprints_of_their_own() -> None:
    some = findings_of([found(line=7), found(line=8), found(address="kafka/topics/x", line=9)], CHECKOUT)
    assert len({one.fingerprint for one in some}) == 3


def test_a_fingerprint_changes_with_code_file_and_resource() -> None:
    base = found()
    others = [
        base.model_copy(update={"code": "MQ114"}),
        base.model_copy(update={"span": Span("topology/other.yaml", 7, 14, 27)}),
        base.model_copy(update={"address": "kafka/topics/x"}),
    ]
    assert len({only(one).fingerprint for one in (base, *others)}) == 4


def test_related_places_outside_the_repository_are_left_out() -> None:
    related = (Related(span=Span("a.yaml", 2, 1), label="first"), Related(span=Span("/etc/x", 2, 1), label="no"))
    assert only(found().model_copy(update={"related": related})).related == ((Place("infra/mq/a.yaml", 2, 1), "first"),)
