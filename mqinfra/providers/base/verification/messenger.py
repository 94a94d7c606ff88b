"""Messengers: what a session offers to those who send messages through the cluster."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from mqinfra.model.address import Address
from mqinfra.model.declaration import Declaration
from mqinfra.model.judgement import Mode
from mqinfra.model.reading import Reading
from mqinfra.providers.base.monitoring.watched import Watched
from mqinfra.providers.base.verification.adviser import Usages
from mqinfra.providers.base.verification.canary import Run
from mqinfra.providers.base.verification.codec import Codec
from mqinfra.providers.base.verification.door import Door
from mqinfra.providers.base.verification.examination import Examination
from mqinfra.providers.base.verification.ground import Ground
from mqinfra.providers.base.verification.place import Place


class Messenger(ABC):
    """Messages through one cluster. It manages nothing: it makes what has a reserved name, and takes that away."""

    @abstractmethod
    def places(self, declared: Mapping[Address, Declaration], reading: Reading) -> Sequence[Place]:
        """The declared resources that messages go through, each with what is live of it.

        Args:
            declared: everything that is declared on the cluster.
            reading: what was read of it.
        """

    @abstractmethod
    def ground(self, place: Place, mode: Mode, run: Run) -> AbstractContextManager[Ground[Place]]:
        """Make a place ready; what was made for it goes when the context ends.

        A clone is built from the settings that are in force on the live resource, not from what is declared.

        Raises:
            UserError: it can't be made; nothing is left of it.
        """

    def codec(self, subject: Address, declared: Mapping[Address, Declaration]) -> Codec | None:  # noqa: ARG002 - for those that hold schemas
        """Payloads of a schema that this cluster holds; None where it holds none.

        Args:
            subject: what holds the schema.
            declared: everything that is declared on the cluster.
        """
        return None

    def readers(self, watched: Watched) -> Sequence[str]:  # noqa: ARG002 - a broker without groups knows none
        """Groups that read a resource, declared or not; none where the broker knows no groups.

        Raises:
            UserError: the cluster did not answer.
        """
        return ()

    def examine(self, watched: Watched, letters: Watched | None, *, peek: bool) -> Examination:  # noqa: ARG002
        """Look a few times at a resource as its `consumer` sees it. It joins nothing, and nothing is sent.

        Args:
            watched: the resource, or a group on it.
            letters: where its dead letters are; itself where it is such a place, None without.
            peek: whether to look into messages where that leaves a trace on them.

        Raises:
            UserError: the cluster did not answer.
        """
        return Examination(unread=("this broker tells nothing of who reads",))

    def measured(self, usages: Usages) -> Usages:
        """Add to what is in force on resources how they are used now. Nothing is sent, and no message is read.

        Raises:
            UserError: the cluster did not answer.
        """
        return usages

    @abstractmethod
    def trouble(self) -> tuple[str, ...]:
        """Why nothing should be sent now, a clause per cause: an alarm, replicas out of sync, a disk nearly full."""

    def doors(self) -> Sequence[Door]:
        """The addresses by which this project's clients come to each server.

        Raises:
            UserError: the cluster does not answer.
        """
        return ()

    @abstractmethod
    def left(self) -> Iterable[str]:
        """Names of everything with a reserved name on the cluster, whichever run made it, as `KIND NAME`."""

    @abstractmethod
    def collect(self, age: timedelta) -> Sequence[str]:
        """Delete what runs left that began longer than `age` ago, and name it as `left` does.

        Only what has a reserved name with a run's id in it is ever deleted.
        """

    @abstractmethod
    def close(self) -> None:
        """Give the connections back."""
