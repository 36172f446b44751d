"""Every row of the table in docs/dsql.md: which calls survive conflicts at their COMMIT."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore as StockSessions
from django.core.cache.backends.db import DatabaseCache as StockCache
from django.core.management import call_command
from django.db import OperationalError, connections, models, transaction
from django.db.models import F
from django.db.models.signals import m2m_changed, pre_save
from django.test.utils import isolate_apps

from dbauth.cache import DatabaseCache
from dbauth.retry import retried
from dbauth.sessions import SessionStore
from tests.dbauth.dsql.conftest import ALIAS, Cluster

with isolate_apps("tests.dbauth.dsql.garage"):

    class Part(models.Model):  # noqa: DJ008 - nobody prints it
        name = models.CharField(max_length=5, unique=True)
        value = models.IntegerField(default=0)

        class Meta:
            app_label = "garage"

    class Sum(Part):  # noqa: DJ008 - nobody prints it
        """A child: its row is in two tables."""

        total = models.IntegerField(default=0)

        class Meta:
            app_label = "garage"

    class Group(models.Model):  # noqa: DJ008 - nobody prints it
        parts = models.ManyToManyField(Part)

        class Meta:
            app_label = "garage"

    class Note(models.Model):  # noqa: DJ008 - nobody prints it
        part = models.ForeignKey(Part, models.CASCADE, null=True, related_name="notes")

        class Meta:
            app_label = "garage"


@pytest.fixture
def garage(cluster: Cluster) -> Cluster:
    with cluster.connection.schema_editor() as editor:
        for model in (Part, Sum, Group, Note):
            editor.create_model(model)
    return cluster


def table(model: type[models.Model]) -> models.QuerySet:
    return model._default_manager.using(ALIAS)


def a() -> Part:
    part, _created = table(Part).get_or_create(name="a")
    assert isinstance(part, Part)
    return part


def many(sql: str) -> None:
    with connections[ALIAS].cursor() as cursor:
        cursor.executemany(sql, [["x"], ["y"], ["z"]])
        assert cursor.rowcount in (1, 3)  # of the statements since the last conflict


def group(*parts: Part) -> Group:
    created = Group()
    created.save(using=ALIAS)
    created.parts.add(*parts)
    return created


# The row's name: what is there before, the call with that, and a query with its answer afterwards.
Case = tuple[Callable[[], object], Callable[..., object], str, list[tuple]]
NAMES = "SELECT name, value FROM garage_part ORDER BY name"
LINKS = "SELECT name FROM garage_group_parts JOIN garage_part c ON c.id = part_id"
OWNED = "SELECT part_id IS NOT NULL FROM garage_note"
A = [("a", 0)]
CASES: dict[str, Case] = {
    "`create()`, `save()`": (str, lambda _: table(Part).create(name="a"), NAMES, A),
    "`update()`": (
        a,
        lambda _: table(Part).update(value=F("value") + 1),
        NAMES,
        [("a", 1)],
    ),
    "`get_or_create()`": (str, lambda _: table(Part).get_or_create(name="a"), NAMES, A),
    "`update_or_create()`": (
        a,
        lambda _: table(Part).update_or_create(name="a", defaults={"value": 2}),
        NAMES,
        [("a", 2)],
    ),
    "`bulk_create()`": (
        str,
        lambda _: table(Part).bulk_create(Part(name=name) for name in "ab"),
        NAMES,
        [("a", 0), ("b", 0)],
    ),
    "`bulk_update()`": (
        a,
        lambda it: table(Part).bulk_update((Part(pk=it.pk, value=n) for n in [3]), ["value"]),
        NAMES,
        [("a", 3)],
    ),
    "`delete()`, with what refers to it": (
        lambda: table(Note).create(part=a()).part,
        lambda it: it.delete(),
        "SELECT count(*) FROM garage_note FULL JOIN garage_part c ON true",
        [(0,)],
    ),
    "`delete()` of a queryset": (
        lambda: table(Note).create(part=a()),
        lambda _: table(Part).delete(),
        "SELECT count(*) FROM garage_note FULL JOIN garage_part c ON true",
        [(0,)],
    ),
    "`save()` of a child model": (
        str,
        lambda _: Sum(name="a", total=4).save(using=ALIAS),
        "SELECT name, total FROM garage_sum JOIN garage_part c ON c.id = part_ptr_id",
        [("a", 4)],
    ),
    "`add()` of a relation": (
        lambda: (group(), a()),
        lambda it: it[0].parts.add(it[1]),
        LINKS,
        [("a",)],
    ),
    "`set()` of a relation": (
        lambda: (group(table(Part).create(name="b")), a()),
        lambda it: it[0].parts.set(each for each in [it[1]]),
        LINKS,
        [("a",)],
    ),
    "`remove()` of a relation": (
        lambda: (group(a()), a()),
        lambda it: it[0].parts.remove(it[1]),
        LINKS,
        [],
    ),
    "`clear()` of a relation": (
        lambda: group(a()),
        lambda it: it.parts.clear(),
        LINKS,
        [],
    ),
    "`set()` of a foreign key's other side": (
        lambda: (a(), table(Note).create()),
        lambda it: it[0].notes.set([it[1]], bulk=False),
        OWNED,
        [(True,)],
    ),
    "`cursor.executemany()`": (
        str,
        lambda _: many("INSERT INTO garage_part (name, value) VALUES (%s, 0)"),
        NAMES,
        [("x", 0), ("y", 0), ("z", 0)],
    ),
    "`dbauth.sessions`": (
        lambda: sessions(SessionStore),
        lambda store: store.save(),
        "SELECT count(*) FROM django_session",
        [(1,)],
    ),
    "`dbauth.cache`": (
        lambda: cache(DatabaseCache),
        lambda store: store.set("key", 5),
        "SELECT cache_key FROM cached",
        [(":1:key",)],
    ),
}


def sessions(engine: type[StockSessions]) -> StockSessions:
    with connections[ALIAS].schema_editor() as editor:
        editor.create_model(engine.get_model_class())
    store = engine()
    store["car"] = 1
    return store


def cache(backend: type[StockCache]) -> StockCache:
    call_command("createcachetable", "cached", database=ALIAS, verbosity=0)
    return backend("cached", {})


@pytest.fixture(autouse=True)
def _everything_leads_there(settings):
    """Sessions and caches ask the router, and the tests' cluster is not the default database."""
    settings.DATABASE_ROUTERS = [Everything()]


