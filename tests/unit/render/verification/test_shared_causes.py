"""Failures that may follow from settings that differ, and names and commands of what has no name of its own."""

from datetime import UTC, datetime

import pytest

from mqinfra.model.address import Address
from mqinfra.model.judgement import Judgement, Mode, Result
from mqinfra.model.verification import Verification
from mqinfra.render.verification.shared_cause import shared_causes
from mqinfra.render.verification.words import address_text, again

BINDING = "mq/bindings/%2Fmail/exchange=mail,queue=mail.send,routingKey=send"


def failed(check: str, address: str, result: Result = Result.FAIL) -> Judgement:
    return Judgement(
        check=check, name="n", address=Address.parse(address), result=result, requirement="r", evidence="e"
    )


def report(*some: Judgement) -> Verification:
    began = datetime(2026, 11, 29, tzinfo=UTC)
    return Verification(
        run="r",
        project="p",
        environment="dev",
        began=began,
        seconds=1,
        seed=7,
        mode=Mode.CLONE,
        clusters=(),
        judgements=some,
    )


@pytest.mark.parametrize(
    ("different", "failing", "where"),
    [
        (BINDING, "mq/exchanges/%2Fmail/mail", "mq binding exchange mail, queue mail.send, routing key send in /mail"),
        ("mq/queues/%2Fmail/mail.send", "mq/queues/%2Fmail/mail.send", "this resource"),
        ("mq/vhosts/%2Fmail", "mq/queues/%2Fmail/mail.send", "mq vhost /mail"),
        (BINDING, "mq/exchanges/%2Fother/mail", ""),
        (BINDING, "other/exchanges/%2Fmail/mail", ""),
        ("mq/exchanges/%2Fmail/mail", "mq/queues/%2Fmail/mail", ""),
    ],
)
def test_failures_name_the_different_settings_that_they_may_follow_from(
    different: str, failing: str, where: str
) -> None:
    found = shared_causes(report(failed("V01", different), failed("V13", failing)))
    expected = {(failing, "V13"): f"V01 of {where} fails too; both may have one cause"} if where else {}
    assert found == expected


def test_nothing_follows_from_settings_that_are_right() -> None:
    assert not shared_causes(report(failed("V01", BINDING, Result.PASS), failed("V13", "mq/exchanges/%2Fmail/mail")))


@pytest.mark.parametrize(
    ("address", "text", "only"),
    [
        ("mq/queues/%2Fmail/mail.send", "mq queue mail.send in /mail", "V02:mail.send"),
        ("kafka/topics/orders", "kafka topic orders", "V02:orders"),
        (
            'mq/bindings/%2Fmail/arguments={"x-match":"all"%2C"x":1},exchange=mail',
            "mq binding exchange mail, arguments x-match=all x=1 in /mail",
            '\'V02:mq/bindings/%2Fmail/arguments={"x-match":"all"%2C"x":1},exchange=mail\'',
        ),
        ("mq/queues/%2F/a[1]%2A", "mq queue a[1]* in /", "'V02:a[[]1][*]'"),
    ],
)
def test_resources_are_named_as_people_do_and_checked_again_alone(address: str, text: str, only: str) -> None:
    one = failed("V02", address)
    assert address_text(one.address) == text
    assert again(one, report(one)) == f"mqinfra verify -e dev --only {only} --seed 7"
