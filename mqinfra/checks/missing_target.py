"""MQ500: a reference that leads nowhere."""

from collections.abc import Iterator

from mqinfra.checks.rule import Context, ResourceRule, Subject
from mqinfra.model.code import Code
from mqinfra.model.declaration import Reference
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.reading import Coverage


class MissingTarget(ResourceRule):
    """The engine reads the targets of references too, so that what it did not find does not exist."""

    code = Code(
        "MQ500",
        "a reference leads nowhere",
        "The resource points at another that no manifest declares and that does not exist on the cluster, or that "
        "this very plan deletes. Where the other has to be there first it is an error; else a warning. Where nobody "
        "could look, offline or for lack of rights, it is a warning.\n\nDeclare the other resource, correct the name, "
        "or remove the reference.",
        bad="kafka:\n  groups:\n    billing: {topics: [order.created]}      # the topic is orders.created",
        good="kafka:\n  groups:\n    billing: {topics: [orders.created]}",
    )

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look for each target among the declared and the live."""
        for reference in subject.declaration.references:
            if reference.target in context.desired.declarations:
                continue
            if reference.target in context.desired.tombstones:
                yield self._deleted(subject, reference, context)
                continue
            exists = _exists(reference, context)
            if exists is not True:
                version = subject.reading.facts.version_tuple if subject.reading is not None else ()
                severe = exists is False and reference.binds(version)
                yield self._missing(subject, reference, exists=exists, severe=severe)

    def _missing(self, subject: Subject, reference: Reference, *, exists: bool | None, severe: bool) -> Diagnostic:
        target = reference.target
        what = f"`{subject.address.name}` points at `{target}` ({reference.role}), which no manifest declares"
        return subject.at(
            self.code,
            reference.path,
            f"{what} and which does not exist" if exists is False else what,
            help=f"declare `{target}`, or correct the name"
            if exists is False
            else "whether it exists can't be seen from here; declare it, or see that somebody else does",
            severity=Severity.ERROR if severe else Severity.WARNING,
        )

    def _deleted(self, subject: Subject, reference: Reference, context: Context) -> Diagnostic:
        tombstone = context.desired.tombstones[reference.target]
        return subject.at(
            self.code,
            reference.path,
            f"`{subject.address.name}` points at `{reference.target}` ({reference.role}), which `removed:` deletes",
            related=(Related(span=tombstone.span, label="deleted here", source=tombstone.source),),
            help="remove the reference first, or keep what it points at",
            severity=Severity.ERROR if reference.needed else Severity.WARNING,
        )


def _exists(reference: Reference, context: Context) -> bool | None:
    """Tell whether the target is on its cluster; None when nobody could look."""
    target = reference.target
    reading = context.readings.get(target.cluster)
    if reading is None or target in reading.denied:
        return None
    if target in reading.resources:
        return True
    return None if reading.coverage.get(target.kind, Coverage.DENIED) is Coverage.DENIED else False
