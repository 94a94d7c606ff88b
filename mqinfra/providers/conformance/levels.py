"""The levels, in order. Each begins on a cluster where nothing of the sample exists, and leaves it so."""

from collections.abc import Callable

from mqinfra.model.change import Action
from mqinfra.model.diagnostic import Severity
from mqinfra.model.errors import UserError
from mqinfra.model.event import Outcome
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.frozen import dataclass
from mqinfra.model.spec import Mutability
from mqinfra.providers.conformance.driver import ConformanceError, Driver, demand

_SOME, _MANY = 20, 200


@dataclass(frozen=True, slots=True)
class Level:
    """One promise.

    Attributes:
        name: what reports and the list of required cells call it.
        promise: raises ConformanceError where the provider does not keep it.
        names: of how many names of the sample it makes use.
    """

    name: str
    promise: Callable[[Driver], None]
    names: int = _SOME

    def prove(self, driver: Driver) -> None:
        """Make what the sample's resources need, and hold the provider to its promise.

        Raises:
            ConformanceError: the provider does not keep it.
        """
        driver.prepare(self.names)
        self.promise(driver)


def absent(driver: Driver) -> None:
    """What does not exist reads as absent, and planning it is a create that asks for nothing else."""
    name = driver.sample.name(1)
    reading = driver.read([name])
    demand(not reading.resources, "a resource that was never made is there")
    demand(not reading.denied, f"it reads as denied: {reading.denied}")
    plan = driver.plan(driver.desired({name: driver.sample.minimal}))
    demand([change.action for change in plan.changes] == [Action.CREATE], "it is not planned as one create")


def create(driver: Driver) -> None:
    """Every entry of the sample can be made, reads back as declared, and a second plan is empty."""
    sample = driver.sample
    driver.converge(driver.desired({sample.name(1): sample.minimal, sample.name(2): sample.full}))
    live = driver.read([sample.name(2)]).resources[driver.address(sample.name(2))]
    own = live.spec.fields()
    for path, wanted in driver.bind(driver.named(sample.name(2), sample.full)).fields().items():
        marker = driver.kind.spec.marker(path)
        if marker.secret or marker.mutability is Mutability.CREATE_ONLY:
            continue  # no broker shows it; that the second plan is empty has to do
        demand(driver.kind.same(path, wanted, own.get(path)), f"{path} is {own.get(path)}, and {wanted} was declared")


def equal_by_meaning(driver: Driver) -> None:
    """The same meant in other words is no change."""
    sample = driver.sample
    driver.converge(driver.desired({sample.name(1): sample.full}))
    for entry in sample.same:
        plan = driver.plan(driver.desired({sample.name(1): entry}))
        demand(not plan.changes, f"{dict(entry)} differs from the same in other words: {plan.changes}")


def update(driver: Driver) -> None:
    """Every update happens in place: the identity stays."""
    for number, step in enumerate(driver.sample.updates, start=1):
        name = driver.sample.name(number)
        driver.converge(driver.desired({name: step.before}))
        before = driver.read([name]).resources[driver.address(name)].identity
        plan = driver.converge(driver.desired({name: step.after}))
        demand([c.action for c in plan.changes] == [Action.UPDATE], f"{step.title} is not planned as one update")
        after = driver.read([name]).resources[driver.address(name)].identity
        demand(before == after, f"{step.title} made the resource anew")


def reset(driver: Driver) -> None:
    """Null takes a value back to the broker's default."""
    step, path = driver.sample.reset
    name = driver.sample.name(1)
    driver.converge(driver.desired({name: step.before}))
    driver.converge(driver.desired({name: step.after}))
    live = driver.read([name]).resources[driver.address(name)]
    demand(live.spec.fields().get(path) is None, f"{path} still is {live.spec.fields().get(path)}")


