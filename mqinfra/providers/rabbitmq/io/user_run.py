"""Sending changes of users: a PUT is whole, so what it does not change goes along as it is, hash and all."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import JsonValue

from mqinfra.model.address import Address
from mqinfra.model.secret import SecretRef, SecretResolver
from mqinfra.providers.base.request import Refused, Request, Result
from mqinfra.providers.rabbitmq.api.call import Answer, Call, RabbitFault
from mqinfra.providers.rabbitmq.api.faults import to_result
from mqinfra.providers.rabbitmq.io.user_reading import held_of
from mqinfra.providers.rabbitmq.io.user_requests import DELETE, DELETE_LIMIT, PUT, PUT_LIMIT, Body

if TYPE_CHECKING:
    from mqinfra.providers.rabbitmq.io.client import RabbitClient


def run(client: "RabbitClient", request: Request, secrets: SecretResolver) -> dict[Address, Result]:
    """Send one request.

    Raises:
        UserError: a reference leads nowhere; nothing was sent then.
    """
    results: dict[Address, Result] = {}
    passwords = {address: _password(body, secrets) for address, body in request.body.items()}
    for address in request.body:
        why_not = _refused(client, request, address, passwords[address])
        if why_not is not None:
            results[address] = why_not
    rest = [address for address in request.body if address not in results]
    calls: dict[Address, Call] = {}
    if request.api == PUT:
        silent = [address for address in rest if passwords[address] is None]
        present = dict(zip(silent, client.send([_get(address) for address in silent]), strict=True))
        for address in rest:
            answer = present.get(address)
            if isinstance(answer, RabbitFault) and not answer.absent:
                results[address] = Refused(answer.message, answer.help, retry=answer.retry)
                continue
            calls[address] = _put(address, request.body[address], passwords[address], answer)
    else:
        calls = {address: _call(request.api, address.name, request.body[address]) for address in rest}
    answers = client.send(list(calls.values()))
    results |= {address: to_result(answer) for address, answer in zip(calls, answers, strict=True)}
    return results


def _password(body: Body, secrets: SecretResolver) -> str | None:
    reference = body.get("password")
    return secrets(SecretRef.model_validate(reference)).reveal() if reference is not None else None


def _refused(client: "RabbitClient", request: Request, address: Address, password: str | None) -> Refused | None:
    if password == "":
        # The server takes it, and then lets nobody in with a blank password.
        text = f"the password of `{address.name}` is empty"
        return Refused(text, (f"correct the value behind {_reference(request.body[address])}",))
    if address.name != client.user:
        return None
    if request.api == DELETE:
        return Refused(f"`{address.name}` is the user as whom this is done", ("delete it as another user",))
    if password is not None:
        text = f"`{address.name}` is the user as whom this is done, and with another password its calls would fail"
        return Refused(text, ("change its password as another user, or by `rabbitmqctl change_password`",))
    return None


def _reference(body: Body) -> str:
    return f"`{SecretRef.model_validate(body['password'])}`"


def _get(address: Address) -> Call:
    return Call("GET", ("users", address.name))


def _put(address: Address, body: Body, password: str | None, present: Answer | RabbitFault | None) -> Call:
    whole: dict[str, JsonValue] = {"tags": body["tags"]}
    if password is not None:
        whole["password"] = password
    else:
        row = present.body if isinstance(present, Answer) and isinstance(present.body, dict) else {}
        held = held_of(row)
        whole["password_hash"] = held.hash
        if held.algorithm:
            whole["hashing_algorithm"] = held.algorithm
    return Call("PUT", ("users", address.name), body=whole)


def _call(api: str, user: str, body: Mapping[str, JsonValue]) -> Call:
    if api == DELETE:
        return Call("DELETE", ("users", user))
    removes = api.startswith(DELETE_LIMIT)
    limit = api.removeprefix(DELETE_LIMIT if removes else PUT_LIMIT)
    return Call("DELETE" if removes else "PUT", ("user-limits", user, limit), body=None if removes else dict(body))
