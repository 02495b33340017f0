"""``[rules]``: a workspace's own rules of differences, and those that it switches off.

    [rules]
    off = ["order_channel.CROSS_DAY"]

    [[rules.add]]
    leg = "order_channel"
    code = "TEST_ORDER"
    zh = "测试订单"
    en = "test order"
    when = "shape = 'right' AND right_minor = 1"
    because_zh = "{channel_zh}的一分钱测试单。"
    because_en = "A one-fen test order at {channel_en}."
    before = "ORDER_MISSING"

Whether a condition fits the evidence of its leg is seen when the evidence is there (``recon match``).
"""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from recon import differences
from recon.config.checking import Text, nearest
from recon.config.writing import toml
from recon.differences.rule import Action, Rule
from recon.differences.rulebook import AddedRule, check_rules
from recon.errors import UsageError
from recon.model import Leg

_NEEDED: Final = ("leg", "code", "zh", "en", "when", "because_zh", "because_en")
_DEFAULTS: Final = {"action": Action.INVESTIGATE.value, "kind": "break", "before": ""}
_CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "leg": tuple(Leg),
    "action": tuple(Action),
    "kind": ("timing", "break"),
}


def read_rules(text: Text, added: object) -> tuple[AddedRule, ...]:
    """Return the rules of ``[[rules.add]]``, in their order. Raises UsageError for one that is not of this form."""
    if not isinstance(added, list) or not all(isinstance(item, dict) for item in added):
        raise text.error("rules", "add", "is a list of tables", "Write each rule under a line [[rules.add]]")
    return tuple(_rule(text, item) for item in added)


def check(text: Text, settings: differences.Settings) -> None:
    """Raise UsageError when a name to switch off, or to stand before, is no rule."""
    try:
        check_rules(settings)
    except UsageError as error:
        section, _, key = error.place.strip("[").replace("]", "").rpartition(" ")
        raise text.error(section, key, error.explanation, error.remedy) from None


def _rule(text: Text, said: dict[str, Any]) -> AddedRule:
    known = dict.fromkeys((*_NEEDED, *_DEFAULTS))
    for name, value in said.items():
        if name not in known:
            raise text.error("rules.add", name, "is no part of a rule", nearest(name, known))
        if not isinstance(value, str):
            raise text.error("rules.add", name, f"is {toml(value)}, which is not a text in quotes")
        if value not in (choices := _CHOICES.get(name, (value,))):
            raise text.error("rules.add", name, f'is "{value}"', f"One of: {', '.join(choices)}")
    if missing := [name for name in _NEEDED if not said.get(name)]:
        raise text.error("rules.add", "", f"lacks {', '.join(missing)}", f"A rule has {', '.join(_NEEDED)}")
    words: dict[str, str] = _DEFAULTS | said
    rule = Rule(
        code=words["code"],
        zh=words["zh"],
        en=words["en"],
        when=words["when"],
        because_zh=words["because_zh"],
        because_en=words["because_en"],
        action=Action(words["action"]),
        kind=cast("Literal['timing', 'break']", words["kind"]),
    )
    return AddedRule(leg=Leg(words["leg"]), rule=rule, before=words["before"])
