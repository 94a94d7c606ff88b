"""A process that takes the lock of `shop/prod` and holds it until its input ends: `lock_holder URL AMQP USER`."""

import sys
from contextlib import suppress

from mqinfra.model.errors import UserError
from mqinfra.model.record import Owner
from tests.integration.rabbitmq.provider.opening import GUEST, opened


def main() -> None:
    url, amqp, holder, timeout = sys.argv[1:]
    with opened({"url": url, "amqp": amqp}, password=GUEST) as session:
        try:
            with session.lock(Owner("shop", "prod"), holder, float(timeout)) as lock:
                say("held")
                sys.stdin.read()
                say(lock.lost() or "still held")
        except UserError as error:
            say(f"{error.exit_code.value} {error}")


def say(line: str) -> None:
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
