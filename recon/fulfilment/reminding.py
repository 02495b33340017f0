"""How customers are reminded; ``[reminders]`` of recon.toml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from recon.errors import UsageError
from recon.fulfilment import texts

WAYS: Final = ("sms", "wecom")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Ways and words of the reminders, and where they are posted. Secrets stand in the environment, never here."""

    merchant: str = ""
    ways: tuple[str, ...] = WAYS
    """Ways in which a reminder is written: sms (to the customer), wecom (into the group of your own people)."""
    post: tuple[str, ...] = ()
    """Ways that are posted too; the others stand in the outbox only. sms needs sms_url; wecom needs the address of the
    group's robot in the environment variable RECON_WECOM_WEBHOOK."""
    sms_first: str = "您的订单{订单号}已于{签收时间}签收，请在{截止时间}前确认收货。如有问题请联系客服。"
    """First reminder to the customer, with the words that there are:
    {订单号} {运单号} {承运商} {签收时间} {截止时间} {剩余小时} {收货人} {联系电话} {商户}."""
    sms_second: str = "您的订单{订单号}（{签收时间}签收）还有{剩余小时}小时到确认时限，请尽快确认收货。"
    """Second reminder to the customer."""
    wecom_first: str = (
        "【确认提醒】订单{订单号} {承运商}{运单号}\n{签收时间}签收，截止{截止时间}，剩余{剩余小时}小时。"
        "收货人{收货人} {联系电话}"
    )
    """First reminder into the group."""
    wecom_second: str = (
        "【即将超时】订单{订单号} {承运商}{运单号}\n{签收时间}签收，截止{截止时间}，剩余{剩余小时}小时，请电话跟进。"
        "收货人{收货人} {联系电话}"
    )
    """Second reminder into the group."""
    wecom_per_minute: int = 20
    """Messages that a robot takes in a minute; short reminders go together as one message."""
    sms_url: str = ""
    """Address of the SMS gateway, without secrets."""
    sms_body: str = '{"mobile": "{phone}", "content": "{text}", "id": "{key}"}'
    """The JSON document that the gateway takes; {phone}, {text}, {key} (of delivery) and {token} are put in. {token} is
    the environment variable RECON_SMS_TOKEN."""
    sms_is_idempotent: bool = False
    """The gateway recognises a repeated {key} (or Idempotency-Key header), so that a message whose answer never came
    may be sent again."""
    attempts: int = 4
    """How often a message is tried in one run, where it certainly was not accepted before."""
    pause_s: int = 2
    """Seconds before the second attempt; doubled before each further one."""
    connect_s: int = 5
    """Seconds to wait for a connection."""
    read_s: int = 15
    """Seconds to wait for an answer."""
    sms_headers: Mapping[str, str] = field(default_factory=dict)
    """Headers that the gateway wants, with the same words: "X-Api-Key" = "{token}". Where neither they nor sms_body say
    {token} and RECON_SMS_TOKEN is set, it goes as "Authorization: Bearer ..."."""
    sms_success: Mapping[str, str] = field(default_factory=dict)
    """Members of the gateway's answer that say it was accepted, for gateways that answer 200 whatever happened:
    "code" = "0"."""

    def __post_init__(self) -> None:
        """Refuse settings that make no sense. Raises UsageError."""
        for name in ("ways", "post"):
            if unknown := [way for way in getattr(self, name) if way not in WAYS]:
                raise UsageError(f'has "{unknown[0]}"', place=f"[reminders] {name}", remedy=f"Ways: {', '.join(WAYS)}")
        if missing := [way for way in self.post if way not in self.ways]:
            remedy = f'Write it too: ways = ["{missing[0]}"]'
            raise UsageError(f"has {missing[0]}, which is not written", place="[reminders] post", remedy=remedy)
        for way in WAYS:
            for reminder in ("first", "second"):
                texts.check(self.text(way, reminder), f"[reminders] {way}_{reminder}")
        for name in ("attempts", "wecom_per_minute", "connect_s", "read_s"):
            if getattr(self, name) <= 0:
                raise UsageError("is not above zero", place=f"[reminders] {name}")
        if self.pause_s < 0:
            raise UsageError("is negative", place="[reminders] pause_s")
        self._check_gateway()

    def _check_gateway(self) -> None:
        try:
            json.loads(self.sms_body)
        except ValueError as error:
            explanation = f"is no JSON: {error}"
            raise UsageError(explanation, place="[reminders] sms_body", remedy="Put it in single quotes.") from None
        if "sms" in self.post and not self.sms_url:
            raise UsageError("has sms, and there is no sms_url", place="[reminders] post", remedy="Set sms_url too.")
        if self.sms_url and urlsplit(self.sms_url).scheme not in ("http", "https"):
            raise UsageError("is no address", place="[reminders] sms_url", remedy="It begins with https://")

    def text(self, way: str, reminder: str) -> str:
        """Return the text with words in braces of one way (``sms``) and reminder (``first``)."""
        return str(getattr(self, f"{way}_{reminder}"))

    @property
    def says_token(self) -> bool:
        """Whether the document or a header of the gateway has the word {token}."""
        return any("{token}" in text for text in (self.sms_body, *self.sms_headers.values()))
