"""The catalogue: which brokers and kinds are known, for manifests, schemas, docs and the engine.

A distribution registers its providers in the entry-point group `mqinfra.providers`, under the broker's type. The types
are known from that alone; the modules of a provider are imported when somebody asks for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any, TypeVar

from mqinfra.model.code import CODE_ID, Code
from mqinfra.model.errors import UserError
from mqinfra.model.scope import Ownership
from mqinfra.providers.base import codes
from mqinfra.providers.base.entry_type import EntryType
from mqinfra.providers.base.kind import Kind
from mqinfra.providers.base.placement import Placement
from mqinfra.providers.base.provider import Provider
from mqinfra.providers.base.rule import Rule

T = TypeVar("T")

GROUP = "mqinfra.providers"
OWN = "mqinfra"
"""Our own package, whose codes begin with `MQ`."""

_REINSTALL = "reinstall mqinfra: `python -m pip install mqinfra`, or `python -m pip install -e .` in a checkout"
_OWN_PREFIX = "MQ"


class Registration:
    """A provider that is installed, and imported when it is asked for.

    Attributes:
        type: the broker's type, as the entry point names it.
        own: it is one of ours.
    """

    def __init__(self, point: EntryPoint) -> None:
        """Register the provider that an entry point leads to: what makes it, its class as a rule."""
        self.type, self.own, self._point = point.name, point.module.partition(".")[0] == OWN, point

    @cached_property
    def distribution(self) -> str:
        """Name of the distribution that brings it. To know it, a file of the distribution is read."""
        return self._point.dist.name if self._point.dist is not None else self._point.module.partition(".")[0]

    @cached_property
    def provider(self) -> Provider:
        """The provider.

        Raises:
            UserError: it can't be imported, or is not a provider of this type.
        """
        try:
            make = self._point.load()
        except (ImportError, AttributeError) as error:
            raise self._unusable(f"can't be imported: {error}") from error
        made: object = make()
        if not isinstance(made, Provider):
            raise self._unusable(f"is {type(made).__name__}, which is not a Provider")
        if made.type != self.type:
            raise self._unusable(f"says that its type is `{made.type}`")
        return made

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The provider's rules.

        Raises:
            UserError: one reports a code that is not the distribution's own.
        """
        rules = self.provider.rules
        self._own(code for rule in rules for code in rule.codes)
        return rules

    @cached_property
    def codes(self) -> tuple[Code, ...]:
        """The provider's codes, those of its rules among them; rules may share one.

        Raises:
            UserError: one is not the distribution's own.
        """
        some = tuple(dict.fromkeys((*self.provider.codes, *(code for rule in self.rules for code in rule.codes))))
        self._own(some)
        return some

    def _own(self, some: Iterable[Code]) -> None:
        """Hold codes of others against ours, which new versions add to."""
        if self.own:
            return
        for code in some:
            match = CODE_ID.fullmatch(code.id)
            if match is None or match[1] == _OWN_PREFIX:
                raise self._unusable(
                    f"has the code `{code.id}`; a code is capitals and a number, and begins with a prefix of its own, "
                    f"not `{_OWN_PREFIX}`"
                )

    def _unusable(self, why: str) -> UserError:
        message = f"the provider `{self.type}` of `{self.distribution}` {why}"
        return UserError([codes.PROVIDER.at(message, help=f"update or uninstall `{self.distribution}`")])


