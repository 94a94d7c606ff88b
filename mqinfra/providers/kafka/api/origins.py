"""Where the names of clients come from, by the settings of a broker: from logins by SCRAM, or from elsewhere too."""

from collections.abc import Mapping

from mqinfra.providers.kafka.api.config_entry import USUAL, Entry

ONLY_SCRAM = "principals.of.scram"
"""The trait of a cluster on which nobody has a name but by SCRAM, so that its users are all that there are."""
SUPER_USERS = "super.users"
"""The trait with the principals that the cluster's block says are super users, as the setting of brokers has them."""
_MECHANISMS, _CLIENT_AUTH = "sasl.enabled.mechanisms", "ssl.client.auth"
_RULES, _BUILDER = "ssl.principal.mapping.rules", "principal.builder.class"
_USUAL_BUILDER = "DefaultKafkaPrincipalBuilder"


def mechanisms(settings: Mapping[str, Entry]) -> frozenset[str]:
    """What listeners take: each may have mechanisms of its own, `listener.name.NAME.sasl.enabled.mechanisms`."""
    return frozenset(word for key, entry in settings.items() if key.endswith(_MECHANISMS) for word in _words(entry))


def only_scram(settings: Mapping[str, Entry]) -> bool:
    """Whether no client of the cluster has a name of another origin; false where that can't be told."""
    listed = [entry for key, entry in settings.items() if key.endswith(_MECHANISMS)]
    # Kafka's own default is GSSAPI, which lets nobody in until somebody configures Kerberos, and then says so.
    said = [entry for entry in listed if entry.source != USUAL]
    words = {word for entry in said for word in _words(entry)}
    if not words or not all(word.startswith("SCRAM-") for word in words) or any(not one.value for one in said):
        return False
    builder = settings.get(_BUILDER)
    if builder is None or not (builder.value or "").endswith(_USUAL_BUILDER):
        return False
    return not (_certificates(settings) and _mapped(settings))


def _certificates(settings: Mapping[str, Entry]) -> bool:
    return any(key.endswith(_CLIENT_AUTH) and entry.value != "none" for key, entry in settings.items())


def _mapped(settings: Mapping[str, Entry]) -> bool:
    """Whether names of certificates may become others; as they are they can be told from users' names."""
    return any(key.endswith(_RULES) and entry.value != "DEFAULT" for key, entry in settings.items())


def _words(entry: Entry) -> list[str]:
    return [part.strip() for part in (entry.value or "").split(",") if part.strip()]
