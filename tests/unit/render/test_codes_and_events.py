"""What `explain` says of a code, and how progress reads."""

from mqinfra.model.address import Address
from mqinfra.model.change import Action, Change, Reason
from mqinfra.model.code import Code
from mqinfra.model.diagnostic import Severity
from mqinfra.model.event import Ended, Event, Finished, Outcome, Report, Sent, Started
from mqinfra.model.exit_code import ExitCode
from mqinfra.model.plan import Plan
from mqinfra.render.codes import codes_markdown, render_code, render_exit_codes
from mqinfra.render.events import event_line
from mqinfra.render.report_text import render_report
from mqinfra.render.terminal import Style

CODE = Code(
    "MQ203",
    "a field | that can't change",
    "Some fields are fixed.\nThe broker refuses.\n\nWays out:\n\n- keep it\n- make another",
    bad="kafka:\n  topics: {}",
    good="kafka: {}",
)
WARNING = Code("MQ101", "an odd thing", "It is odd.", severity=Severity.WARNING)
TOPIC = Address("kafka", "topics", ("orders",))
EVENTS: list[Event] = [
    Started(project="shop", environment="prod", digest="sha256:1", changes=2),
    Sent(cluster="kafka", request="CreateTopics", addresses=(TOPIC,)),
    Ended(address=TOPIC, action=Action.CREATE, outcome=Outcome.APPLIED),
    Ended(address=TOPIC, action=Action.UPDATE, outcome=Outcome.FAILED, message="no right to"),
    Finished(interrupted=True),
]


def test_a_code_is_explained_with_its_ways_out_and_examples() -> None:
    assert render_code(CODE, Style()).splitlines() == [
        "MQ203 (error): a field | that can't change",
        "",
        "Some fields are fixed. The broker refuses.",
        "",
        "Ways out:",
        "",
        "- keep it",
        "- make another",
        "",
        "Triggers it:",
        "",
        "    kafka:",
        "      topics: {}",
        "",
        "Fixed:",
        "",
        "    kafka: {}",
    ]


def test_a_code_without_examples_ends_with_its_explanation() -> None:
    assert render_code(WARNING, Style()).endswith("It is odd.\n")


def test_every_exit_code_is_explained() -> None:
    text = render_exit_codes(Style())
    assert all(f"{code.value:>4}  {code.meaning}" in text for code in ExitCode)


def test_the_page_of_codes_is_sorted_and_its_table_holds_together() -> None:
    page = codes_markdown([CODE, WARNING], {"MQ999": CODE})
    rows = [line for line in page.splitlines() if line.startswith("| [")]
    assert rows == [
        "| [MQ101](#mq101) | warning | an odd thing |",
        "| [MQ203](#mq203) | error | a field \\| that can't change |",
    ]
    assert page.index("## MQ1xx: Text and schema") < page.index("### MQ101") < page.index("## MQ2xx: Destructive")
    assert codes_markdown([WARNING, CODE], {"MQ999": CODE}) == page
    assert "| MQ999 | [MQ203](#mq203) |" in page
    assert "Former" not in codes_markdown([CODE], {})


def test_progress_in_ci_is_one_line_per_event() -> None:
    assert [event_line(event, Style()) for event in EVENTS] == [
        "applying 2 changes to `prod`\n",
        "sent CreateTopics to kafka, 1 resource\n",
        "applied create kafka/topics/orders\n",
        "failed update kafka/topics/orders: no right to\n",
        "interrupted; requests in flight were finished\n",
    ]


def test_a_report_of_many_successes_counts_them_and_lists_every_failure() -> None:
    def ended(name: str, outcome: Outcome, message: str = "") -> Ended:
        address = Address("kafka", "topics", (name,))
        return Ended(address=address, action=Action.CREATE, outcome=outcome, message=message)

    results = [ended(f"orders.{i}", Outcome.APPLIED) for i in range(60)]
    results += [ended(f"late.{i:02}", Outcome.FAILED, f"no right {i % 2}") for i in range(70)]
    results += [ended(f"last.{i}", Outcome.NOT_ATTEMPTED, "interrupted") for i in range(51)]
    report = Report(project="p", environment="e", digest="d", results=tuple(results))
    text = render_report(Plan(tool_version="0", project="p", environment="e"), report, Style())
    assert "applied       60 changes: create 60 topics\n" in text
    assert "not attempted 51 changes: create 51 topics\n    interrupted\n" in text
    assert {f"{i:02}" for i in range(2, 70)} <= set(text.split())
    assert text.count("    no right") == 2


def test_a_report_follows_the_blocks_of_the_plan() -> None:
    queue = Address("r", "queues", ("/", "orders"))
    made = [Address("r", "queues", ("/", f"orders.{name}")) for name in ("dlq", "retry")]
    changes = [Change(queue, Action.CREATE, Reason.ABSENT, title="queue")]
    changes += [Change(one, Action.CREATE, Reason.ABSENT, title="queue", made_by=(queue,)) for one in made]
    plan = Plan(tool_version="0", project="p", environment="e", changes=tuple(changes))
    done = [
        Ended(address=one.address, action=one.action, outcome=Outcome.APPLIED if at < 2 else Outcome.FAILED)
        for at, one in enumerate(changes)
    ]
    report = Report(project="p", environment="e", digest="d", results=tuple(done))
    text = render_report(plan, report, Style())
    assert text.startswith(
        "failed        +   create  queue / orders.retry\napplied       +   create  queue / orders  made 1 queue\n"
    )
