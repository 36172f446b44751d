"""The tables of docs/dsql.md."""

from __future__ import annotations

import json

from tests.django_suite import results, table

SKIPPED = {
    "one": "Database doesn't support feature(s): supports_comments",
    "two": "Database doesn't support feature(s): supports_comments, uses_savepoints",
    "three": "There are no partitions",
}


def test_tests_that_need_features_are_one_row(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    for engine in table.NAMES:
        written = results.path(engine, "label")
        written.parent.mkdir(parents=True)
        lines = (
            {"id": name, "outcome": "skipped" if engine == "dsql" else "passed", "detail": reason}
            for name, reason in SKIPPED.items()
        )
        written.write_text("\n".join(map(json.dumps, lines)))
    text = table.text(["label"], 1)
    needed = "supports_comments (2), uses_savepoints (1)"
    assert f"| One of the features that they need is missing: {needed} | 2 |" in text
    assert "| There are no partitions | 1 |" in text
    assert "feature(s)" not in text
