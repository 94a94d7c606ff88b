"""What an answer that is no yes means. Pure, so that meanings are tested without a server.

Servers agree on the cause and not on the number: Confluent says 409 with 40901, 404 with 40406, and Apicurio 409 with
409 and 409 with 40406. So either of the two decides.
"""

from pydantic import JsonValue

from mqinfra.providers.base.connecting.fault import Meaning
from mqinfra.providers.registry.api.call import Call, RegistryFault

UNKNOWN_SUBJECT, UNKNOWN_VERSION, UNKNOWN_SCHEMA = 40401, 40402, 40403
SOFT_DELETED, NOT_SOFT_DELETED, VERSION_SOFT_DELETED, VERSION_NOT_SOFT_DELETED = 40404, 40405, 40406, 40407
NO_OWN_LEVEL, NO_OWN_MODE = 40408, 40409
INCOMPATIBLE, INVALID_SCHEMA, INVALID_LEVEL, INVALID_MODE, NOT_PERMITTED, REFERRED_TO = (
    40901,
    42201,
    42203,
    42204,
    42205,
    42206,
)
"""Error codes of Confluent's API (rest/exceptions/Errors.java)."""
_ABSENT = frozenset((404, 40401, 40402, 40403, 40404, 40406, 40408, 40409))
_BUSY = frozenset((429, 502, 503, 504))
_LOST = frozenset((500, 502, 504))
_HELP = {
    INCOMPATIBLE: "compare it with the latest version: `mqinfra plan` names the fields",
    REFERRED_TO: "another subject refers to it: remove that reference, or that subject, first",
    NOT_PERMITTED: "the mode of the subject, or of the whole registry, forbids it",
}


def fault_of(call: Call, status: int, body: JsonValue) -> RegistryFault:
    """The fault of an answer of the registry's own that is no yes."""
    said, code = "", 0
    if isinstance(body, dict):
        said = str(body.get("message") or "")
        number = body.get("error_code")
        code = number if isinstance(number, int) else 0
    message = " ".join(said.split()) or f"status {status} without a reason"
    if status in (401, 403):
        return RegistryFault(f"not allowed: {call} ({message})", Meaning.DENIED, (), None, status, code, call.method)
    if status == 404 or code in _ABSENT:
        meaning = Meaning.ABSENT
    elif status in _LOST and call.method != "GET":
        meaning = Meaning.LOST
    elif status in _BUSY or status == 500:
        meaning = Meaning.RETRY
    else:
        meaning = Meaning.REFUSED
    hint = _HELP.get(code) or (_HELP[INCOMPATIBLE] if status == 409 and code in (0, 409) else "")
    return RegistryFault(message, meaning, (hint,) if hint else (), None, status, code, call.method)
