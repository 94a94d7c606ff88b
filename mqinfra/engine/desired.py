"""The digest of what the manifests want: `apply plan.json` holds the plan against it."""

from pydantic import JsonValue

from mqinfra.model.declaration import Consent, Declaration, Desired
from mqinfra.model.plan import digest_of


def desired_digest(desired: Desired) -> str:
    """Digest specs, lifecycle and consents; never places, labels or reasons."""
    return digest_of(
        {
            "declarations": {
                str(address): {"spec": item.spec.to_json(), "lifecycle": _lifecycle(item)}
                for address, item in desired.declarations.items()
            },
            "tombstones": {
                str(address): [*sorted(item.even_if), item.identity, *_until(item)]
                for address, item in desired.tombstones.items()
            },
            "allowed": {
                str(address): [*sorted(item.even_if), dict(item.by), *_until(item)]
                for address, item in desired.allowed.items()
            },
            **_vanished(desired),
            **({"unpruned": [*sorted(desired.unpruned)]} if desired.unpruned else {}),
        }
    )


def _vanished(desired: Desired) -> dict[str, JsonValue]:
    if not desired.vanished:
        return {}
    return {"vanished": {name: [*_until(item)] for name, item in desired.vanished.items()}}


def _until(line: Consent) -> list[str]:
    return [line.until.isoformat()] if line.until is not None else []


def _lifecycle(declaration: Declaration) -> JsonValue:
    if not declaration.lifecycle.model_fields_set:
        return {}
    lifecycle: JsonValue = declaration.lifecycle.model_dump(mode="json", exclude_defaults=True)
    return lifecycle
