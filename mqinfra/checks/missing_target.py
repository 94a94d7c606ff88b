"""MQ500: a reference that leads nowhere."""

from collections.abc import Iterator, Sequence

from mqinfra.model.address import Address
from mqinfra.model.code import Code
from mqinfra.model.declaration import Reference
from mqinfra.model.diagnostic import Diagnostic, Related, Severity
from mqinfra.model.reading import Coverage
from mqinfra.model.setting import suggestion
from mqinfra.model.span import Path
from mqinfra.providers.base.rule import Context, ResourceRule, Subject

MISSING_TARGET = Code(
    "MQ500",
    "reference to a missing resource",
    "The resource refers to another one that no manifest declares and that does not exist on the cluster, or that "
    "this plan deletes. It is an error where the other one has to exist first, and a warning otherwise. Where its "
    "existence can't be checked, offline or for lack of permission, it is a warning.\n\n"
    "Declare the other resource, correct the name, or remove the reference.",
    bad="kafka:\n  groups:\n    billing: {topics: [order.created]}      # the topic is orders.created",
    good="kafka:\n  groups:\n    billing: {topics: [orders.created]}",
)


class MissingTarget(ResourceRule):
    """The engine reads the targets of references too, so that what it did not find does not exist."""

    codes = (MISSING_TARGET,)

    def suspects(self, subjects: Sequence[Subject], context: Context) -> Iterator[Subject]:
        """Those that refer to something that is not declared."""
        declared = context.desired.declarations
        for subject in subjects:
            for reference in subject.declaration.references:
                if reference.target not in declared:
                    yield subject
                    break

    def look_at(self, subject: Subject, context: Context) -> Iterator[Diagnostic]:
        """Look for each target among the declared and the live."""
        for reference in subject.declaration.references:
            if reference.target in context.desired.declarations or reference.target in context.desired.without.declared:
                continue
            if reference.target in context.desired.tombstones:
                yield self._deleted(subject, reference, context)
                continue
            exists = _exists(reference, context)
            if exists is not True:
                version = subject.reading.facts.version_tuple if subject.reading is not None else ()
                severe = exists is False and reference.binds(version)
                yield self._missing(subject, reference, context, exists=exists, severe=severe)

    def _missing(
        self, subject: Subject, reference: Reference, context: Context, *, exists: bool | None, severe: bool
    ) -> Diagnostic:
        target = reference.target
        what = f"`{target}` ({_role(subject, reference)}) is"
        advice = "declare it, or correct the name"
        if exists is not False:
            advice = "its existence can't be checked from here; declare it, or make sure that it exists"
        return subject.at(
            MISSING_TARGET,
            _named_at(subject, reference),
            f"{what} neither declared nor on the cluster" if exists is False else f"{what} not declared",
            help=(_close(subject, target, context), advice),
            severity=Severity.ERROR if severe else Severity.WARNING,
        )

    def _deleted(self, subject: Subject, reference: Reference, context: Context) -> Diagnostic:
        tombstone = context.desired.tombstones[reference.target]
        return subject.at(
            MISSING_TARGET,
            reference.path,
            f"`{reference.target}` ({_role(subject, reference)}) is deleted by `removed:`",
            related=(Related(span=tombstone.span, label="deleted here", source=tombstone.source),),
            help="remove the reference first, or keep the resource",
            severity=Severity.ERROR if reference.needed else Severity.WARNING,
        )


def _role(subject: Subject, reference: Reference) -> str:
    return f"needed by the {subject.kind.title}" if reference.role == "needed" else reference.role


def _named_at(subject: Subject, reference: Reference) -> Path:
    """The field that names the target, where the reference does not say."""
    if reference.path:
        return reference.path
    return next((path for path, value in subject.fields.items() if value == reference.target.name), ())


def _close(subject: Subject, target: Address, context: Context) -> str:
    """Suggest a resource beside the missing one that is declared or there."""
    reading = context.readings.get(target.cluster)
    known = [*context.desired.declarations, *(reading.resources if reading is not None else ())]
    beside = (target.cluster, target.kind, target.path[:-1])
    names = {
        one.name
        for one in known
        if (one.cluster, one.kind, one.path[:-1]) == beside and not one.pairs and one != subject.address
    }
    return suggestion(target.name, sorted(names))


def _exists(reference: Reference, context: Context) -> bool | None:
    """Tell whether the target is on its cluster; None when nobody could look."""
    target = reference.target
    reading = context.readings.get(target.cluster)
    if reading is None or target in reading.denied:
        return None
    if target in reading.resources:
        return True
    return None if reading.coverage.get(target.kind, Coverage.DENIED) is Coverage.DENIED else False
