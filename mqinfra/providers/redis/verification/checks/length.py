"""V20: producers that trim keep a stream as short as is declared, and it is the oldest entries that go."""

from typing import Any

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.place import Place
from mqinfra.providers.redis.verification.place import StreamPlace
from mqinfra.providers.redis.verification.procedures.filling import ABOUT, EXACT, LIVE, Filling


class Length(Check):
    """`=` is exact; `~` leaves up to a node of entries more."""

    id = "V20"
    name = "length"
    proves = (
        "The live stream is no longer than declared, and XADD with MAXLEN trims a copy to that, oldest entries first."
    )
    open = "Redis stores no limit: it holds only while every producer sends MAXLEN."
    procedure = Filling

    def asked(self, place: Place) -> Asked | None:
        """Of streams with a declared length."""
        if not isinstance(place, StreamPlace) or place.expected_max_length is None:
            return None
        return Asked(f"at most {place.expected_max_length:,} entries are kept", ("expectedMaxLength",))

    def judge(self, case: Case) -> Conclusion:
        """Lengths against limits, and the ends."""
        seen = {name: _dict(case, name) for name in (LIVE, ABOUT, EXACT)}
        live, about, exact = (seen[name] for name in (LIVE, ABOUT, EXACT))
        if about is None or exact is None or live is None:
            return Conclusion(Result.INCONCLUSIVE, "the copy was not filled")
        wrong = []
        if live["length"] > live["limit"] + live["node"]:
            wrong.append(
                f"the live stream has {live['length']:,} entries, {live['limit']:,} declared: no producer trims it"
            )
        if about["length"] > about["limit"] + about["node"]:
            wrong.append(f"`MAXLEN ~` kept more than a node of {about['node']:,} beyond the limit")
        if exact["length"] != exact["limit"]:
            wrong.append("`MAXLEN =` did not keep to the limit")
        if exact["last-entry"] != exact["sent"] - 1:
            wrong.append("the newest entry is missing")
        told = (
            f"of {exact['sent']:,} entries, `MAXLEN ~ {exact['limit']}` kept {about['length']:,} and "
            f"`MAXLEN = {exact['limit']}` {exact['length']:,}"
        )
        if wrong:
            return Conclusion(
                Result.FAIL,
                f"{told}; {'; '.join(wrong)}",
                causes=("a producer adds entries without MAXLEN", "the declared length is too small"),
                fix="let every producer send `MAXLEN ~ N` with XADD",
                samples=int(exact["sent"]),
            )
        return Conclusion(Result.PASS, told, samples=int(exact["sent"]))


def _dict(case: Case, name: str) -> dict[str, Any] | None:
    seen = next((one.seen for one in case.seen(name)), None)
    return seen if isinstance(seen, dict) and all(value is not None for value in seen.values()) else None
