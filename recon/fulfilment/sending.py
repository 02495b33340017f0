"""Posting reminders, each once: to an SMS gateway, and into a WeCom group.

Before a message leaves, the journal says that it is being sent; when its answer has come, what it was. What may be
tried again and what may not is told in :mod:`recon.delivery.posting`. Several reminders into a group go as one message,
as many as it holds, because a robot takes only so many messages a minute.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from recon import times
from recon.delivery import Answer, Journal, Patience, repeated, sms, wecom
from recon.delivery.journal import SENDING
from recon.delivery.posting import Poster
from recon.errors import UsageError
from recon.fulfilment.reminders import Message
from recon.fulfilment.reminding import Reminders

WEBHOOK: Final = "RECON_WECOM_WEBHOOK"
TOKEN: Final = "RECON_SMS_TOKEN"  # noqa: S105 - the name of a variable
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Posts the ways that the settings name, with the secrets of the environment."""

    reminders: Reminders
    secrets: Mapping[str, str] = field(repr=False)
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], int] = times.now_s

    def __post_init__(self) -> None:
        """Raise UsageError when a secret that is needed is not there: before anything is written or sent."""
        needed = {"wecom": (WEBHOOK,), "sms": (TOKEN,) if self.reminders.says_token else ()}
        for way in self.reminders.post:
            for name in needed[way]:
                if not self.secrets.get(name):
                    raise UsageError(
                        f"{way} is to be posted, and {name} is not set",
                        place="environment",
                        remedy=f"Set it where the command runs: export {name}=...",
                    )
        if "wecom" in self.reminders.post and not self.secrets[WEBHOOK].startswith(("https://", "http://")):
            raise UsageError(f"{WEBHOOK} is no address", place="environment", remedy="It begins with https://")

    def send(self, messages: Sequence[Message], journal: Journal) -> None:
        """Send the messages of the ways that are posted; what came of each is in the journal."""
        poster = Poster(connect_s=self.reminders.connect_s, read_s=self.reminders.read_s)
        by_way = {way: [each for each in messages if each.way == way] for way in self.reminders.post}
        for message in by_way.get("sms", []):
            post = partial(
                sms.send, poster, self._gateway(), phone=message.recipient, text=message.text, key=message.message_key
            )
            self._once([message.message_key], post, journal, is_idempotent=self.reminders.sms_is_idempotent)
        texts = [(message.message_key, message.text) for message in by_way.get("wecom", [])]
        for number, (keys, text) in enumerate(wecom.bundled(texts)):
            if number:
                self.sleep(_MINUTE_S / self.reminders.wecom_per_minute)
            self._once(keys, partial(wecom.send, poster, self.secrets[WEBHOOK], text), journal, is_idempotent=False)

    def _once(self, keys: Sequence[str], post: Callable[[], Answer], journal: Journal, *, is_idempotent: bool) -> None:
        patience = Patience(attempts=self.reminders.attempts, pause_s=self.reminders.pause_s, sleep=self.sleep)
        journal.note(keys, SENDING, at_s=self.now())
        answer, tries = repeated(post, patience, is_idempotent=is_idempotent)
        journal.note(keys, answer.outcome.value, at_s=self.now(), tries=tries, said=answer.said)

    def _gateway(self) -> sms.Gateway:
        token, headers = self.secrets.get(TOKEN, ""), self.reminders.sms_headers
        if token and not self.reminders.says_token:
            headers = {"Authorization": "Bearer {token}", **headers}
        return sms.Gateway(
            url=self.reminders.sms_url,
            body=self.reminders.sms_body,
            headers=headers,
            success=self.reminders.sms_success,
            token=token,
        )
