"""Making the calls of changes: those of one subject in order, until one is refused; subjects side by side."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.providers.base.request import Accepted, Refused, Request, Result
from mqinfra.providers.registry.api import faults
from mqinfra.providers.registry.api.call import Answer, Call, RegistryFault
from mqinfra.providers.registry.client import RegistryClient
from mqinfra.providers.registry.subjects.steps import CALLS, DELETE


def run(client: RegistryClient, request: Request) -> Mapping[Address, Result]:
    """Send a request."""
    addresses = list(request.body)
    if request.api == DELETE:
        results = client.each(addresses, lambda address: _deleted(client, address))
    else:
        results = client.each(addresses, lambda address: _done(client, address, request.body[address]))
    return dict(zip(addresses, results, strict=True))


def _done(client: RegistryClient, address: Address, body: Mapping[str, JsonValue]) -> Result:
    calls = body[CALLS]
    for step in calls if isinstance(calls, list) else []:
        if not isinstance(step, dict):
            continue
        try:
            call = _call(client, address, step)
        except UserError as error:
            return Refused(error.diagnostics[0].message, retry=True)
        answer = client.send(call)
        if isinstance(answer, RegistryFault):
            if call.method == "DELETE" and answer.absent:
                continue
            return answer.result()
    return Accepted()


def _call(client: RegistryClient, address: Address, step: Mapping[str, JsonValue]) -> Call:
    method, _, target = str(step["call"]).partition(" ")
    path, _, query = target.partition("?")
    word = path.split("/")[1]
    segments = (word, address.name, "versions") if word == "subjects" else (word, address.name)
    body = step.get("body")
    if word == "mode" and method == "PUT":
        # What has schemas already needs to be told twice to be one into which schemas are imported.
        forced = isinstance(body, dict) and body.get("mode") == "IMPORT"
        return Call(method, segments, {"force": "true"} if forced else {}, body)
    if word == "subjects" and isinstance(body, dict):
        body = {**body, **numbered(client, body)}
    return Call(method, segments, dict(parse_qsl(query)), body)


def numbered(client: RegistryClient, body: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The references of a schema with the versions that they have now, where none is named; nothing without any.

    Raises:
        UserError: the registry did not answer.
    """
    some = body.get("references")
    if not isinstance(some, list):
        return {}
    found: list[JsonValue] = []
    for one in some:
        if isinstance(one, dict) and "version" not in one:
            latest = client.get("subjects", str(one["subject"]), "versions", "latest")
            number = latest.get("version") if isinstance(latest, dict) else None
            found.append({**one, "version": number if number is not None else -1})
        else:
            found.append(one)
    return {"references": found}


def _deleted(client: RegistryClient, address: Address) -> Result:
    answer = client.send(Call("DELETE", ("subjects", address.name)))
    if isinstance(answer, Answer):
        return Accepted()
    if answer.absent or answer.error_code in (faults.SOFT_DELETED, faults.UNKNOWN_SUBJECT):
        return Accepted("it was already gone")
    return answer.result()
