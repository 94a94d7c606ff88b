"""Names of what a verification makes on a broker. They are the journal: a name says whose it is and how old.

`__mqinfra_canary.RUN.NAME`, where RUN holds the second in UTC at which the run began and a few random letters. So what
a killed run left behind is found on the broker itself, from any machine, and without a file that could be lost.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta

from mqinfra.model.address import Address
from mqinfra.model.frozen import dataclass

PREFIX = "__mqinfra_canary."
_MOMENT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(re.escape(PREFIX) + r"(\d{8}T\d{6}Z)-([a-z0-9]{6})\.(.+)", re.DOTALL)
_COPY = re.compile(re.escape(PREFIX) + r"(\d{8}T\d{6}Z-[a-z0-9]{6})\.(\d+)[a-z]?\.")
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a verification.

    Attributes:
        began: when it began, to the second.
        letters: six letters and digits that tell it from others of the same second.
    """

    began: datetime
    letters: str

    @classmethod
    def new(cls) -> "Run":
        """A run that begins now."""
        return cls(datetime.now(UTC).replace(microsecond=0), "".join(secrets.choice(_LETTERS) for _ in range(6)))

    @property
    def id(self) -> str:
        """Its id: `20261129T130000Z-k3x9qa`."""
        return f"{self.began.strftime(_MOMENT)}-{self.letters}"

    def name(self, own: str) -> str:
        """The name of what it makes for something that is called `own`."""
        return f"{PREFIX}{self.id}.{own}"


def run_of(name: str) -> Run | None:
    """Which run made what has this name; None where none did."""
    match = _NAME.fullmatch(name)
    if match is None:
        return None
    try:
        began = datetime.strptime(match[1], _MOMENT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return Run(began, match[2])


def copy_in(line: str) -> str:
    """Which copy of which run a line is about that holds a name, as `RUN.NUMBER`; empty where it says none."""
    match = _COPY.search(line)
    return f"{match[1]}.{match[2]}" if match is not None else ""


def is_reserved(name: str) -> bool:
    """Whether only verifications may use a name."""
    return name.startswith(PREFIX)


def is_of_run(address: Address) -> bool:
    """Whether a run made a resource, or something that is called by the name of one: a topic, a queue's binding."""
    return any(run_of(name) is not None for name in (*address.path, *(value for _, value in address.pairs)))


def older_than(name: str, age: timedelta, now: datetime) -> bool:
    """Whether a run made what has this name longer than `age` ago."""
    run = run_of(name)
    return run is not None and now - run.began > age
