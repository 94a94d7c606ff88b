"""Sample messages held against a declared subject's schema."""

from collections.abc import Mapping

from mqinfra.model.address import Address
from mqinfra.model.spec import Spec
from mqinfra.providers.base.capabilities import Misfit
from mqinfra.providers.registry.schemas.payload import problem_of
from mqinfra.providers.registry.schemas.schema import SchemaError, UncheckedError
from mqinfra.providers.registry.subjects import checking
from mqinfra.providers.registry.subjects.declared import texts_of
from mqinfra.providers.registry.subjects.spec import SubjectSpec


def misfit(address: Address, declared: Mapping[Address, Spec], message: str) -> Misfit | None:
    """Say why a message does not fit; see `Sampled.sample_problem`."""
    spec = declared[address]
    if not isinstance(spec, SubjectSpec):
        return None
    try:
        problem = problem_of(checking.schema_of(spec, texts_of(spec, address, declared.get)), message)
    except SchemaError as error:
        return Misfit(error.reason)
    except UncheckedError as error:
        return Misfit(str(error), unchecked=True)
    return Misfit(problem) if problem else None
