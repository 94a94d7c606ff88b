"""A verification as JSON, and back."""

from pydantic import ValidationError

from mqinfra.model.verification import Verification


class VerificationFileError(ValueError):
    """A file that is no report of a verification. The message says why."""


def verification_json(report: Verification) -> str:
    """Write a report; its form is `schemas/verification.json`."""
    return report.model_dump_json(by_alias=True, indent=2) + "\n"


def read_verification(text: str) -> Verification:
    """Read a report.

    Raises:
        VerificationFileError: it is none.
    """
    try:
        return Verification.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise VerificationFileError(f"{where}: {first['msg']}" if where else str(first["msg"])) from None
