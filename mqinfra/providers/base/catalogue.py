"""The catalogue: which brokers and kinds are known, for manifests, schemas, docs and the engine."""

from collections.abc import Iterable, Mapping
from typing import Any

from mqinfra.model.code import Code
from mqinfra.providers.base.kind import Kind, Shape
from mqinfra.providers.base.provider import Provider
from mqinfra.providers.base.rule import Rule


class Catalogue:
    """Providers by type. Making it imports no broker client."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._providers = {provider.type: provider for provider in providers}
        self._sections: dict[tuple[str, str], tuple[str, ...]] | None = None

    @property
    def providers(self) -> Mapping[str, Provider]:
        """All providers, by type."""
        return self._providers

    def kind(self, broker: str, name: str) -> Kind[Any] | None:
        """Look a kind up; None when the broker or the kind is not known."""
        provider = self._providers.get(broker)
        return provider.kinds.get(name) if provider is not None else None

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """How the entries of each kind stand in a manifest, by `BROKER/KIND`."""
        return {
            f"{kind.broker}/{kind.name}": Shape(kind.inside, kind.within, bool(kind.named_by)) for kind in self.kinds()
        }

    def sections_of(self, kind: Kind[Any]) -> tuple[str, ...]:
        """Names of the kinds whose sections stand in the entries of a kind."""
        if self._sections is None:
            self._sections = {}
            for other in self.kinds():
                if other.within:
                    held = self._sections.get((other.broker, other.within), ())
                    self._sections[other.broker, other.within] = (*held, other.name)
        return self._sections.get((kind.broker, kind.name), ())

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of all providers."""
        return tuple(rule for provider in self._providers.values() for rule in provider.rules)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes of all providers, those of their rules among them; several may share one."""
        return tuple(
            dict.fromkeys(
                code
                for provider in self._providers.values()
                for code in (*provider.codes, *(code for rule in provider.rules for code in rule.codes))
            )
        )

    def kinds(self) -> list[Kind[Any]]:
        """All kinds of all brokers."""
        return [kind for provider in self._providers.values() for kind in provider.kinds.values()]
