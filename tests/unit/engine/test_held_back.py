"""What a blocked change holds back, and what a selection must not tear apart."""

from mqinfra.engine.order import held_back, left_behind
from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.declaration import Declaration, Origin, Reference
from mqinfra.model.span import Path, Span
from mqinfra.providers.kafka.topics.spec import TopicSpec


class Nowhere:
    def span(self, _path: Path) -> Span | None:
        return None

    key_span = span

    def line(self, _span: Span) -> str | None:
        return None


A, B, C = (Address("kafka", "topics", (name,)) for name in "abc")


def change(address: Address, *needs: Address) -> Change:
    return Change(address=address, action=Action.CREATE, reason=Reason.ABSENT, needs=needs)


def declared(*needs: Address) -> Declaration:
    references = tuple(Reference(("x",), need, "parent") for need in needs)
    return Declaration(TopicSpec(), Nowhere(), (Origin(Span("t.yaml", 1, 1)),), references=references)


def test_a_block_reaches_everything_that_needs_it_however_far() -> None:
    held = held_back([change(A, B), change(B, C), change(C)], {str(C): ["MQ301"]})
    assert held == {A: ("MQ301",), B: ("MQ301",), C: ("MQ301",)}


def test_what_needs_nothing_blocked_goes() -> None:
    assert held_back([change(A), change(B), change(C)], {str(C): ["MQ301"]}) == {C: ("MQ301",)}


def test_a_circle_of_needs_ends() -> None:
    assert held_back([change(A, B), change(B, A)], {}) == {}


def test_a_selection_that_leaves_out_a_need_is_told() -> None:
    changes = {A: change(A), B: change(B)}
    declarations = {A: declared(B), B: declared()}
    found = left_behind([changes[A]], declarations, changes)
    assert [(item.code, item.address) for item in found] == [("MQ508", str(A))]
    assert left_behind(changes.values(), declarations, changes) == []
