"""What holds for every subject of a registry, or of one of its contexts, that says nothing else."""

from mqinfra.model.spec import Spec
from mqinfra.providers.registry.words import Compatibility, Mode

KIND = "configuration"
WHOLE = "global"
"""Name of what holds for the whole registry; a context has its own, `:.payments:`."""


class ConfigurationSpec(Spec):
    """What holds for all subjects that say nothing else.

    Attributes:
        compatibility: what new schemas have to be compatible with.
        mode: whether schemas may be registered.
        normalize: normalise schemas when they are registered and looked up, where the registry keeps that.
    """

    compatibility: Compatibility | None = None
    mode: Mode | None = None
    normalize: bool | None = None
