"""Mail over SMTP: one message with an attachment to one recipient, and whether it was accepted.

    sent        the server has taken the message over (250 after the end of data)
    refused     it has not, and will not when asked again: 5xx (a wrong password, an address that there is not)
    failed      it has not, and may later: not reached, 4xx (greylisting, a full mailbox), broken off before the data
    uncertain   it may have: the answer after the data never came

What decides is the end of the data: before it a server has nothing that it could deliver, after it nobody knows until
it answers. Each recipient has a transaction of their own, so that one refused address neither stops the others nor
makes them get the message twice when it is tried again. ``Message-ID`` is made from the delivery key: should a message
arrive twice all the same, a mail program shows it once.

    tls = "starttls"   port 587: plain until STARTTLS, which must succeed before anything is said
    tls = "implicit"   port 465: TLS from the first byte
    tls = "none"       a server on this machine only; a password is not sent

User and password come from the environment (RECON_SMTP_USER, RECON_SMTP_PASSWORD), never from a file.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final

from recon.delivery.answer import Answer, Outcome, shown
from recon.delivery.settings import Mail
from recon.errors import UsageError
from recon.privacy import mask_text

USER: Final = "RECON_SMTP_USER"
PASSWORD: Final = "RECON_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_SERVICE_READY, _OK, _FORWARDED = 220, 250, 251


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is mailed, to one recipient."""

    key: str
    """Delivery key: the same for the same document and recipient, always."""
    recipient: str
    subject: str
    text: str
    sent_s: int
    """The moment in its Date header."""
    attachments: tuple[tuple[str, bytes], ...] = ()
    """File name and content of PDFs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """Hands letters to the server of the settings, with the secrets of the environment."""

    mail: Mail
    secrets: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        """Raise UsageError when something that is needed is not there: before anything is sent."""
        for name in ("host", "sender"):
            if not getattr(self.mail, name):
                raise UsageError(
                    f"{name} is not set", place="[mail]", remedy=f'Set it in recon.toml: [mail] {name} = "..."'
                )
        if self.mail.ca_file and not self.mail.ca_file.is_file():
            raise UsageError(f'"{self.mail.ca_file}" is no file', place="[mail] ca_file")
        if self.secrets.get(USER) and not self.secrets.get(PASSWORD):
            raise UsageError(f"{USER} is set and {PASSWORD} is not", place="environment", remedy="Set both or none.")
        if self.mail.tls == "none" and (self.secrets.get(USER) or self.mail.host not in _LOCAL):
            raise UsageError(
                "sends mail unencrypted, which is for a server on this machine and without a password",
                place="[mail] tls",
                remedy='tls = "starttls" or tls = "implicit"',
            )

    def send(self, letter: Letter) -> Answer:
        """Hand one letter over; tells what came of it and raises nothing that a network can do."""
        try:
            server = self._connected()
        except smtplib.SMTPResponseException as error:
            return _answered(error.smtp_code, error.smtp_error)
        except ssl.SSLCertVerificationError as error:
            return Answer(outcome=Outcome.REFUSED, said=f"certificate: {shown(error.verify_message)}")
        except smtplib.SMTPNotSupportedError as error:
            return Answer(outcome=Outcome.REFUSED, said=shown(str(error)))
        except (OSError, smtplib.SMTPException) as error:
            return Answer(outcome=Outcome.FAILED, said=f"not reached: {type(error).__name__}")
        try:
            return self._handed_over(server, letter)
        finally:
            server.close()

    def _connected(self) -> smtplib.SMTP:
        """Connect, encrypt, and log in where there is a user."""
        mail = self.mail
        context = ssl.create_default_context(cafile=str(mail.ca_file) if mail.ca_file else None)
        server: smtplib.SMTP
        if mail.tls == "implicit":
            server = smtplib.SMTP_SSL(mail.host, mail.door, timeout=mail.timeout_s, context=context)
        else:
            server = smtplib.SMTP(mail.host, mail.door, timeout=mail.timeout_s)
        try:
            server.ehlo_or_helo_if_needed()
            if mail.tls == "starttls":
                code, said = server.starttls(context=context)
                if code == _SERVICE_READY:
                    server.ehlo()
                else:
                    raise smtplib.SMTPResponseException(code, said)  # noqa: TRY301 - closed below, told above
            if self.secrets.get(USER):
                server.login(self.secrets[USER], self.secrets[PASSWORD])
        except BaseException:
            server.close()
            raise
        return server

    def _handed_over(self, server: smtplib.SMTP, letter: Letter) -> Answer:
        is_on_its_way = False
        try:
            for code, said, good in (
                (*server.mail(parseaddr(self.mail.sender)[1]), (_OK,)),
                (*server.rcpt(parseaddr(letter.recipient)[1]), (_OK, _FORWARDED)),
            ):
                if code not in good:
                    return _answered(code, said)
            is_on_its_way = True
            return _answered(*server.data(self._written(letter)))
        except smtplib.SMTPDataError as error:  # the server did not want the data: none was sent
            return _answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            if is_on_its_way:
                return Answer(outcome=Outcome.UNCERTAIN, said=f"no answer: {type(error).__name__}")
            return Answer(outcome=Outcome.FAILED, said=f"broken off: {type(error).__name__}")

    def _written(self, letter: Letter) -> bytes:
        """Return the letter as it goes over the wire."""
        message = EmailMessage()
        message["Subject"] = letter.subject
        message["From"] = self.mail.sender
        message["To"] = letter.recipient
        message["Date"] = format_datetime(dt.datetime.fromtimestamp(letter.sent_s, tz=dt.UTC))
        domain = parseaddr(self.mail.sender)[1].partition("@")[2]
        message["Message-ID"] = f"<{letter.key}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, charset="utf-8", cte="base64")
        for name, content in letter.attachments:
            message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
        return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _answered(code: int, said: bytes | str) -> Answer:
    """Read a reply of the server."""
    text = said.decode("utf-8", errors="replace") if isinstance(said, bytes) else said
    words = f"{code} {mask_text(shown(text))}".strip()  # a server likes to repeat the address
    if 200 <= code < 300:  # noqa: PLR2004 - SMTP
        return Answer(outcome=Outcome.SENT, said=words)
    if 500 <= code < 600:  # noqa: PLR2004 - SMTP
        return Answer(outcome=Outcome.REFUSED, said=words)
    return Answer(outcome=Outcome.FAILED, said=words)
