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
    proves = "Nothing that this run created is left, by a listing that showed the copy while it existed."
    open = "Traces in the broker's logs and statistics were not checked."
    procedure = Leftovers
    about = frozenset({About.CLUSTER})

    def asked(self, place: Place) -> Asked:  # noqa: ARG002 - every cluster is left as it was
        """Of every cluster."""
        return Asked("the verification leaves nothing behind")

    def judge(self, case: Case) -> Conclusion:
        """A listing that does not show what is there proves nothing by what it does not show."""
        shown, left = (
            [str(name) for one in case.seen(subject) if isinstance(one.seen, list) for name in one.seen]
            for subject in (SHOWN, LEFT)
        )
        if not shown and not left:
            return Conclusion(Result.INCONCLUSIVE, "the listing did not show the copy while it existed")
        return none_or(
            left,
            f"{many(len(shown), 'temporary name')} {'was' if len(shown) == 1 else 'were'} seen while the copy "
            "existed, none is left",
            f"{many(len(left), 'temporary name')} left",
            samples=len(shown),
            causes=(
                "the session lacks the right to delete something",
                "the broker was busy or down during the clean-up",
            ),
            fix="run `mqinfra verify --gc --older-than 0s`",
        )