class Everything:
    """A router that leads to the cluster."""

    def db_for_write(self, *_args, **_kwargs):
        return ALIAS

    db_for_read = db_for_write


@pytest.mark.parametrize("case", CASES)
def test_a_call_with_conflicts_is_applied_once(garage, case):
    before, call, query, rows = CASES[case]
    given = before()
    garage.control.fail_commits(2)
    call(given)
    assert garage.control.faults_left() == 0
    assert garage.rows(query) == rows


@pytest.mark.parametrize("case", [case for case in CASES if "`dbauth." not in case])
def test_a_call_inside_atomic_is_left_to_its_owner(garage, case):
    before, call, query, _ = CASES[case]
    given = before()
    there = garage.rows(query)
    garage.control.fail_commits(1)
    with pytest.raises(OperationalError, match="OC000"), transaction.atomic(ALIAS):
        call(given)
    assert garage.rows(query) == there


def by_hand() -> None:
    with transaction.atomic(ALIAS):
        table(Part).create(name="a")


# Not run again: what the caller gets, and how it is.
REMEDIES: dict[str, tuple[Callable[[], object], Callable[..., object]]] = {
    "`atomic()`": (str, lambda _: by_hand()),
    "Django's session engines in the database": (
        lambda: sessions(StockSessions),
        lambda store: store.save(must_create=True),
    ),
}


@pytest.mark.parametrize("case", REMEDIES)
def test_what_is_not_run_again_ends_with_the_conflict(garage, case):
    before, call = REMEDIES[case]
    given = before()
    garage.control.fail_commits(1)
    with pytest.raises(OperationalError, match="OC000"):
        call(given)


def test_djangos_database_cache_loses_a_write_without_a_word(garage):
    store = cache(StockCache)
    garage.control.fail_commits(1)
    store.set("key", 5)
    assert garage.rows("SELECT * FROM cached") == []


def test_the_cache_says_so_when_time_is_over(open_cluster):
    cluster = open_cluster(retry_seconds=0.2)
    store = cache(DatabaseCache)
    cluster.control.fail_commits(1000)
    with pytest.raises(OperationalError):
        store.set("key", 5)


def test_nothing_is_run_again_after_a_part_of_it_was_committed(garage):
    """A receiver of pre_save that writes by itself: its row must not be there twice."""

    def audit(**_kwargs) -> None:
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("INSERT INTO garage_note DEFAULT VALUES")
        garage.control.fail_commits(1)

    pre_save.connect(audit, sender=Sum)
    try:
        with pytest.raises(OperationalError, match="OC000"):
            Sum(name="a").save(using=ALIAS)
    finally:
        pre_save.disconnect(audit, sender=Sum)
    assert garage.rows("SELECT count(*) FROM garage_note") == [(1,)]
    assert garage.rows(NAMES) == []


def test_nothing_is_run_again_after_its_commit(garage):
    owner, calls = group(), []

    def with_hook(**_kwargs) -> None:
        transaction.on_commit(fail, using=ALIAS)

    def fail() -> None:
        calls.append(1)
        garage.control.fail_commits(1)
        by_hand()

    m2m_changed.connect(with_hook, sender=Group.parts.through)
    try:
        with pytest.raises(OperationalError, match="OC000"):
            owner.parts.add(table(Part).create(name="b"))
    finally:
        m2m_changed.disconnect(with_hook, sender=Group.parts.through)
    assert garage.rows(LINKS) == [("b",)]
    assert calls == [1]


def test_inside_a_retried_function_all_of_that_is_run_again(garage):
    attempts = []

    @retried(using=ALIAS)
    def both() -> None:
        attempts.append(1)
        table(Part).update_or_create(name="a")
        table(Part).bulk_create([Part(name="b")])

    garage.control.fail_commits(2)
    both()
    assert len(attempts) == 3


def test_the_table_in_the_docs_has_these_rows(root):
    page = (root / "docs/dsql.md").read_text()
    [lines] = re.findall(r"\| call \|.*\n\|-.*\n((?:\|.*\n)+)", page)
    rows = {line.split("|")[1].strip() for line in lines.splitlines()}
    assert rows == {*CASES, *REMEDIES, "Django's `DatabaseCache`"}
