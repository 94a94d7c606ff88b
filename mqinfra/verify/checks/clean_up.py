"""V40: the run leaves nothing behind."""

from mqinfra.model.judgement import Result
from mqinfra.providers.base.verification.check import Asked, Case, Check, Conclusion
from mqinfra.providers.base.verification.evidence import many, none_or
from mqinfra.providers.base.verification.place import About, Place
from mqinfra.verify.procedures.leftovers import LEFT, SHOWN, Leftovers


class CleanUp(Check):
    """What has this run's name when everything else is over."""

    id = "V40"
    name = "clean-up"
    proves = "Nothing that this run made is left, by a listing that shows a copy while it is there."
    open = "Traces in the broker's logs and statistics were not looked for."
    procedure = Leftovers
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - every cluster is left as it was
        """Of every cluster."""
        return Asked("a verification leaves nothing behind")

    def judge(self, case: Case) -> Conclusion:
        """A listing that does not show what is there proves nothing by what it does not show."""
        shown, left = (
            [str(name) for one in case.seen(subject) if isinstance(one.seen, list) for name in one.seen]
            for subject in (SHOWN, LEFT)
        )
        if not shown and not left:
            return Conclusion(Result.INCONCLUSIVE, "the listing did not show a copy that was there")
        return none_or(
            left,
            f"nothing is left; the copy that was there was shown by {many(len(shown), 'name')}",
            f"{many(len(left), 'name')} left",
            samples=len(shown),
            causes=("the session lacks the right to delete something", "the broker was busy or gone when it should"),
            fix="run `mqinfra verify --gc --older-than 0s`",
        )
