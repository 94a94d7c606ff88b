"""A provider that mqinfra does not know does all that ours do."""

import json
import re
from pathlib import Path

from jsonschema import Draft202012Validator

from mqinfra.manifest.text.encoding import decode
from mqinfra.manifest.text.limits import Limits
from mqinfra.manifest.text.reader import read
from mqinfra.model.exit_code import ExitCode
from mqinfra.providers.conformance.levels import LEVELS
from tests.days import SOON
from tests.third_party.conftest import TOPOLOGY, Installed, Project

ROOT = Path(__file__).parents[2]
QUEUES = "files/queues/shop/"
CREATED = {
    "files/spools/shop",
    f"{QUEUES}late",
    f"{QUEUES}orders",
    "files/limits/host=web-1,owner=billing",
    "files/limits/owner=billing",
}


def changes(project: Project) -> dict[str, str]:
    planned = project.mq("plan", "-o", "json")
    assert planned.code in (ExitCode.OK, ExitCode.REFUSED), planned.err
    return {change["address"]: change["action"] for change in json.loads(planned.out)["changes"]}


def test_it_plans_applies_and_then_has_nothing_to_do(project: Project) -> None:
    assert changes(project) == dict.fromkeys(CREATED, "create")
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    settings = json.loads((project.spools / "shop/orders/.settings.json").read_text())["settings"]
    assert settings == {"config": {"retention.ms": 172_800_000}, "deadLetter": "late", "maxMessages": 100}
    assert changes(project) == {}
    project.topology(TOPOLOGY.replace("100", "50").replace("messagesPerSecond: 50", "messagesPerSecond: 60"))
    assert changes(project) == {f"{QUEUES}orders": "update", "files/limits/host=web-1,owner=billing": "update"}
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    assert changes(project) == {}


