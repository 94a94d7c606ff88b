"""The certificates of the servers, met as this project's clients meet them, and old versions of TLS."""

from dataclasses import asdict

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.door import PATIENCE
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.tls_probe import certificate, takes_old

CERTIFICATE, OLD = "certificate of ", "TLS 1.1 with "


class Certificates(Procedure):
    """Two handshakes per server, and nothing else."""

    name = "certificates"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Meet each server."""
        for door in trial.messenger.doors() if trial.messenger is not None else ():
            if door.context is not None:
                trial.notes.observe(CERTIFICATE + door.name, asdict(certificate(door.name, door.context, PATIENCE)))
                known, said = takes_old(door.name, PATIENCE)
                trial.notes.tried(OLD + door.name, known, said)
