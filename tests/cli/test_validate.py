"""What `mqinfra validate` says at its end."""

from tests.cli.conftest import Project


def test_it_counts_what_is_declared(project: Project) -> None:
    ran = project.mq("validate")
    assert ran.code == 0
    assert ran.out == "2 declared, 0 to remove, in 1 file of environment `local`: no problems\n"


def test_a_project_file_without_environments_names_none(project: Project) -> None:
    (project.root / "mqinfra.yaml").write_text("kind: Project\n")
    ran = project.mq("validate")
    assert ran.code == 1
    assert ran.out.endswith("\n\n1 error\n")