class Catalogue:
    """Providers by type. Making it imports none of them."""

    def __init__(self, registrations: Iterable[Registration]) -> None:
        """Collect registrations.

        Raises:
            UserError: two are of one type.
        """
        self._registrations: dict[str, Registration] = {}
        for one in sorted(registrations, key=lambda registration: registration.type):
            other = self._registrations.setdefault(one.type, one)
            if other is not one:
                both = " and ".join(sorted(f"`{item.distribution}`" for item in (one, other)))
                message = f"the provider `{one.type}` is installed twice: by {both}"
                raise UserError([codes.PROVIDER.at(message, help="uninstall one of them")])
        self.providers: Mapping[str, Provider] = _Providers(self._registrations)
        """The providers by type. Looking one up imports it, iterating over values all; asking for keys none."""

    @property
    def types(self) -> tuple[str, ...]:
        """The types of all providers, sorted."""
        return tuple(self._registrations)

    def of(self, types: Iterable[str]) -> "Catalogue":
        """The part of the catalogue that some brokers need; types that are not known are left out."""
        wanted = frozenset(types)
        return Catalogue(one for one in self._registrations.values() if one.type in wanted)

    def kind(self, broker: str, name: str) -> Kind[Any] | None:
        """Look a kind up; None when the broker or the kind is not known."""
        registration = self._registrations.get(broker)
        return registration.provider.kinds.get(name) if registration is not None else None

    def entry_type(self, broker: str, name: str) -> EntryType | None:
        """Look a type of entries up; None when the broker or the type is not known."""
        registration = self._registrations.get(broker)
        return registration.provider.entry_types.get(name) if registration is not None else None

    @property
    def ownership(self) -> Mapping[str, Mapping[str, Ownership]]:
        """How the addresses of each kind are looked up in a scope, by type and kind; imports as `providers` does."""
        return _Ownership(self._registrations)

    @property
    def placements(self) -> Mapping[str, Placement]:
        """Where entries stand in a manifest, by `BROKER/TYPE`."""
        return {f"{one.broker}/{one.name}": one.placement for one in self.entry_types()}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of all providers."""
        return tuple(rule for one in self._registrations.values() for rule in one.rules)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of all providers.

        Raises:
            UserError: distributions share a prefix.
        """
        owners: dict[str, Registration] = {}
        for one in self._registrations.values():
            for code in one.codes:
                other = owners.setdefault(code.id.rstrip("0123456789"), one)
                if other.distribution != one.distribution:
                    message = f"`{one.distribution}` and `{other.distribution}` both have codes such as `{code.id}`"
                    raise UserError([codes.PROVIDER.at(message, help="uninstall one of them")])
        return tuple(dict.fromkeys(code for one in self._registrations.values() for code in one.codes))

    def entry_types(self) -> list[EntryType]:
        """All types of entries of all brokers."""
        return [one for provider in self.providers.values() for one in provider.entry_types.values()]

    def kinds(self) -> list[Kind[Any]]:
        """All kinds of all brokers."""
        return [kind for provider in self.providers.values() for kind in provider.kinds.values()]


class _ByType(Mapping[str, T]):
    """Something of each provider by type, that is looked up when it is asked for."""

    def __init__(self, registrations: Mapping[str, Registration]) -> None:
        self._registrations = registrations

    def __contains__(self, key: object) -> bool:
        return key in self._registrations

    def __iter__(self) -> Iterator[str]:
        return iter(self._registrations)

    def __len__(self) -> int:
        return len(self._registrations)


class _Providers(_ByType[Provider]):
    def __getitem__(self, key: str) -> Provider:
        return self._registrations[key].provider


class _Ownership(_ByType[Mapping[str, Ownership]]):
    def __getitem__(self, key: str) -> Mapping[str, Ownership]:
        return self._registrations[key].provider.ownership


@cache
def installed() -> Catalogue:
    """The catalogue of what is installed here.

    Raises:
        UserError: our own providers are not registered, or two providers are of one type.
    """
    return registered(entry_points(group=GROUP))


def registered(points: Iterable[EntryPoint]) -> Catalogue:
    """Make the catalogue of entry points; see `installed`."""
    registrations = [Registration(point) for point in points]
    if not any(one.own for one in registrations):
        message = "mqinfra's own providers are not registered: it was installed before it registered them"
        raise UserError([codes.PROVIDER.at(message, help=_REINSTALL)])
    return Catalogue(registrations)
