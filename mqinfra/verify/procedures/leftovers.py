"""What a run leaves behind: a listing at its end, which has to show a copy that is there."""

from mqinfra.model.errors import Bug
from mqinfra.providers.base.verification.canary import copy_in
from mqinfra.providers.base.verification.procedure import Procedure, Trial

SHOWN, LEFT = "shown", "left"


class Leftovers(Procedure):
    """Lists reserved names while one copy is there. What the run's other copies were made of has to be gone by then."""

    name = "leftovers"
    last = True

    def carry_out(self, trial: Trial) -> None:
        """List, and tell this procedure's own copy from the rest of the run."""
        if trial.messenger is None:
            raise Bug("a listing of nothing")
        own = copy_in(trial.ground.name)
        listed = [name for name in trial.messenger.left() if trial.run.id in name]
        trial.notes.observe(SHOWN, [name for name in listed if own and copy_in(name) == own])
        trial.notes.observe(LEFT, [name for name in listed if not own or copy_in(name) != own])
