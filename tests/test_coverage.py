"""The table of coverage that make test prints."""

from tests.coverage import main, table


def summary(statements: int, reached: int) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "num_statements": statements,
            "covered_lines": reached,
            "missing_lines": statements - reached,
        }
    }


def test_each_package_has_a_line_that_names_what_is_left():
    report = {
        "files": {
            "cars/models.py": summary(10, 10),
            "cars/views.py": summary(10, 5),
            "cars/__init__.py": summary(0, 0),
            "dbauth/dsql/schema/editor.py": summary(20, 20),
            "dbauth/dsql/base.py": summary(20, 20),
        }
    }
    _, cars, dsql = (line.split() for line in table(report))
    assert cars == ["cars", "20", "75%", "cars/views.py", "(5)"]
    assert dsql == ["dbauth/dsql", "40", "100%"]


def test_without_a_report_it_says_why(tmp_path, capsys):
    main(tmp_path / "none.json")
    assert "Python 3.12" in capsys.readouterr().out
