"""V26: what is acknowledged, and the users, are kept over a restart, by the settings in force."""

from collections.abc import Iterator, Mapping
from typing import Any

from mqinfra.model.judgement import Result
from mqinfra.model.operation import Act
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.providers.redis.verification.place import UserPlace
from mqinfra.providers.redis.verification.procedures.persistence import DATA, USERS, Persistence


class Durability(Check):
    """The append-only file on every master; an aclfile or a configuration file for users."""

    id = "V26"
    name = "durability by settings"
    proves = "The settings in force keep entries and users over a restart of each server."
    open = "No server was restarted; after a failover, entries that a replica had not received are lost."
    procedure = Persistence
    about = frozenset({About.CLUSTER, About.RESOURCE})

    def asked(self, place: Place) -> Asked | None:
        """Of the deployment where it has streams, and of users."""
        if isinstance(place, UserPlace):
            return Asked("the settings keep the user over a restart")
        return Asked("the settings keep acknowledged entries over a restart") if getattr(place, "streams", ()) else None

    def judge(self, case: Case) -> Conclusion:
        """By server."""
        seen = [one for one in case.of(Act.OBSERVE) if one.subject.startswith((DATA, USERS))]
        unread = [one.subject for one in seen if one.seen is None]
        wrong = {
            one.subject: why for one in seen if isinstance(one.seen, dict) for why in _wrong(one.subject, one.seen)
        }
        if wrong:
            return Conclusion(
                Result.FAIL,
                "; ".join(f"{subject}: {why}" for subject, why in wrong.items()),
                offenders=sorted(wrong),
                fix="set `appendonly yes` for entries; for users start the server with an `aclfile` or a configuration "
                "file, and apply again",
                samples=len(seen),
            )
        if unread or not seen:
            return Conclusion(
                Result.INCONCLUSIVE, "the settings could not be read: this needs `+config|get` and `+info`"
            )
        told = sorted({why for one in seen if isinstance(one.seen, dict) for why in _kept(one.subject, one.seen)})
        return Conclusion(Result.PASS, "; ".join(told), samples=len(seen))


def _wrong(subject: str, seen: Mapping[str, Any]) -> Iterator[str]:
    if subject.startswith(USERS):
        if seen["kept"] == "none":
            yield "kept in memory only"
        elif seen["failed"] and not seen["saved"]:
            yield "saving users has never worked"
    elif seen["appendonly"] != "yes":
        yield (
            "only snapshots are kept, so a restart loses what was added after the last"
            if seen["save"].strip('" ')
            else "nothing is written to disk, so a restart loses every entry"
        )
    elif seen["appendfsync"] == "no":
        yield "`appendfsync no` leaves disk writes to the operating system, which may take half a minute"


def _kept(subject: str, seen: Mapping[str, Any]) -> Iterator[str]:
    if subject.startswith(USERS):
        yield (
            "how users are kept could not be read" if seen["kept"] == "unknown" else f"users are kept by {seen['kept']}"
        )
        return
    lost = "nothing" if seen["appendfsync"] == "always" else "up to a second of entries"
    least = int(seen["min-replicas-to-write"] or 0)
    yield f"append-only file, `appendfsync {seen['appendfsync']}`: a crash of the machine loses {lost}"
    yield f"writes need {least} replica{'' if least == 1 else 's'}"
