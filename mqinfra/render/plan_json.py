"""A saved plan: JSON that people and tools read, and that `apply` trusts only when it is whole.

The digest of a plan covers what will be done; costs, places, reasons and what blocks a change are outside it. A saved
plan therefore ends with a checksum of the whole text before it, so that a plan which was cut off, edited or damaged
is refused. It is no signature: `apply` re-reads the clusters and the manifests, whatever a file says.
"""

import hashlib
import json
from typing import NoReturn

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

from mqinfra.model.plan import FORMAT_VERSION, LEFT_OUT, Plan, plan_digest
from mqinfra.render.json_text import printable_json

MOST_CHARACTERS = 256 * 2**20
_SLICE = 2**20
_CHECKSUM = ',\n"checksum": "sha256:'
_AGAIN = "; make a new one with `mqinfra plan -o json=FILE`"


class PlanFormatError(ValueError):
    """Text that is no plan which can be trusted. The message says why and what to do, for a person."""


class _Head(BaseModel):
    """The two keys that say what a document is."""

    model_config = ConfigDict(alias_generator=to_camel)

    kind: JsonValue = None
    format_version: JsonValue = None


def plan_to_json(plan: Plan) -> str:
    """Write a plan as JSON, one key per line at the top, with a checksum as its last key."""
    left_out = {name for name in LEFT_OUT if not getattr(plan, name)}
    # A lone surrogate, which a broker's text may hold, can only be carried by an escape, which pydantic does not
    # write: in a value it raises, in a key it silently writes U+FFFD.
    try:
        text = plan.model_dump_json(by_alias=True, indent=1, exclude=left_out)
    except ValueError:
        text = "\ufffd"
    if "\ufffd" in text:
        text = json.dumps(plan.model_dump(by_alias=True, exclude=left_out), indent=1, default=str)
    text = printable_json(text).removesuffix("\n}")
    return f'{text}{_CHECKSUM}{_hash(text)}"\n}}\n'


def plan_from_json(text: str) -> Plan:
    """Read a saved plan.

    Raises:
        PlanFormatError: the text is too large, cut off, no JSON, no plan, of another major version of the format, or
            not what was written.
    """
    if len(text) > MOST_CHARACTERS:
        raise PlanFormatError(f"the plan is larger than {MOST_CHARACTERS:,} characters; plan fewer resources at once")
    data: object = None
    try:
        head = _Head.model_validate_json(text)
    except ValidationError:  # mostly broken, or with an escaped lone surrogate, which only Python's reader takes
        data = _parse(text)
        head = _Head.model_validate(data if isinstance(data, dict) else {})
    if head.kind != "Plan":
        raise PlanFormatError("the file is not a plan; expected one that `mqinfra plan -o json=FILE` wrote")
    _check_version(head.format_version)
    if not _is_whole(text):
        raise PlanFormatError(f"the plan was edited or damaged: its checksum does not match its content{_AGAIN}")
    try:
        plan = Plan.model_validate_json(text) if data is None else Plan.model_validate(data)
    except (ValidationError, RecursionError) as error:
        raise PlanFormatError(f"the plan does not fit format {FORMAT_VERSION}{_AGAIN}") from error
    if plan.digest != plan_digest(plan.project, plan.environment, plan.clusters, plan.changes):
        raise PlanFormatError(f"the plan was edited or damaged: its digest does not match its changes{_AGAIN}")
    return plan


def _is_whole(text: str) -> bool:
    body, mark, end = text.rpartition(_CHECKSUM)
    return bool(mark) and end.rstrip() == f'{_hash(body)}"\n}}'


def _parse(text: str) -> object:
    if not text.strip():
        raise PlanFormatError(f"the plan is empty{_AGAIN}")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        if text.lstrip()[:1] == "{" and not text.rstrip().endswith("}"):
            raise PlanFormatError(f"the plan is cut off in the middle{_AGAIN}") from error
        raise PlanFormatError(
            f"the plan is not JSON (line {error.lineno}, column {error.colno}); it was edited or damaged{_AGAIN}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise PlanFormatError(f"the plan is not JSON that mqinfra writes; it was edited or damaged{_AGAIN}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check_version(version: object) -> None:
    ours = FORMAT_VERSION.partition(".")[0]
    theirs = version.partition(".")[0] if isinstance(version, str) else ""
    if not theirs.isdecimal():
        raise PlanFormatError(f"the plan does not say which version of the format it has{_AGAIN}")
    if theirs != ours:
        raise PlanFormatError(
            f"the plan has format {theirs}, and this mqinfra reads format {ours}; plan and apply with the same mqinfra"
        )


def _hash(body: str) -> str:
    digest = hashlib.sha256()
    for start in range(0, len(body), _SLICE):  # a plan of 50,000 changes has 100 MB, of which one copy less counts
        digest.update(body[start : start + _SLICE].encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
