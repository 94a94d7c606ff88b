"""Comparing: what a plan would change of a resource, which is read and never sent."""

from typing import ClassVar

from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.procedure import Procedure, Trial

CHANGE = "change"
READ = "read"


class Compare(Procedure):
    """Notes what the plan of this run would change. A model of a broker can be compared as well as a broker."""

    name = "compare"
    modes = (Mode.PASSIVE,)
    on_models: ClassVar[bool] = True

    def carry_out(self, trial: Trial) -> None:
        """Note the change, or that there is none, or why nobody can tell."""
        if trial.compared.unseen:
            trial.notes.tried(READ, Known.UNKNOWN, trial.compared.unseen)
            return
        change = trial.compared.change
        fields = [] if change is None else [".".join(one.path) for one in change.differences]
        action = None if change is None else change.action.value
        trial.notes.observe(CHANGE, {"action": action, "fields": [*fields]})
