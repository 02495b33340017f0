"""业务规则沙盒: rules are listed, tried on history beside those in force, and nothing of a trial is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from recon import differences, match
from recon.differences.rulebook import RULES
from recon.store import open_store
from recon.times import parse_moment
from tests.match.books import AS_OF, Books

Run = Callable[..., Result]

TEST_ORDER = """
[[rules.add]]
leg = "order_channel"
code = "TEST_ORDER"
zh = "测试订单"
en = "test order"
when = "shape = 'right' AND right_minor = 1"
because_zh = "{channel_zh}的一分钱测试单 {right_minor:size}。"
because_en = "A one-fen test order at {channel_en}."
before = "ORDER_MISSING"
"""


@pytest.fixture
def judged(workspace: Path) -> Path:
    """Return a workspace with three differences on the order leg: an amount, a missing order, a payment of one fen."""
    with open_store(workspace / "recon.duckdb") as store:
        books = Books(store, match.Settings(), differences.Settings(), parse_moment(AS_OF))
        books.anchor({"order": ["02-01", "02-28"], "alipay": ["02-01", "02-28"]})
        books.put(
            {
                "order": [{"id": "o1", "number": "A1", "amount": 900, "at": "02-03 10:00:00"}],
                "channel": [
                    {"id": "c1", "number": "A1", "amount": 800, "at": "02-03 10:00:00"},
                    {"id": "c2", "number": "A2", "amount": 500, "at": "02-04 10:00:00"},
                    {"id": "c3", "number": "A3", "amount": 1, "at": "02-05 10:00:00"},
                ],
            }
        )
        books.match()
        books.classify()
    return workspace


def table(found: Result) -> list[dict[str, str]]:
    assert found.exit_code == 0, found.stderr
    return list(csv.DictReader(io.StringIO(found.stdout)))


def stored(folder: Path) -> list[list[tuple[Any, ...]]]:
    with open_store(folder / "recon.duckdb", read_only=True) as store:
        tables = ("diff.difference", "diff.member", "diff.waiting", "meta.audit", "match.match", "match.pool")
        return [store.rows(f"FROM {name} ORDER BY ALL") for name in tables]


def rules_file(folder: Path, text: str) -> Path:
    path = folder / "trial.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rules_in_force_are_listed_in_their_order(recon: Run, judged: Path) -> None:
    rows = table(recon("-w", judged, "rules"))
    assert [(row["leg"], row["code"]) for row in rows] == [
        (str(leg), rule.code) for leg, rules in RULES.items() for rule in rules
    ]
    with (judged / "recon.toml").open("a", encoding="utf-8") as file:
        file.write(TEST_ORDER)
    codes = [row["code"] for row in table(recon("-w", judged, "rules", "list")) if row["leg"] == "order_channel"]
    assert codes.index("TEST_ORDER") == codes.index("ORDER_MISSING") - 1


def test_the_facts_that_a_rule_may_ask_are_listed(recon: Run, judged: Path) -> None:
    rows = table(recon("-w", judged, "rules", "columns", "order_channel"))
    assert {"shape": "VARCHAR", "right_minor": "BIGINT"}.items() <= {row["column"]: row["type"] for row in rows}.items()


def test_a_changed_set_is_tried_beside_the_one_in_force_and_nothing_is_stored(recon: Run, judged: Path) -> None:
    before = stored(judged)
    trial = rules_file(judged, '[rules]\noff = ["AMOUNT_MISMATCH"]\n' + TEST_ORDER)
    rows = table(recon("-w", judged, "rules", "try", trial, "--period", "2026-02", "--as-of", AS_OF))
    assert [(row["order_no"], row["before"], row["after"]) for row in rows] == [
        ("A1", "AMOUNT_MISMATCH", "UNEXPLAINED"),
        ("A3", "ORDER_MISSING", "TEST_ORDER"),
    ]
    known = {row["diff_id"]: row["code"] for row in table(recon("-w", judged, "diffs"))}
    assert [known[row["diff_id"]] for row in rows] == ["AMOUNT_MISMATCH", "ORDER_MISSING"]
    assert stored(judged) == before
    assert table(recon("-w", judged, "rules", "try", trial, "--period", "2026-01", "--as-of", AS_OF)) == []


def test_a_rule_of_recon_toml_names_differences_until_it_is_taken_away(recon: Run, judged: Path) -> None:
    settings = judged / "recon.toml"
    plain = settings.read_text(encoding="utf-8")
    settings.write_text(plain + TEST_ORDER, encoding="utf-8")
    assert recon("-w", judged, "match", "--as-of", AS_OF).exit_code == 0
    (row,) = table(recon("-w", judged, "diffs", "--code", "TEST_ORDER"))
    assert (row["order_no"], row["title"], row["because"]) == ("A3", "测试订单", "支付宝的一分钱测试单 CNY 0.01。")
    (entry,) = table(recon("-w", judged, "sql", "select subject, action from meta.audit"))
    assert (entry["subject"], entry["action"]) == (row["diff_id"], "ORDER_MISSING>TEST_ORDER")
    settings.write_text(plain, encoding="utf-8")
    assert recon("-w", judged, "match", "--as-of", AS_OF).exit_code == 0
    assert {item["order_no"] for item in table(recon("-w", judged, "diffs", "--code", "ORDER_MISSING"))} == {"A2", "A3"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[rules]\noff = ["AMOUNT_MISMATCHED"]\n', '"AMOUNT_MISMATCHED" is no rule'),
        ('[rules]\noff = ["UNEXPLAINED"]\n', "UNEXPLAINED cannot be switched off"),
        (TEST_ORDER.replace("right_minor = 1", "right_cents = 1"), "does not fit the evidence of its leg"),
        (TEST_ORDER.replace("right_minor = 1", "1 = 1; DROP TABLE meta.audit"), "one SQL condition"),
        (TEST_ORDER.replace('code = "TEST_ORDER"', 'code = "ORDER_MISSING"'), "is a rule of order_channel already"),
        (TEST_ORDER.replace('before = "ORDER_MISSING"', 'before = "NOTHING"'), '"NOTHING" is no rule of order_channel'),
        (TEST_ORDER.replace('zh = "测试订单"', ""), "lacks zh"),
    ],
)
def test_a_set_that_does_not_fit_is_refused(recon: Run, judged: Path, text: str, message: str) -> None:
    before = stored(judged)
    found = recon("-w", judged, "rules", "try", rules_file(judged, text), "--as-of", AS_OF)
    assert found.exit_code == 2
    assert message in found.stderr
    assert stored(judged) == before
