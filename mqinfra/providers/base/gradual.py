"""What kinds can do whose changes take long: go on with them, and say how far they are."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic

from mqinfra.model.address import Address
from mqinfra.model.change import Change
from mqinfra.providers.base.context import ClusterContext
from mqinfra.providers.base.kind import C
from mqinfra.providers.base.request import Lost, Refused, UnderWay


class Gradual(ABC, Generic[C]):
    """A kind some changes of which go on for long after the broker said yes, and have to be brought to their end."""

    @abstractmethod
    def go_on(
        self, client: C, changes: Sequence[Change], context: ClusterContext
    ) -> Mapping[Address, UnderWay | Refused | Lost]:
        """Do what is next of changes that the broker accepted; asked again until nothing is left.

        It keeps nothing in mind, so that a later run finishes what this one does not.

        Returns:
            where changes stand that are not done, or won't be. The others can be read back.
        """
