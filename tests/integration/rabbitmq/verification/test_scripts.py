"""Scripts of a queue against a real server."""

from tests.integration.rabbitmq.e2e.project import Project
from tests.integration.rabbitmq.verification.verified import VHOST
from tests.scripts import Scripts


def test_scripts_send_work_bury_send_again_and_measure(project: Project) -> None:
    mails = {"type": "quorum", "deadLetter": True, "bindings": [{"exchange": "shop", "routingKey": "mail.*"}]}
    project.declare({"vhosts": {VHOST: {"exchanges": {"shop": {"type": "topic"}}, "queues": {"mails": mails}}}})
    project.apply()
    assert project.mq("verify", "--scripts", "scripts").code == 0
    scripts = Scripts(project.root / "scripts" / "rabbit" / VHOST / "mails")
    scripts.drill("mail", "rejected", "sent again")
    told = scripts.run("load", "--go", "--consume", "--rate", "50", "--seconds", "2")
    assert told.startswith("consumed after: p50 ")
    assert told.endswith("of 100")
