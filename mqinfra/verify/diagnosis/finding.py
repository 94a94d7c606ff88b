"""What a symptom's file finds, before the broker's words are put to it."""

from mqinfra.model.diagnosis import Likelihood, Suspect
from mqinfra.model.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """A suspect.

    Attributes:
        suspect: what it is.
        sure: how sure, from 0 to 100; it ranks.
        evidence: what was seen, with numbers.
    """

    suspect: Suspect
    sure: int
    evidence: str

    @property
    def likelihood(self) -> Likelihood:
        """In words."""
        if self.sure >= _SEEN:
            return Likelihood.SEEN
        return Likelihood.PROBABLE if self.sure >= _PROBABLE else Likelihood.POSSIBLE


_SEEN, _PROBABLE = 90, 60
