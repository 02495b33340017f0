"""Rules speak only the words of their evidence; and a rule that needs a new fact needs a new column, never a join."""

from __future__ import annotations

import string

import pytest
import sqlglot
from sqlglot import exp

from recon.differences.classifying import EVIDENCE
from recon.differences.explaining import MONEY_FORMS, fields_of, sentences
from recon.differences.phrases import PHRASES
from recon.differences.reading import model
from recon.differences.rule import ACTIONS, UNEXPLAINED, Rule
from recon.differences.rulebook import RULES
from recon.model import Leg

RULE = [pytest.param(rule, id=f"{leg}-{rule.code}") for leg, rules in RULES.items() for rule in rules]
EVERY = [pytest.param(leg, rule, id=f"{leg}-{rule.code}") for leg, rules in RULES.items() for rule in rules]
# Words that explaining.sentences adds to the evidence row.
ADDED = set(PHRASES)
NEEDED = {
    "item_id", "match_id", "shape", "channel", "kind", "class", "left_n", "right_n", "order_no", "reference",
    "batch_no", "currency", "left_minor", "right_minor", "delta_minor", "left_date", "right_date", "business_date",
    "clears_on", "waits_for",
}  # fmt: skip


def evidence(leg: Leg) -> set[str]:
    """Columns of the leg's evidence model, read from its text."""
    select = sqlglot.parse_one(model(EVIDENCE[leg]), dialect="spark")
    assert isinstance(select, exp.Select)
    return set(select.named_selects)


@pytest.mark.parametrize(("leg", "rule"), EVERY)
def test_a_rule_asks_only_what_its_evidence_knows(leg: Leg, rule: Rule) -> None:
    predicate = sqlglot.parse_one(rule.when, dialect="spark")
    assert {column.name for column in predicate.find_all(exp.Column)} <= evidence(leg)
    assert not list(predicate.find_all(exp.Query)), "a new fact is a new column of evidence"


@pytest.mark.parametrize(("leg", "rule"), EVERY)
def test_a_sentence_tells_only_what_its_evidence_knows(leg: Leg, rule: Rule) -> None:
    assert fields_of(rule) <= evidence(leg) | ADDED


@pytest.mark.parametrize("rule", RULE)
def test_a_sentence_prints_every_amount_as_money(rule: Rule) -> None:
    for text in (rule.because_zh, rule.because_en):
        for _, name, form, _ in string.Formatter().parse(text):
            if name and name.endswith("_minor"):
                assert form in MONEY_FORMS


@pytest.mark.parametrize("rule", RULE)
def test_both_languages_tell_of_the_same_amounts(rule: Rule) -> None:
    def amounts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name and name.endswith("_minor")}

    assert amounts(rule.because_zh) == amounts(rule.because_en)


@pytest.mark.parametrize("rule", RULE)
def test_a_rule_has_a_title_and_an_action_in_both_languages(rule: Rule) -> None:
    assert rule.zh
    assert rule.en
    assert all(ACTIONS[rule.action])


@pytest.mark.parametrize("leg", RULES)
def test_the_last_rule_of_a_leg_always_holds(leg: Leg) -> None:
    assert RULES[leg][-1] is UNEXPLAINED
    assert [rule.code for rule in RULES[leg][:-1] if rule.when.strip().upper() == "TRUE"] == []


@pytest.mark.parametrize("leg", RULES)
def test_a_code_stands_once_in_a_leg(leg: Leg) -> None:
    codes = [rule.code for rule in RULES[leg]]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("leg", RULES)
def test_the_evidence_has_what_every_difference_shows(leg: Leg) -> None:
    assert evidence(leg) >= NEEDED


def test_a_code_has_one_title_on_all_legs() -> None:
    titles: dict[str, set[tuple[str, str]]] = {}
    for rules in RULES.values():
        for rule in rules:
            titles.setdefault(rule.code, set()).add((rule.zh, rule.en))
    assert {code for code, found in titles.items() if len(found) > 1} == set()


def test_what_no_rule_explains_is_said_plainly() -> None:
    row = {"channel": "alipay", "class": "payment", "currency": "CNY", "delta_minor": -123456}
    assert sentences(UNEXPLAINED, row, "CNY") == (
        "两侧相差 CNY -1,234.56，没有任何规则能解释。",
        "The sides differ by CNY -1,234.56 and no rule explains it.",
    )
