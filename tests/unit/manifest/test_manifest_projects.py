"""Finding projects, environments and files, and staying inside them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mqinfra.manifest.loader import Loaded, find_project, load
from mqinfra.model.address import Address
from mqinfra.model.errors import UserError
from mqinfra.providers.base.catalogue import installed

HEAD = "apiVersion: mqinfra/v1\nkind: Topology\nmetadata: {name: t}\n"
CLUSTERS = "{clusters: {kafka: {type: kafka, sandbox: true}}}"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def make(environments: str = f"{{prod: {CLUSTERS}}}", rest: str = "", **files: str) -> Path:
        root = tmp_path / "project"
        (root / "topology").mkdir(parents=True, exist_ok=True)
        (root / "mqinfra.yaml").write_text(
            "apiVersion: mqinfra/v1\nkind: Project\nmetadata: {name: shop}\nmanifests: [topology/]\n"
            f"{rest}environments: {environments}\n"
        )
        for name, text in files.items():
            (root / "topology" / f"{name}.yaml").write_text(text)
        return root

    return make


def loaded(root: Path, environment: str | None = None) -> Loaded:
    return load(root, environment, installed(), thorough=True)


def topics(*names: str) -> str:
    return HEAD + "kafka:\n  topics:\n" + "".join(f"    {name}: {{partitions: 3}}\n" for name in names)


def codes(result: Loaded) -> list[str]:
    return [item.code for item in result.diagnostics]


def test_a_project_is_found_from_any_folder_below_it(write: Write) -> None:
    root = write(a=topics("a"))
    assert find_project(root / "topology") == root / "mqinfra.yaml"
    assert loaded(root / "topology").root == root


def test_no_project_says_where_it_looked_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no mqinfra") as caught:
        find_project(tmp_path)
    assert caught.value.diagnostics[0].code == "MQ120"
    assert "mqinfra explain MQ120" in caught.value.diagnostics[0].help[0]


def test_an_unknown_environment_lists_the_known(write: Write) -> None:
    root = write(f"{{prod: {CLUSTERS}, local: {CLUSTERS}}}")
    with pytest.raises(UserError, match="has no environment `prd`") as caught:
        loaded(root, "prd")
    assert caught.value.diagnostics[0].help == ("did you mean `prod`?", "known: local, prod")


def test_several_environments_need_a_choice(write: Write) -> None:
    root = write(f"{{prod: {CLUSTERS}, local: {CLUSTERS}}}")
    with pytest.raises(UserError, match="has 2 environments, and none was selected") as caught:
        loaded(root)
    assert caught.value.diagnostics[0].help == ("add -e with one of: local, prod",)
    assert loaded(root, "local").desired.environment == "local"


def test_only_the_chosen_environment_has_to_be_in_order(write: Write) -> None:
    root = write(f"{{prod: {{clusters: /nowhere/on/this/machine.yaml}}, local: {CLUSTERS}}}", a=HEAD)
    assert codes(loaded(root, "local")) == []
    assert codes(loaded(root, "prod")) == ["MQ110"]


def test_a_link_out_of_the_project_is_not_followed(write: Write, tmp_path: Path) -> None:
    root = write(a=topics("a"))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "b.yaml").write_text(topics("b"))
    (root / "topology" / "file.yaml").symlink_to(tmp_path / "outside" / "b.yaml")
    (root / "topology" / "folder").symlink_to(tmp_path / "outside")
    result = loaded(root)
    assert codes(result) == ["MQ110", "MQ110"]
    assert [str(address) for address in result.desired.declarations] == ["kafka/topics/a"]


def test_a_file_behind_a_folder_that_links_out_is_not_read(write: Write, tmp_path: Path) -> None:
    subjects = "registry: {subjects: {orders: {type: avro, file: folder/order.avsc}}}\n"
    root = write("{prod: {clusters: {registry: {type: registry, sandbox: true}}}}", a=HEAD + subjects)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "order.avsc").write_text('"long"')
    (root / "topology" / "folder").symlink_to(tmp_path / "outside")
    outside = [one.message for one in loaded(root).diagnostics if "is outside the project's folder" in one.message]
    assert outside[-1].startswith("`topology/folder/order.avsc`")


def test_a_link_within_the_project_reads_each_file_once(write: Write) -> None:
    root = write(a=topics("a"))
    (root / "topology" / "loop").symlink_to(root / "topology")
    (root / "topology" / "again.yaml").symlink_to(root / "topology" / "a.yaml")
    result = loaded(root)
    assert (codes(result), result.files) == ([], 1)


def test_a_pipe_or_folder_named_like_a_manifest_does_not_stall(write: Write) -> None:
    root = write()
    os.mkfifo(root / "topology" / "pipe.yaml")
    result = loaded(root)
    assert [item.message for item in result.diagnostics] == [
        "`topology/pipe.yaml` can't be read: it is not a regular file"
    ]


def test_limits_of_the_project_are_in_force_for_its_manifests(write: Write) -> None:
    root = write(rest="limits: {nodes: 10, bytes: 500, files: 1}\n", a=topics("a", "b"))
    result = loaded(root)
    assert [item.message for item in result.diagnostics] == ["the file has more than 10 keys and values"]
    write(rest="limits: {bytes: 10}\n")
    assert [item.message for item in loaded(root).diagnostics] == ["the file has more than 10 bytes"]
    write(rest="limits: {files: 1}\n", b=topics("c"))
    assert [item.message for item in loaded(root).diagnostics] == ["the project has more than 1 manifest files"]


def test_a_clusters_file_grants_no_more_than_it_says(write: Write, tmp_path: Path) -> None:
    clusters = tmp_path / "runner.yaml"
    root = write(
        f"{{prod: {{clusters: {clusters}}}}}",
        rest="scope: {kafka: {topics: ['orders.*', billing, 'mail-*']}}\n",
    )
    block = "kafka: {type: kafka, sandbox: true}\n"
    clusters.write_text(block + "projects: {shop: {scope: {kafka: {topics: ['orders.eu.*', billing, other]}}}}\n")
    assert loaded(root).desired.scope.of("kafka", "topics") == ("orders.eu.*", "billing")
    clusters.write_text(block + "projects: {shop: {scope: {kafka: {wholeCluster: true}}}}\n")
    assert loaded(root).desired.scope.of("kafka", "topics") == ("orders.*", "billing", "mail-*")
    assert loaded(root).desired.scope.grantor == str(clusters)
    for nothing in ("projects: {}\n", "projects:\n", "projects: {shop: }\n", "projects: {other: {scope: {}}}\n"):
        clusters.write_text(block + nothing)
        assert not loaded(root).desired.scope.owns("kafka", Address("kafka", "topics", ("billing",)))
    clusters.write_text(block)
    assert not loaded(root).desired.scope.grantor
    assert loaded(root).desired.scope.owns("kafka", Address("kafka", "topics", ("orders.us.created",)))


def test_the_line_of_a_secret_is_never_given_out(write: Write) -> None:
    secret = "{security: {sasl: {mechanism: PLAIN, username: a,\n   password:\n     {env: NAME},\n   nonsense: 1}}}"
    root = write(f"{{prod: {{clusters: {{kafka: {{type: kafka, bootstrap: 'localhost:9092', {secret[1:]}}}}}}}", a=HEAD)
    result = loaded(root)
    assert codes(result) == ["MQ112"]
    assert result.diagnostics[0].source == "   nonsense: 1}}}}}}"


def test_positions_fall_back_to_the_nearest_thing_that_was_written(write: Write) -> None:
    root = write(
        a=HEAD + "kafka:\n  topics:\n    a:\n      config:\n        retention.ms: 7d\n      deadLetter: true\n"
    )
    desired = loaded(root).desired
    positions = desired.declarations[Address("kafka", "topics", ("a",))].positions
    assert str(positions.span(("config", "retention.ms"))) == "topology/a.yaml:8:23"
    assert str(positions.key_span(("config", "retention.ms"))) == "topology/a.yaml:8:9"
    assert str(positions.span(("config", "segment.ms"))) == "topology/a.yaml:8:9"
    assert str(positions.key_span(("config", "segment.ms"))) == "topology/a.yaml:7:7"
    assert str(positions.span(("partitions",))) == "topology/a.yaml:6:5"
    made = desired.declarations[Address("kafka", "topics", ("a.dlq",))].positions
    span = made.span(("config", "retention.ms"))
    assert str(span) == "topology/a.yaml:9:19"
    assert span is not None
    assert made.line(span) == "      deadLetter: true"


def test_defaults_and_variables_multiplied_by_many_entries_are_limited(write: Write) -> None:
    config = "{" + ", ".join(f"k{number}: v" for number in range(2000)) + "}"
    many = topics(*(f"t{number}" for number in range(2000)))
    root = write(rest=f"defaults: {{kafka/topics: {{config: {config}}}}}\n", a=many)
    message = "defaults expand the entries beyond the number of keys and values that a file may have"
    assert [item.message for item in loaded(root).diagnostics] == [message]
    block = f"{{{CLUSTERS[1:-1]}, variables: {{big: {config}}}}}"
    entries = "".join(f'    t{number}: {{config: "${{big}}"}}\n' for number in range(2000))
    root = write(f"{{prod: {block}}}", a=HEAD + "kafka:\n  topics:\n" + entries)
    assert "variables expand the file beyond the number of keys and values that it may have" in [
        item.message for item in loaded(root).diagnostics
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "{labels: {" + ", ".join(f"k{number}: 1" for number in range(20_000)) + "}}",
        "{config: {" + ", ".join(f"k{number}: {{}}" for number in range(20_000)) + "}}",
        "{" + ", ".join(f"k{number}: 1" for number in range(5_000)) + "}",
    ],
    ids=["labels", "config", "fields"],
)
def test_thousands_of_errors_in_one_entry_take_no_more_than_linear_time(write: Write, entry: str) -> None:
    root = write(a=HEAD + f"kafka:\n  topics:\n    a: {entry}\n")
    assert len(loaded(root).diagnostics) >= 5_000


def test_an_entry_and_what_its_sugar_makes_know_the_document_that_declares_them(write: Write) -> None:
    root = write(a=topics("a"), b=topics("b").replace("{name: t}", "{name: u}").replace("3}", "3, deadLetter: true}"))
    declared = loaded(root).desired.declarations
    assert {address.name: item.origins[0].topology for address, item in declared.items()} == {
        "a": "t",
        "b": "u",
        "b.dlq": "u",
    }


@pytest.mark.parametrize(
    ("named", "more", "message", "help_"),
    [
        ("kafk", "kafka: {type: kafka, sandbox: true}", "the environment has no cluster `kafk`", "`kafka`"),
        ("registry", "", "`registry` has no place for records of its own", "no other cluster"),
        (
            "other",
            "kafka: {type: kafka, sandbox: true}, other: {type: registry, url: 'http://127.0.0.1:2', records: kafka}",
            "`other` has its own records on `kafka`",
            "`records: kafka`",
        ),
    ],
)
def test_records_are_kept_by_another_cluster_of_the_environment(
    write: Write, named: str, more: str, message: str, help_: str
) -> None:
    block = f"registry: {{type: registry, url: 'http://127.0.0.1:1', records: {named}}}"
    root = write(f"{{prod: {{clusters: {{{block}, {more}}}}}}}", a="")
    (found,) = [one for one in loaded(root).diagnostics if one.code == "MQ119"]
    assert found.message == message
    assert help_ in found.help[0]
    assert found.span is not None


def test_a_sandbox_keeps_its_own_records_whatever_it_names(write: Write) -> None:
    root = write("{prod: {clusters: {registry: {type: registry, sandbox: true, records: nobody}}}}", a="")
    assert "MQ119" not in codes(loaded(root))
