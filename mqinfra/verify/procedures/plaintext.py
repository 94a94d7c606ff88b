"""Whether servers that are reached by TLS answer without it, on the same port or on another."""

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.procedure import Procedure, Trial

CONTROL, PLAIN, BESIDE = "answers by TLS: ", "answers without TLS: ", "listens without TLS beside "


class Plaintext(Procedure):
    """One first word without TLS per server, beside one with it, and the server's own word on plain listeners."""

    name = "plaintext"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Ask each server."""
        for door in trial.messenger.doors() if trial.messenger is not None else ():
            trial.notes.tried(CONTROL + door.name, *door.answers(encrypted=True))
            plain = door.plain()
            trial.notes.observe(BESIDE + door.name, None if plain is None else list(plain))
            trial.notes.tried(PLAIN + door.name, *door.answers(encrypted=False))