def foreign(driver: Driver) -> None:
    """What others set is shown and left alone."""
    sample, (entry, path) = driver.sample, driver.sample.foreign
    name = sample.name(1)
    driver.converge(driver.desired({name: entry}))
    plan = driver.converge(driver.desired({name: sample.full}))
    demand(not plan.changes, "a key that others set is planned to change")
    shown = {key for item in plan.undeclared_keys for key in item.keys}
    demand(".".join(path) in shown, f"{path} is not shown as not declared")
    live = driver.read([name]).resources[driver.address(name)]
    demand(live.spec.fields().get(path) is not None, f"{path} was taken away")


def impossible(driver: Driver) -> None:
    """What no broker can do in place is blocked, with its code, and nothing is written."""
    for number, (step, code) in enumerate(driver.sample.impossible, start=1):
        name = driver.sample.name(number)
        driver.converge(driver.desired({name: step.before}))
        plan = driver.plan(driver.desired({name: step.after}))
        demand(
            code in {c for change in plan.changes for c in change.blocked_by}, f"{step.title} is not blocked by {code}"
        )


def refused(driver: Driver) -> None:
    """What the broker would refuse is found while planning, at the field, and never reaches an apply."""
    for number, refusal in enumerate(driver.sample.refused, start=1):
        name = driver.sample.name(number)
        plan = driver.plan(driver.desired({name: refusal.entry}))
        errors = [found for found in plan.diagnostics if found.severity is Severity.ERROR]
        demand(bool(plan.blocked), f"{refusal.title} is not blocked")
        places = {found.span.file for found in errors if found.span is not None}
        demand(".".join(refusal.path) in places, f"{refusal.title} is found at {places}, not at {refusal.path}")


def delete(driver: Driver) -> None:
    """A tombstone deletes; a second plan has nothing to do; made again it is another thing."""
    sample = driver.sample
    name = sample.name(1)
    driver.converge(driver.desired({name: sample.full}))
    before = driver.read([name]).resources[driver.address(name)].identity
    plan = driver.converge(driver.desired({}, {name: frozenset()}))
    demand([change.action for change in plan.changes] == [Action.DELETE], "a tombstone is not planned as one delete")
    demand(not driver.read([name]).resources, "it is still there")
    driver.converge(driver.desired({name: sample.full}))
    after = driver.read([name]).resources[driver.address(name)].identity
    demand(before == after == "" or before != after, "made again, it has the identity of the deleted one")


def stale(driver: Driver) -> None:
    """What changed between plan and apply refuses the plan before anything is written; what is done already is done."""
    step = driver.sample.updates[0]
    one, two = driver.sample.name(1), driver.sample.name(2)
    driver.converge(driver.desired({one: step.before}))
    plan = driver.plan(driver.desired({one: step.after, two: step.before}))
    driver.apply(driver.plan(driver.desired({one: driver.sample.updates[-1].after, two: step.after})))
    try:
        driver.apply(plan)
    except UserError as error:
        demand(error.exit_code is ExitCode.STALE, f"refused with {error.exit_code}: {error}")
    else:
        raise ConformanceError("a stale plan was applied")


def done_already(driver: Driver) -> None:
    """The same plan applied twice finds everything done, and says so."""
    sample = driver.sample
    driver.converge(driver.desired({sample.name(1): sample.updates[0].before}))
    plan = driver.plan(driver.desired({sample.name(1): sample.updates[0].after, sample.name(2): sample.full}))
    driver.apply(plan)
    again = driver.apply(plan)
    demand(
        all(result.outcome is Outcome.APPLIED and result.already for result in again.results),
        f"the second apply did something: {again.results}",
    )


def many(driver: Driver) -> None:
    """Two hundred resources go in one plan, and go away in one."""
    sample = driver.sample
    names = [sample.name(number) for number in range(_MANY)]
    plan = driver.converge(driver.desired(dict.fromkeys(names, sample.minimal)))
    demand(plan.count(Action.CREATE) == _MANY, f"{plan.count(Action.CREATE)} creates")


LEVELS = tuple(
    Level(promise.__name__.replace("_", "-"), promise, _MANY if promise is many else _SOME)
    for promise in (
        absent,
        create,
        equal_by_meaning,
        update,
        reset,
        foreign,
        impossible,
        refused,
        delete,
        stale,
        done_already,
        many,
    )
)
