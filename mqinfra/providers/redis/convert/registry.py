"""The converters of this broker."""

from mqinfra.providers.base.converting.converter import Converter
from mqinfra.providers.redis.convert.users_acl import UsersAclConverter

CONVERTERS: tuple[Converter, ...] = (UsersAclConverter(),)
