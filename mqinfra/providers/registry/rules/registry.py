"""The rules about registries, in the order of their codes."""

from mqinfra.providers.base.rule import Rule, in_order_of_codes
from mqinfra.providers.registry.rules import offline, schemas

RULES: tuple[Rule, ...] = in_order_of_codes(*schemas.RULES, *offline.RULES)