def test_what_is_exported_is_what_was_declared(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    exported = project.mq("export")
    assert exported.code == ExitCode.OK
    found, wanted = (
        [root for root, _ in read(decode("t", text.encode())[0], Limits(), [])] for text in (exported.out, TOPOLOGY)
    )
    assert found == wanted


def test_a_setting_is_taken_back_with_null_and_what_others_set_is_left_alone(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    file = project.spools / "shop/orders/.settings.json"
    held = json.loads(file.read_text())
    held["settings"]["config"]["fsync"] = True
    file.write_text(json.dumps(held))
    assert changes(project) == {}
    project.topology(TOPOLOGY.replace("retention.ms: 2d", "retention.ms: null"))
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    assert json.loads(file.read_text())["settings"]["config"] == {"fsync": True}


def test_a_limit_that_somebody_made_by_hand_is_exported_by_its_pairs(project: Project) -> None:
    (project.spools / ".limits/host=a%2Fb,owner=billing").mkdir(parents=True)
    exported = project.mq("export")
    assert (exported.code, exported.out.partition("spool:\n")[2]) == (
        ExitCode.OK,
        "  limits:\n    - owner: billing\n      host: a/b\n",
    )


def test_deleting_a_queue_with_messages_needs_consent(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    (project.spools / "shop/late/1.msg").write_text("a parcel")
    without = TOPOLOGY.replace("        late: {}\n", "").replace("          deadLetter: late\n", "")
    removed = f"{without}removed:\n  spool/queues/shop/late:"
    project.topology(f"{removed}\n")
    refused = project.mq("apply", "--auto-approve")
    assert refused.code == ExitCode.REFUSED
    assert "1 message" in refused.text
    assert (project.spools / "shop/late/1.msg").exists()
    project.topology(f"{removed} {{evenIf: [messages], until: {SOON}}}\n")
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    assert not (project.spools / "shop/late").exists()


def test_a_limit_is_removed_by_its_pairs_and_a_spool_with_all_that_lies_in_it(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    head = TOPOLOGY.partition("spool:")[0]
    removed = ("spools/shop", "queues/shop/orders", "queues/shop/late", "limits/owner=billing")
    project.topology(head + "removed:\n" + "".join(f"  spool/{one}:\n" for one in removed))
    allowed = ("--max-deletes", "files/queues=2")
    assert project.mq("apply", "--auto-approve", *allowed).code == ExitCode.OK
    assert list(project.spools.glob("[!.]*")) == []
    assert [path.name for path in (project.spools / ".limits").iterdir()] == ["host=web-1,owner=billing"]


def test_what_can_not_change_in_place_is_made_anew_on_request(project: Project) -> None:
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    project.topology(TOPOLOGY.replace("late: {}", "late: {order: lifo}"))
    assert project.mq("apply", "--auto-approve").code == ExitCode.REFUSED
    project.topology(TOPOLOGY.replace("late: {}", "late: {order: lifo, lifecycle: {replace: recreate}}"))
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    settings = json.loads((project.spools / "shop/late/.settings.json").read_text())["settings"]
    assert settings == {"order": "lifo"}


def test_its_rule_speaks_and_is_held_to_the_line(project: Project) -> None:
    project.topology(TOPOLOGY.replace("          deadLetter: late\n", ""))
    said = project.mq("validate").text
    assert "SPOOL101" in said
    assert "topology.yaml:11:24" in said


def test_whose_a_limit_is_decides_whether_the_project_owns_it(project: Project) -> None:
    project.topology(TOPOLOGY.replace("- owner: billing", "- owner: mail"))
    validated = project.mq("validate")
    assert validated.code == ExitCode.ERROR
    assert "`limits: [billing, mail]`" in validated.text


def test_a_folder_that_is_missing_is_said(project: Project) -> None:
    project.spools.rmdir()
    planned = project.mq("plan")
    assert "MQ414" in planned.text
    assert "there is no folder `spools`" in planned.text


def test_it_is_explained(project: Project) -> None:
    for what, words in {
        "spool": ("Folders of files as queues", "path", "limits"),
        "spool/queues": ("A folder of messages", "maxMessages"),
        "spool/limits": ("How fast somebody may write", "owner"),
        "SPOOL101": ("a full queue drops messages", "deadLetter: late"),
    }.items():
        explained = project.mq("explain", what)
        assert explained.code == ExitCode.OK
        assert [word for word in words if word not in explained.out] == []


def test_it_is_drawn(project: Project) -> None:
    drawn = project.mq("graph")
    assert drawn.code == ExitCode.OK
    (line,) = re.findall(r"n(\d+) -->\|\"no room\"\| n(\d+)", drawn.out)
    boxes = dict(re.findall(r"n(\d+)\[.*<br>(.*)\"\]", drawn.out))
    assert [boxes[end] for end in line] == ["orders", "late"]


def test_it_has_its_schema(project: Project) -> None:
    schema = json.loads(project.mq("schema").out)
    Draft202012Validator.check_schema(schema)
    good, bad = (
        next(iter(read(decode("t", text.encode())[0], Limits(), [])))[0]
        for text in (TOPOLOGY, TOPOLOGY.replace("maxMessages", "mostMessages"))
    )
    assert list(Draft202012Validator(schema).iter_errors(good)) == []
    assert list(Draft202012Validator(schema).iter_errors(bad)) != []
    block = json.loads(project.mq("schema", "project").out)["$defs"]
    assert any("spool" in name for name in block)


def test_it_keeps_the_promises_of_the_suite_on_its_sandbox_and_in_a_folder(
    installed: Installed, tmp_path: Path
) -> None:
    proven = installed.python("-m", "mqinfra_spool.conformance", str(tmp_path), folder=tmp_path)
    assert (proven.code, proven.err) == (0, "")
    cells = {tuple(line.split("/")) for line in proven.out.splitlines()}
    assert {cell[:2] for cell in cells} == {
        (where, kind) for where in ("sandbox", "folder") for kind in ("spools", "queues", "limits")
    }
    every = {level.name for level in LEVELS}
    for where in ("sandbox", "folder"):
        assert {level for place, kind, level in cells if (place, kind) == (where, "queues")} == every


def test_a_project_of_another_broker_does_not_import_it(project: Project) -> None:
    block = "clusters: {kafka: {type: kafka, sandbox: true}}"
    (project.root / "mqinfra.yaml").write_text(
        "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology.yaml]\n"
        f"scope: {{kafka: {{topics: [orders]}}}}\nenvironments: {{local: {{{block}}}}}\n"
    )
    project.topology(TOPOLOGY.partition("spool:")[0] + "kafka: {topics: {orders: {partitions: 3}}}\n")
    program = (
        "import sys\nfrom mqinfra.cli.main import run\ncode = run(['plan'])\n"
        "sys.exit(code or 'mqinfra_spool' in sys.modules)"
    )
    planned = project.installed.python("-c", program, folder=project.root)
    assert (planned.code, "files/" in planned.out) == (ExitCode.OK, False)


def test_what_is_committed_is_ours_alone(installed: Installed) -> None:
    tests = (
        "tests/unit/schema/test_schema_files.py::test_file_is_what_our_catalogue_gives",
        "tests/unit/test_docs.py::test_generated_pages_are_current",
    )
    ran = installed.python("-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, folder=ROOT)
    assert ran.code == 0, ran.out


def test_its_converter_and_its_exporter_are_found_and_list_what_they_leave_out(project: Project) -> None:
    (project.root / "spoolctl.yaml").write_text(
        "spoolctl: v1\nspools:\n  shop:\n    about: orders of the shop\n    mirrors: 2\n    colour: red\n"
    )
    converted = project.mq("convert", "spoolctl.yaml")
    assert converted.code == ExitCode.OK, converted.err
    assert converted.out.partition("spool:\n")[2] == "  spools:\n    shop:\n      description: orders of the shop\n"
    assert "spoolctl.yaml:5:5: warning[MQ180]: `spools.shop.mirrors` is not carried over: mqinfra has no mirrors" in (
        converted.err
    )
    assert "spoolctl.yaml:6:5: warning[MQ180]: `spools.shop.colour` is not carried over" in converted.err
    assert project.mq("apply", "--auto-approve").code == ExitCode.OK
    exported = project.mq("export", "-o", "spoolctl")
    assert exported.out == "spoolctl: v1\nspools:\n  shop:\n    about: orders of the shop\n"
    assert f"{QUEUES}late: warning[MQ182]: it is left out" in exported.err
