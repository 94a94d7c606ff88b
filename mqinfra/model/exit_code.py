"""What the process says when it ends. One place, so that docs, `explain exit-codes` and tests agree."""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    OK = 0
    ERROR = 1
    PENDING = 2
    REFUSED = 3
    PARTIAL = 4
    STALE = 5
    LOCKED = 6
    PROMISE = 7
    INCONCLUSIVE = 8
    USAGE = 64
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """One line for people."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done, or nothing to do",
    ExitCode.ERROR: "error: the input is wrong or a cluster could not be used",
    ExitCode.PENDING: "changes are pending (`plan` only with --detailed-exitcode), or `drift` found some",
    ExitCode.REFUSED: "refused by a guard: blocked, protected, limit or check; nothing was written",
    ExitCode.PARTIAL: "partly applied: the report says what was and what was not",
    ExitCode.STALE: "stale: the cluster, the manifests or the plan format changed since the plan was made",
    ExitCode.LOCKED: "another apply holds the lock",
    ExitCode.PROMISE: "a promise does not hold: a check of `verify` failed",
    ExitCode.INCONCLUSIVE: "nothing failed, and something was inconclusive: `verify` could not tell",
    ExitCode.USAGE: "wrong usage of the command line",
    ExitCode.INTERRUPTED: "interrupted: the report says what was done",
}
