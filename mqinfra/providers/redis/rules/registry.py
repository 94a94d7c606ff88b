"""The rules about Redis, in the order of their codes: each file of this folder says which it holds."""

from mqinfra.providers.base.rule import Rule, in_order_of_codes
from mqinfra.providers.redis.rules import groups, logins, persistence, promises, rights, streams

RULES: tuple[Rule, ...] = in_order_of_codes(
    *groups.RULES,
    *logins.RULES,
    *persistence.RULES,
    *promises.RULES,
    *rights.RULES,
    *streams.RULES,
)
