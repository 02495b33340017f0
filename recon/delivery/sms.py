"""Any SMS gateway that takes a JSON document over HTTP.

What the document looks like is told by an example with words in braces, which are put in as texts: whatever a text
holds, it stays one JSON string.

    url      "https://sms.example.com/v1/send"
    headers  {"Authorization": "Bearer {token}"}
    body     '{"mobile": "{phone}", "content": "{text}", "id": "{key}"}'
    success  {"code": "0"}         members of the answer that say it was accepted; without any, HTTP 2xx says so

``{key}`` is the delivery key of the message: the same for the same message, always. It is sent as the header
Idempotency-Key too. A gateway that recognises it may be asked again after an answer that never came.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from recon.delivery.answer import Answer, Outcome
from recon.delivery.posting import Poster

WORDS: Final = ("phone", "text", "key", "token")
_WORD: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """How one gateway is spoken to."""

    url: str
    body: str = '{"mobile": "{phone}", "content": "{text}", "id": "{key}"}'
    headers: Mapping[str, str] = field(default_factory=dict)
    success: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default="", repr=False)


def send(poster: Poster, gateway: Gateway, *, phone: str, text: str, key: str) -> Answer:
    """Post one message."""
    words = {"phone": phone, "text": text, "key": key, "token": gateway.token}
    body = json.dumps(filled(json.loads(gateway.body), words), ensure_ascii=False).encode()
    headers = {name: str(filled(value, words)) for name, value in gateway.headers.items()}
    common = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key}
    answer = poster.post(gateway.url, body, common | headers)
    return judged(answer, gateway.success) if answer.outcome is Outcome.SENT else answer


def filled(example: Any, words: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON value with the words in braces of its texts put in."""
    if isinstance(example, str):
        return _WORD.sub(lambda found: words.get(found[1], found[0]), example)
    if isinstance(example, list):
        return [filled(item, words) for item in example]
    if isinstance(example, dict):
        return {name: filled(item, words) for name, item in example.items()}
    return example


def judged(answer: Answer, success: Mapping[str, str]) -> Answer:
    """Read what a gateway says under HTTP 2xx."""
    if not success:
        return answer
    try:
        told = json.loads(answer.body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return Answer(outcome=Outcome.UNCERTAIN, said=f"not an answer of the gateway: {answer.said}")
    if all(str(told.get(name, "")) == wanted for name, wanted in success.items()):
        return answer
    return Answer(outcome=Outcome.REFUSED, said=answer.said)
