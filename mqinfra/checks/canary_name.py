"""MQ604: a manifest declares a name that only verifications use."""

from collections.abc import Iterable, Iterator, Sequence

from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Diagnostic
from mqinfra.providers.base.rule import Context, ResourceRule, Subject
from mqinfra.providers.base.verification.canary import PREFIX, is_reserved

CANARY_NAME = Code(
    "MQ604",
    "the name is reserved for canaries",
    f"`mqinfra verify` gives what it makes names that begin with `{PREFIX}`, and `verify --gc` deletes what has one. "
    "Nothing that is declared may have such a name.\n\n"
    "Choose another name.",
    bad="kafka:\n  topics:\n    __mqinfra_canary.orders: {partitions: 3}",
    good="kafka:\n  topics:\n    orders.canary: {partitions: 3}",
)


class CanaryName(ResourceRule):
    """Any part of what a resource is called: a topic, a vhost, the queue of a binding."""

    codes = (CANARY_NAME,)

    def suspects(self, subjects: Sequence[Subject], _context: Context) -> Iterable[Subject]:
        """Those that have the prefix anywhere; nothing in it is written otherwise in an address."""
        return [subject for subject in subjects if PREFIX in subject.address.text]

    def look_at(self, subject: Subject, _context: Context) -> Iterator[Diagnostic]:
        """Look at the names in the address."""
        names = (*subject.address.path, *(value for _, value in subject.address.pairs))
        for name in names:
            if is_reserved(name):
                message = f"`{name}` can't be declared: such names are those of canaries, which `verify --gc` deletes"
                yield subject.at_entry(CANARY_NAME, message, help="choose another name")
                return
