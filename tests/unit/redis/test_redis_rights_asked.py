"""What the caller may send is asked with ACL DRYRUN before it is sent, and never with a secret in it."""

from collections.abc import Callable, Sequence

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.record import Owner
from mqinfra.providers.base.session import Session
from mqinfra.providers.redis.users.spec import UserSpec
from tests.unit.redis.fake import Answer, FakeRedis, bulk, texts
from tests.unit.redis.test_redis_hostile import opened

A, B = (Address("redis", "streams", (name,)) for name in ("{shop}:a*", "{shop}:b"))
REFUSED = bulk("User deployer has no permissions to run the 'xgroup|create' command")
DENIED = b"-NOPERM this user has no permissions to run the 'acl|dryrun' command\r\n"
SOME = texts("commands", "+xgroup", "keys", "~*")
ALL = texts("commands", "+@all", "keys", "~*")


class Asked(FakeRedis):
    """A server with a user `deployer` who may do some things."""

    def __init__(self, dry_run: Answer, user: bytes = SOME) -> None:
        super().__init__({"ACL DRYRUN": dry_run, "ACL GETUSER": user})

    @property
    def calls(self) -> list[str]:
        return [" ".join(words[3:]) for words in self.heard if words[:2] == ("ACL", "DRYRUN")]


def created(*addresses: Address) -> list[Change]:
    return [Change(address, Action.CREATE, Reason.ABSENT, after={}) for address in addresses]


def lacks(session: Session, changes: Sequence[Change]) -> list[tuple[str, str, str, bool]]:
    return [
        (item.address.name, item.problem.message, item.problem.help, item.unchecked)
        for item in session.lacking(changes)
    ]


def test_what_a_command_lacks_is_named_with_the_rule_that_grants_it_and_nothing_else() -> None:
    def answer(words: tuple[str, ...]) -> bytes:
        return REFUSED if words[3:5] == ("XGROUP", "CREATE") and words[5] == A.name else bulk("OK")

    with Asked(answer) as server, opened({"nodes": [server.address]}) as session:
        found = lacks(session, created(A, B))
        assert found == [
            (
                A.name,
                "not allowed: `deployer` may not run `xgroup|create` on key `{shop}:a*`",
                "an administrator can grant it: `ACL SETUSER deployer (~{shop}:a\\* +xgroup|create)`",
                False,
            )
        ]
        assert {call.split()[0] for call in server.calls} == {"XGROUP", "MULTI", "EXEC"}
        assert server.calls.count("MULTI") == 1


def test_who_may_do_everything_is_asked_about_nothing() -> None:
    with Asked(REFUSED, ALL) as server, opened({"nodes": [server.address]}) as session:
        assert session.lacking(created(A, B)) == []
        assert session.lacking_to_keep(Owner("shop", "it")) == []
        assert server.calls == []


def test_what_can_not_be_asked_is_said_of_each_and_blocks_none() -> None:
    with Asked(DENIED) as server, opened({"nodes": [server.address]}) as session:
        found = session.lacking(created(A, B))
        assert [(item.address, item.unchecked, item.lacking) for item in found] == [(A, True, ""), (B, True, "")]
        assert {item.problem.help for item in found} == {
            "an administrator can grant it: `ACL SETUSER deployer +acl|dryrun`"
        }
        (problem,) = session.lacking_to_keep(Owner("shop", "it"))
        assert "acl|dryrun" in problem.message


def test_a_command_that_the_server_does_not_know_is_no_matter_of_rights() -> None:
    with Asked(b"-ERR Command 'xgroup' not found\r\n") as server, opened({"nodes": [server.address]}) as session:
        assert session.lacking(created(A)) == []


def test_users_are_asked_about_without_their_rules_and_passwords() -> None:
    user = Address("redis", "users", ("feed",))
    spec = UserSpec.model_validate({"commands": ["+ping"], "passwords": [{"sha256": "ab" * 32}]})
    change = Change(user, Action.CREATE, Reason.ABSENT, after=spec.to_json())
    with Asked(REFUSED) as server, opened({"nodes": [server.address]}) as session:
        ((name, message, advice, _),) = lacks(session, [change])
        assert server.calls == ["ACL SETUSER feed"]
        assert (name, message) == ("feed", "not allowed: `deployer` may not run `acl|setuser`")
        assert advice.endswith("`ACL SETUSER deployer +acl|setuser`")


def test_a_store_tells_why_records_cannot_be_kept_whatever_becomes_of_the_lock() -> None:
    def answer(refused: str) -> Callable[[tuple[str, ...]], bytes]:
        return lambda words: REFUSED if words[3] == refused else bulk("OK")

    for refused, said in (("PEXPIRE", ""), ("HSET", "may not run `hset` for the records")):
        with Asked(answer(refused)) as server, opened({"nodes": [server.address]}) as session:
            store = session.records(Owner("shop", "it"))
            assert store is not None
            assert said in store.unkept()
            assert bool(said) is bool(store.unkept())


def test_lock_and_records_are_asked_about_apart() -> None:
    def answer(words: tuple[str, ...]) -> bytes:
        return REFUSED if words[3] in ("PEXPIRE", "HSET") else bulk("OK")

    with Asked(answer) as server, opened({"nodes": [server.address]}) as session:
        lock, records = session.lacking_to_keep(Owner("shop", "it"))
        assert "may not run `pexpire` for the lock" in lock.message
        assert "--no-lock" in lock.message
        assert "(~{mqinfra:shop/it}:lock " in lock.help
        assert "may not run `hset` for the records" in records.message
        assert "(~{mqinfra:shop/it}:records " in records.help
