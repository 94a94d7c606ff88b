"""What is exported, by its names in manifests: those to which the environment puts its prefix when it reads them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pydantic import JsonValue, ValidationError

from mqinfra.manifest.shorthand import Shorthand
from mqinfra.manifest.writer import Resource
from mqinfra.model.address import Address
from mqinfra.model.declaration import Desired
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Spec


@dataclass(frozen=True, slots=True)
class AsDeclared:
    """Resources as manifests name them.

    Attributes:
        resources: what has a name there.
        short: how they are written shorter than one by one.
        nameless: what no manifest could speak of, because its name lacks the environment's prefix or suffix.
    """

    resources: Sequence[Resource]
    short: Shorthand
    nameless: tuple[Address, ...] = ()

    def notes(self, environment: str) -> Iterator[str]:
        """Say what is left out.

        Args:
            environment: its name.
        """
        if self.nameless:
            yield (
                f"left out {len(self.nameless):,} without the prefix or suffix of {environment}, such as "
                f"`{self.nameless[0]}`: write their names under `except` of `names` to export them"
            )


def as_declared(chosen: Sequence[Resource], short: Shorthand, desired: Desired) -> AsDeclared:
    """Take the environment's prefixes and suffixes away.

    Args:
        chosen: what is live, by its real names.
        short: how it is written shorter, by real names as well. What sugar makes is called after real names, so that
            what it covers needs no name in manifests.
        desired: the environment.
    """
    names = desired.names
    if not names:
        return AsDeclared(chosen, short)

    def known_as(address: Address) -> Address:
        return address if names.as_written(address) else names.declared(address)

    nameless = tuple(item[0] for item in chosen if item[0] not in short.covered and names.as_written(item[0]))
    left_out = frozenset(nameless)
    specs = {address: spec for address, spec, _, _ in chosen}
    return AsDeclared(
        [
            (known_as(address), _named(address, spec, desired), labels, lifecycle)
            for address, spec, labels, lifecycle in chosen
            if address not in left_out
        ],
        replace(
            short,
            fields={
                names.declared(address): _said(address, specs.get(address), fields, desired)
                for address, fields in short.fields.items()
            },
            covered={known_as(one): names.declared(entry) for one, entry in short.covered.items()},
        ),
        nameless,
    )


def _named(address: Address, spec: Spec, desired: Desired) -> Spec:
    data = spec.to_json()
    declared = _with_names(address, data, desired)
    if declared is data:
        return spec
    try:
        return type(spec).model_validate(declared)
    except ValidationError:  # it is live, and no manifest could ask for it: whoever reads the export is told so
        return spec


def _said(
    address: Address, spec: Spec | None, fields: Mapping[str, JsonValue], desired: Desired
) -> dict[str, JsonValue]:
    """What an entry says; what its other fields say tells what some of them name."""
    given = {name: value for name, value in fields.items() if value is not None}
    whole = _with_names(address, {**(spec.to_json() if spec is not None else {}), **given}, desired)
    return {name: whole[name] if name in given else None for name in fields}


def _with_names(address: Address, data: Mapping[str, JsonValue], desired: Desired) -> Mapping[str, JsonValue]:
    return desired.names.in_data(f"{desired.clusters[address.cluster]}/{address.kind}", data, real=False)[0]
