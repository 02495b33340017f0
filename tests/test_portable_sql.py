"""The models of matching and classification run unchanged on DuckDB and Spark: each keeps to what both share.

``sql/writing/*.sql`` are the store's own statements and are written for DuckDB alone.
"""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[1]
MODELS = sorted(path for stage in ("match", "differences") for path in (ROOT / "recon" / stage / "sql").glob("*.sql"))
ENGINES = ("duckdb", "spark")

# Functions that both engines have under one name and with one meaning (sha2 and datediff are taught to DuckDB).
SHARED = {
    "abs", "cast", "coalesce", "concat", "count", "datediff", "greatest", "instr", "least", "max", "min", "month",
    "nullif", "regexp_extract", "replace", "row_number", "sha2", "substr", "sum", "year",
}  # fmt: skip
WORDS_BEFORE_A_BRACKET = {
    "and", "as", "between", "bigint", "by", "case", "cast", "decimal", "distinct", "else", "except", "exists", "from",
    "in", "join", "not", "on", "or", "over", "select", "then", "union", "using", "values", "when", "where", "with",
}  # fmt: skip
# What a ranking may end in, so that no two rows tie: the key of the rows it ranks.
UNIQUE = {"txn_id", "term_no", "left_id", "right_id", "item_id", "match_id", "diff_id", "batch_id"}


def place(path: Path) -> str:
    return path.relative_to(ROOT / "recon").as_posix()


def without_comments(path: Path) -> str:
    return re.sub(r"--.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)


def tree(path: Path, engine: str = "spark") -> exp.Expr:
    text = path.read_text(encoding="utf-8")
    if engine == "duckdb":  # the store teaches DuckDB these two; to a parser they are any macros
        text = re.sub(r"\b(sha2|datediff)\(", r"taught_\1(", text)
    statements = [found for found in sqlglot.parse(text, dialect=engine) if found]
    assert len(statements) == 1, "one statement a file"
    return statements[0]


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_model_is_one_select_for_both_engines(path: Path) -> None:
    for engine in ENGINES:
        assert isinstance(tree(path, engine), exp.Select | exp.SetOperation)


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_model_says_first_what_it_is_and_what_it_returns(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    header = list(takewhile(lambda line: line.startswith("--"), lines))
    assert re.match(rf"-- {path.stem}: \S", header[0])
    assert any(line.startswith("-- returns ") for line in header[1:])
    assert all(re.match(r"-- (?:\S|  \S)", line) for line in header)


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_model_keeps_to_the_syntax_that_both_engines_share(path: Path) -> None:
    text = without_comments(path)
    assert not list(tree(path).find_all(exp.Qualify))
    assert "::" not in text
    assert not re.search(r"[$?]|(?<![:\w]):\w", re.sub(r"'[^']*'", "''", text)), "no parameters: settings are a table"
    assert '"' not in text, "DuckDB quotes names so, Spark quotes texts so"
    assert "||" not in re.sub(r"'[^']*'", "''", text), "concat is spelled out"


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_model_calls_only_functions_that_both_engines_have(path: Path) -> None:
    text = re.sub(r"'[^']*'", "''", without_comments(path)).lower()
    names = {name.lower() for name in re.findall(r"\b([a-z_]\w*)\s*\(", text)}
    tables = {cte.alias for cte in tree(path).find_all(exp.CTE)}
    assert names - WORDS_BEFORE_A_BRACKET - tables <= SHARED


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_group_of_a_pattern_is_named(path: Path) -> None:
    for call in tree(path).find_all(exp.RegexpExtract):
        assert call.args.get("group") is not None, "the engines differ in the group they take by themselves"


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_ranking_ends_in_a_unique_key(path: Path) -> None:
    for window in tree(path).find_all(exp.Window):
        order = window.args.get("order")
        if isinstance(window.this, exp.RowNumber):
            assert order is not None
        if order is not None:
            last = order.expressions[-1].this
            assert isinstance(last, exp.Column)
            assert last.name in UNIQUE


@pytest.mark.parametrize("path", MODELS, ids=place)
def test_a_sum_is_cast_to_a_64_bit_integer(path: Path) -> None:
    """DuckDB sums into 128 bits and Spark into 64; a cast makes one type of both."""
    for total in tree(path).find_all(exp.Sum):
        assert isinstance(total.parent, exp.Cast)
        assert total.parent.to.is_type("bigint")


def test_the_models_are_found() -> None:
    assert {"match/sql/fingerprint.sql", "differences/sql/evidence_order.sql"} <= {place(path) for path in MODELS}
