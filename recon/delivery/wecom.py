"""The robot of a WeCom group (企业微信群机器人): texts into the group of the people who look after orders.

The address of the robot is its secret (``.../cgi-bin/webhook/send?key=...``). A text holds up to 2,048 bytes, one with
marks 4,096, and a robot takes 20 messages a minute; so several short texts go as one message (:func:`bundled`). The
answer is JSON under HTTP 200 whatever happened:

    errcode 0        accepted
    -1, 6000         busy: again later
    45009, 45033     too many calls: again in a minute
    anything else    refused (93000 the key is none, 40008 the message is malformed ...)

Source: WeCom's developer documentation, 群机器人配置说明 and 全局错误码 (read 2026-11).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from recon.delivery.answer import Answer, Outcome, shown
from recon.delivery.posting import Poster

LONGEST: Final = 2_048
"""Bytes of a text."""
LONGEST_MARKDOWN: Final = 4_096
"""Bytes of a text with marks."""
PER_MINUTE: Final = 20
SEPARATOR: Final = "\n\n"
_BUSY: Final = frozenset({-1, 6000})
_TOO_MANY: Final = frozenset({45009, 45033})
Key = TypeVar("Key")


def send(poster: Poster, url: str, text: str) -> Answer:
    """Post one text to a robot."""
    return _posted(poster, url, {"msgtype": "text", "text": {"content": text}})


def send_markdown(poster: Poster, url: str, text: str) -> Answer:
    """Post a text with WeCom's marks (``**bold**``, ``> quoted``, ``<font color="warning">``) to a robot."""
    return _posted(poster, url, {"msgtype": "markdown", "markdown": {"content": _cut(text, LONGEST_MARKDOWN)}})


def _posted(poster: Poster, url: str, message: Mapping[str, object]) -> Answer:
    body = json.dumps(message, ensure_ascii=False).encode()
    answer = poster.post(url, body, {"Content-Type": "application/json; charset=utf-8"})
    return judged(answer) if answer.outcome is Outcome.SENT else answer


def judged(answer: Answer) -> Answer:
    """Read what WeCom says under HTTP 200."""
    try:
        told = json.loads(answer.body)
        code, message = int(told["errcode"]), str(told.get("errmsg", ""))
    except (ValueError, TypeError, KeyError):
        return Answer(outcome=Outcome.UNCERTAIN, said=f"not an answer of WeCom: {answer.said}")
    said = shown(f"errcode {code} {message}")
    if code == 0:
        return Answer(outcome=Outcome.SENT, said=said)
    if code in _BUSY | _TOO_MANY:
        return Answer(outcome=Outcome.FAILED, said=said, wait_s=60 if code in _TOO_MANY else 0)
    return Answer(outcome=Outcome.REFUSED, said=said)


def bundled(texts: Sequence[tuple[Key, str]]) -> list[tuple[list[Key], str]]:
    """Put texts together, in order, as long as one message holds them; a text that is too long is cut, with …."""
    bundles: list[tuple[list[Key], str]] = []
    for key, whole in texts:
        text = _cut(whole)
        if bundles and len(f"{bundles[-1][1]}{SEPARATOR}{text}".encode()) <= LONGEST:
            keys, earlier = bundles[-1]
            bundles[-1] = ([*keys, key], f"{earlier}{SEPARATOR}{text}")
        else:
            bundles.append(([key], text))
    return bundles


def _cut(text: str, longest: int = LONGEST) -> str:
    if len(text.encode()) <= longest:
        return text
    return text.encode()[: longest - 3].decode("utf-8", errors="ignore") + "…"
