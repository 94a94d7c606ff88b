"""The certificates of the servers, met as this project's clients meet them, and old versions of TLS."""

from dataclasses import asdict

from mqinfra.model.judgement import Mode
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.base.verification.tls_probe import certificate, takes_old
from mqinfra.providers.redis.verification.connection import PATIENCE
from mqinfra.providers.redis.verification.procedures.asking import client_of

CERTIFICATE, OLD = "certificate of ", "TLS 1.1 with "


class Certificates(Procedure):
    """Two handshakes per server, and nothing else."""

    name = "certificates"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Meet each server."""
        for node in client_of(trial).nodes:
            if node.context is not None:
                trial.notes.observe(CERTIFICATE + node.name, asdict(certificate(node.name, node.context, PATIENCE)))
                known, said = takes_old(node.name, PATIENCE)
                trial.notes.tried(OLD + node.name, known, said)
