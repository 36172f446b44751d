"""The checker has teeth: one wrong name of each kind, each reported, and nothing else."""

import pytest

from tests.docs import checker, inventory
from tests.docs.document import Document

WRONG = [
    ("[x](docs/nowhere.md)", "link to docs/nowhere.md"),
    ("[x](README.md#nowhere)", "link to README.md#nowhere"),
    ("![x](docs/pictures/nowhere.png)", "link to docs/pictures/nowhere.png"),
    ('<img src="docs/pictures/nowhere.svg">', "link to docs/pictures/nowhere.svg"),
    ("`carsite/nowhere.py`", "`carsite/nowhere.py`"),
    ("`nowhere/`", "`nowhere/`"),
    ("`GET /lorries`", "`/lorries`"),
    ("`DJANGO_SECRET_KEYS`", "`DJANGO_SECRET_KEYS`"),
    ("`TF_VAR_database_pasword`", "`TF_VAR_database_pasword`"),
    ("`aurora_dsql_hots`", "`aurora_dsql_hots`"),
    ("`make runn`", "make runn"),
    ("```console\n$ make run PROT=8001\n```", "make PROT=8001"),
    ("```console\n$ .venv/bin/python manage.py load_lorries\n```", "manage.py load_lorries"),
    ("```bash\nmanage.py load_cars x.csv --skip\n```", "manage.py load_cars --skip"),
    ("```console\n$ zappa deploi dsql\n```", "zappa deploi"),
    ("```console\n$ zappa deploy sdql\n```", "zappa deploy sdql"),
    ("```console\n$ zappa undeploy dsql --remove-logs --all-of-it\n```", "zappa undeploy --all-of"),
    ("```console\n$ zappa manage dsql dbdentist\n```", "manage.py dbdentist"),
    ('```console\n$ zappa manage dsql "dbdoctor --xml"\n```', "manage.py dbdoctor --xml"),
    ("```console\n$ terraform output -raw aurora_dsql_hots\n```", "terraform output aurora_dsql_h"),
    ("```console\n$ terraform -chdir=terrafrom apply\n```", "terraform -chdir=terrafrom"),
    ('```bash\nexport A="$(terraform output -raw nowhere)"\n```', "terraform output nowhere"),
    ("```bash\nA=$(terraform output -raw nowhere)\n```", "terraform output nowhere"),
    ("```bash\nmake run && zappa deploi dsql\n```", "zappa deploi"),
    ("```console\n$ terraform apply\nOutputs:\n\nnowhere = 1\n```", "nowhere is printed"),
    ("```console\n$ aws iam get-rule --role-name x\n```", "aws iam get-rule"),
    ("```console\n$ curl http://127.0.0.1:8000/lorries?make=Saab\n```", "`/lorries`"),
    ("```console\n$ python -m benchmarks.nowhere\n```", "python -m benchmarks.nowhere"),
    ('```hcl\ndatabase_pasword = "x"\n```', "`database_pasword` in a tfvars block"),
]
RIGHT = """\
# A page

[x](docs/deploy.md#first-deploy), [here](#a-page), `carsite/urls.py`, `terraform/terraform.tfvars`,
`GET /cars/{id}`, `DATABASE_URL`, `TF_VAR_database_password`, `aurora_dsql_host`, `make test`

```console
$ .venv/bin/python manage.py load_cars cars.csv --skip-invalid
$ zappa manage dsql "dbdoctor --json"
$ terraform -chdir=terraform output -raw aurora_dsql_host
```
"""


def page(text: str) -> Document:
    return Document(inventory.ROOT / "README.md", text)


@pytest.mark.parametrize(("wrong", "reported"), WRONG)
def test_a_wrong_name_is_reported(wrong: str, reported: str) -> None:
    found = checker.problems(page(RIGHT + "\n" + wrong))
    assert len(found) == 1, found
    assert found[0].startswith(reported)


def test_right_names_are_not() -> None:
    assert checker.problems(page(RIGHT)) == []
