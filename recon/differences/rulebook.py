"""The rules in force: the program's own tuples, less what a workspace switches off, plus what it adds.

    [rules]
    off = ["order_channel.CROSS_DAY"]            # or a bare code: on every leg

    [[rules.add]]
    leg = "order_channel"
    code = "TEST_ORDER"
    zh = "测试订单"
    en = "test order"
    when = "shape = 'right' AND right_minor = 1" # over the evidence columns of the leg
    because_zh = "{channel_zh}的一分钱测试单。"
    because_en = "A one-fen test order at {channel_en}."
    action = "investigate"
    before = "ORDER_MISSING"                     # default: before all others

``UNEXPLAINED`` cannot be switched off: what no rule holds for has to stay visible. :mod:`recon.differences.sandbox`
runs a changed set on what is stored and shows which differences would get another name; nothing of it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from recon.differences import rules_bank, rules_ledger, rules_order
from recon.errors import StoreError, UsageError
from recon.model import Leg

if TYPE_CHECKING:
    from recon.differences.rule import Rule
    from recon.differences.settings import Settings
    from recon.store import Store

RULES: Final[dict[Leg, tuple[Rule, ...]]] = {
    Leg.ORDER_CHANNEL: rules_order.RULES,
    Leg.CHANNEL_BANK: rules_bank.RULES,
    Leg.CHANNEL_LEDGER: rules_ledger.RULES,
}
"""What the program ships, leg by leg, in the order in which it is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedRule:
    """A workspace's own rule and where it stands: before the rule ``before`` of its leg (blank: before all)."""

    leg: Leg
    rule: Rule
    before: str = ""


def rules_of(settings: Settings, leg: Leg) -> tuple[Rule, ...]:
    """Rules of one leg in force under ``settings``, in order; the last is always UNEXPLAINED.

    Raises UsageError for a code to switch off, or to stand before, that the leg does not have.
    """
    rules = list(RULES[leg])
    for added in settings.rules_added:
        if added.leg != leg:
            continue
        codes = [rule.code for rule in rules]
        if added.rule.code in codes:
            raise UsageError(f'"{added.rule.code}" is a rule of {leg} already', place="[[rules.add]] code")
        if added.before and added.before not in codes:
            raise UsageError(
                f'"{added.before}" is no rule of {leg}',
                place="[[rules.add]] before",
                remedy=f"Rules there: {', '.join(codes)}",
            )
        rules.insert(codes.index(added.before) if added.before else 0, added.rule)
    off = {name.removeprefix(f"{leg}.") for name in settings.rules_off}
    if "UNEXPLAINED" in off:
        raise UsageError("UNEXPLAINED cannot be switched off", place="[rules] off")
    return tuple(rule for rule in rules if rule.code not in off)


def check_rules(settings: Settings) -> None:
    """Raise UsageError when a name in ``rules_off`` is no rule of any leg: it would do nothing, silently."""
    known = {rule.code for rules in RULES.values() for rule in rules}
    known |= {f"{leg}.{rule.code}" for leg, rules in RULES.items() for rule in rules}
    known |= {item.rule.code for item in settings.rules_added}
    for name in settings.rules_off:
        if name not in known:
            raise UsageError(f'"{name}" is no rule', place="[rules] off", remedy="See: recon rules")
    for leg in RULES:
        rules_of(settings, leg)


def compiled(rules: tuple[Rule, ...], evidence: str) -> str:
    """SELECT that names every judged row of ``evidence``: ``code`` is the first rule that holds, ``holds`` are all."""
    first = " ".join(f"WHEN {rule.when} THEN '{rule.code}'" for rule in rules)
    every = ", ".join(f"CASE WHEN {rule.when} THEN '{rule.code}' END" for rule in rules[:-1])
    return (
        f"SELECT e.*, CASE {first} END AS code, concat_ws(',', {every}) AS holds FROM {evidence} AS e"  # noqa: S608
        " WHERE waits_for = ''"
    )


def check_predicates(store: Store, settings: Settings, leg: Leg, evidence: str) -> None:
    """Raise UsageError for a workspace's rule whose ``when`` is no predicate over the leg's evidence."""
    for added in settings.rules_added:
        if added.leg != leg:
            continue
        when = added.rule.when
        place = f"[[rules.add]] {added.rule.code}"
        if ";" in when or "--" in when:
            raise UsageError("a predicate is one SQL condition, without ; or comments", place=place, excerpt=when)
        try:
            store.temp("predicate", f"SELECT CAST(({when}) AS BOOLEAN) AS holds FROM {evidence} LIMIT 0")  # noqa: S608
        except StoreError as error:
            raise UsageError(
                "this condition does not fit the evidence of its leg",
                place=place,
                excerpt=f"{when}\n{error.explanation}",
                remedy=f"Columns: recon rules columns {leg}",
            ) from error
