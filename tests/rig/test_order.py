"""The order in which workers get the tests."""

import itertools

from tests.rig.order import FIRST, arrange, group


def test_tests_of_a_service_and_of_a_module_stay_together(request):
    items = list(reversed(request.session.items))
    arrange(items)
    groups = [name for name, _ in itertools.groupby(items, key=group)]
    assert len(groups) == len(set(groups))


def test_what_begins_first_is_there(root):
    """Groups that the modules name, and modules."""
    named = "".join(path.read_text() for path in (root / "tests").rglob("test_*.py"))
    for name in FIRST:
        assert f'xdist_group("{name}")' in named or (root / "tests" / f"{name}.py").is_file(), name


def test_no_name_of_a_test_holds_a_file(request):
    """A zip holds the time at which it was made, and workers must agree on the names."""
    hook = request.config.hook.pytest_make_parametrize_id
    names = [
        hook(config=request.config, val=value, argname="content")
        for value in (b"PK\x03\x04" * 20, b"make", "text")
    ]
    assert names == ["content", None, None]
