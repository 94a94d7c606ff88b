"""Every diagnostic code of every part, collected for `explain` and docs/diagnostics.md."""

from mqinfra.checks.policy import codes as policy
from mqinfra.checks.rulebook import RULES
from mqinfra.cli import console, failure, payloads, pictures, production, saved, selecting, split, verifying, way_back
from mqinfra.cli.monitoring import listening
from mqinfra.engine import codes as engine
from mqinfra.manifest import codes as manifest
from mqinfra.model.code import Code
from mqinfra.model.errors import Bug
from mqinfra.providers.base import codes as base
from mqinfra.providers.base.catalogue import installed
from mqinfra.providers.base.connecting import codes as connecting


def shared_codes() -> tuple[Code, ...]:
    """The codes that no provider has to be imported for."""
    return (
        *manifest.CODES,
        *engine.CODES,
        *base.CODES,
        *connecting.CODES,
        *(code for rule in RULES for code in rule.codes),
        policy.SUPPRESSION,
        policy.UNKNOWN_CODE,
        *saved.CODES,
        *way_back.CODES,
        console.OUTPUT_FILE,
        failure.FAILURE,
        failure.LIBRARY_MISSING,
        payloads.PAYLOAD,
        selecting.SELECTS_NOTHING,
        pictures.LAYOUT_MISSING,
        split.FILE_EXISTS,
        verifying.REPORT_FILE,
        listening.LISTEN,
        production.NOT_IN_PRODUCTION,
    )


def all_codes() -> tuple[Code, ...]:
    """All codes, sorted by id.

    Raises:
        Bug: two codes share an id.
        UserError: a provider can't be used.
    """
    by_id: dict[str, Code] = {}
    for code in (*shared_codes(), *installed().codes):
        if by_id.setdefault(code.id, code) is not code:
            raise Bug(f"two codes are {code.id}")
    return tuple(by_id[key] for key in sorted(by_id))
