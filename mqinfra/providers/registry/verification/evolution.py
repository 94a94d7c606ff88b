"""Asks a registry, by its own dry run, what may follow the schemas that it has."""

from mqinfra.model.errors import Bug
from mqinfra.model.judgement import Mode
from mqinfra.model.operation import Known
from mqinfra.providers.base.verification.procedure import Procedure, Trial
from mqinfra.providers.registry.api.call import Call, RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.compatibility.levels import Level
from mqinfra.providers.registry.subjects.run import numbered
from mqinfra.providers.registry.subjects.spec import GLOBAL, SubjectSpec
from mqinfra.providers.registry.subjects.steps import body_of
from mqinfra.providers.registry.verification.messenger import RegistryMessenger
from mqinfra.providers.registry.verification.variants import compatible, incompatible

LEVEL, SAME, MAY_FOLLOW, MAY_NOT = "level", "the declared schema", "a compatible variant", "an incompatible variant"


class Evolution(Procedure):
    """`POST /compatibility`, which registers nothing."""

    name = "evolution"
    modes = (Mode.PASSIVE,)

    def carry_out(self, trial: Trial) -> None:
        """Ask about the schema itself as a control, then about the variants that can be made."""
        declaration, messenger = trial.place.declaration, trial.messenger
        if declaration is None or not isinstance(messenger, RegistryMessenger):
            raise Bug(f"a procedure of registries elsewhere: {trial.place.address}")
        spec, client, subject = SubjectSpec.narrow(declaration.spec), messenger.client, trial.place.address.name
        trial.notes.observe(LEVEL, _level(client, subject, spec))
        for what, text in (
            (SAME, spec.definition),
            (MAY_FOLLOW, compatible(spec)),
            (MAY_NOT, incompatible(spec)),
        ):
            if text is not None:
                known, said = _asked(client, subject, spec.model_copy(update={"definition": text}))
                trial.notes.tried(what, known, said)


def _level(client: RegistryClient, subject: str, spec: SubjectSpec) -> str:
    """The level that is declared; the one in force where none is."""
    if spec.compatibility not in (None, GLOBAL):
        return str(spec.compatibility)
    found = client.get("config", subject, defaultToGlobal="true")
    if isinstance(found, RegistryFault):
        found = client.get("config")
    told = found.get("compatibilityLevel") or found.get("compatibility") if isinstance(found, dict) else None
    return str(Level.read(told) or "")


def _asked(client: RegistryClient, subject: str, spec: SubjectSpec) -> tuple[Known, str]:
    body = body_of(spec)
    call = Call(
        "POST",
        ("compatibility", "subjects", subject, "versions", "latest"),
        {"verbose": "true"},
        {**body, **numbered(client, body)},
    )
    found = client.ask(call)
    if isinstance(found, RegistryFault):
        return Known.UNKNOWN, found.message
    if isinstance(found, dict) and found.get("is_compatible") is True:
        return Known.OK, ""
    messages = found.get("messages") if isinstance(found, dict) else None
    return Known.FAILED, str(messages[0])[:300] if isinstance(messages, list) and messages else "not compatible"
