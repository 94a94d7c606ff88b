"""The digest of what the manifests want: `apply plan.json` holds the plan against it."""

from pydantic import JsonValue

from mqinfra.model.declaration import Consent, Declaration, Desired
from mqinfra.model.plan import Plan, digest_of
from mqinfra.model.policy import PolicyRule


def to_save(plan: Plan, desired: Desired) -> Plan:
    """A plan with the digest of what it was made for. Only a plan that is saved is ever held against the manifests."""
    return plan.model_copy(update={"desired": desired_digest(desired)})


def desired_digest(desired: Desired) -> str:
    """Digest specs, lifecycle and consents; never places, labels or reasons."""
    return digest_of(
        {
            "declarations": {
                str(address): {"spec": item.document.written, "lifecycle": _lifecycle(item)}
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
            **({"without": [*sorted(map(str, desired.without.declared))]} if desired.without.declared else {}),
            **({"policy": _policy(desired)} if desired.policy else {}),
        }
    )


def _vanished(desired: Desired) -> dict[str, JsonValue]:
    if not desired.vanished:
        return {}
    return {"vanished": {name: [*_until(item)] for name, item in desired.vanished.items()}}


def _policy(desired: Desired) -> JsonValue:
    """Rules and what weakens them, so that a plan made without the organisation's is not applied under them."""
    policy = desired.policy
    return {
        "rules": [_asked(rule) for rule in policy.rules],
        "severity": {**policy.severities, **policy.floors},
        "suppressed": [[one.where.text, *sorted(one.checks), one.until.isoformat()] for one in policy.suppressions],
    }


def _asked(rule: PolicyRule) -> JsonValue:
    where = rule.where.text if rule.where is not None else ""
    environments = ",".join(sorted(rule.environments))
    asks = (rule.names, dict(rule.labels), rule.required, rule.forbidden, dict(rule.accepted), dict(rule.bounds))
    return [rule.name, where, environments, rule.severity.value, repr(asks)]


def _until(line: Consent) -> list[str]:
    return [line.until.isoformat()] if line.until is not None else []


def _lifecycle(declaration: Declaration) -> JsonValue:
    if not declaration.lifecycle.model_fields_set:
        return {}
    lifecycle: JsonValue = declaration.lifecycle.model_dump(mode="json", exclude_defaults=True)
    return lifecycle
