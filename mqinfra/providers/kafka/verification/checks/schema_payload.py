"""V36: what is written by a declared schema is read as it was written, and what does not fit is refused."""

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act, Known
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, nothing_seen
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.kafka.verification.procedures.payloads import (
    CONSUME,
    DECODE,
    LOOK_UP,
    PRODUCE,
    SERIALIZE,
    VALIDATES,
    Payloads,
)

_BY_CLIENTS = "accepted by the brokers, so that only clients enforce the schema"


class SchemaPayload(Check):
    """Each part of a serializer's and a deserializer's work, done through a copy."""

    id = "V36"
    name = "schema payload"
    proves = (
        "Messages made from the declared schema are written under the registry's id for it, and are read as they were "
        "written by whatever schema the registry gives for that id; what does not fit is refused."
    )
    open = "The serializers of applications were not run, and existing messages were not read."
    procedure = Payloads

    def asked(self, place: Place) -> Asked | None:
        """Of topics that name a schema."""
        if not place.schemas:
            return None
        names = ", ".join(f"`{name}`" for name in dict.fromkeys(one.subject.name for one in place.schemas))
        return Asked(f"messages of {names} are read as they were written", place.schemas[0].path)

    def judge(self, case: Case) -> Conclusion:
        """Whatever is wrong fails; whatever could not be asked decides nothing."""
        looked_up = case.seen(LOOK_UP)
        tries = [one for one in case.of(Act.TRY) if one.subject != LOOK_UP]
        wrong = [f"{one.seen}: {one.error}" for one in looked_up if one.known is Known.FAILED]
        unread = [one for one in tries if one.subject == DECODE and one.known is Known.FAILED]
        if unread:
            wrong.append(f"{many(len(unread), 'message')} not read as written: {unread[0].error}")
        wrong += _taken(case)
        if wrong:
            return Conclusion(
                Result.FAIL,
                "; ".join(wrong),
                [one.uid for one in unread],
                (
                    "the schema was deleted, or registered anew under another id",
                    "clients reach several registries under one name, each with ids of its own",
                ),
                "`mqinfra apply` registers the declared schema; restore the ids of a registry that was rebuilt",
                samples=len(looked_up) + len(tries),
            )
        unknown = [one for one in (*looked_up, *tries) if one.known is Known.UNKNOWN]
        if unknown or not looked_up:
            first = next(iter(unknown), None)
            why = f"{first.seen or first.subject}: {first.error}" if first is not None else "no schema was looked up"
            return Conclusion(Result.INCONCLUSIVE, why)
        if (nothing := nothing_seen(case)) is not None:
            return nothing
        read = {one.uid for one in tries if one.subject == DECODE}
        if missing := case.acknowledged - read:
            return Conclusion(Result.INCONCLUSIVE, f"{many(len(missing), 'message')} not delivered to be read")
        told = ", ".join(dict.fromkeys(str(one.seen) for one in looked_up))
        return Conclusion(
            Result.PASS,
            f"{many(len(read), 'message')} of {told} read as written; {_enforced(case)}",
            samples=len(read),
        )


def _taken(case: Case) -> list[str]:
    """What was to be refused and was not."""
    validates = any(one.seen is True for one in case.seen(VALIDATES))
    found = []
    for one in case.of(Act.TRY, known=Known.OK):
        if one.subject == SERIALIZE:
            found.append(f"what does not fit `{one.seen}` is accepted by serializers")
        elif one.subject.startswith(CONSUME):
            found.append(f"a payload {one.subject.removeprefix(CONSUME)} is accepted by consumers")
        elif one.subject.startswith(PRODUCE) and validates:
            what = one.subject.removeprefix(PRODUCE)
            found.append(f"a payload {what} is accepted by brokers that are set to validate")
    return found


def _enforced(case: Case) -> str:
    """Who keeps what does not fit out."""
    refused = [one for one in case.of(Act.TRY, known=Known.FAILED) if one.subject != DECODE]
    who = [
        word
        for word, start in (("serializers", SERIALIZE), ("consumers", CONSUME), ("the brokers", PRODUCE))
        if any(one.subject.startswith(start) for one in refused)
    ]
    if not who:
        return "everything fits the schema"
    taken = any(one.subject.startswith(PRODUCE) for one in case.of(Act.TRY, known=Known.OK))
    return f"what does not fit is refused by {' and '.join(who)}" + (f", and {_BY_CLIENTS}" if taken else "")
