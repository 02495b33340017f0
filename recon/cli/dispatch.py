"""The health report leaves the house: by mail (``--email``), and as a summary into a WeCom group (``--wecom``)."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from recon.cli import printing
from recon.errors import DeliveryError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recon.cli.session import Session
    from recon.delivery.once import Delivered, Parcel
    from recon.report.headline import Notice

WEBHOOKS: Final = ("RECON_WECOM_REPORT_WEBHOOK", "RECON_WECOM_WEBHOOK")
"""Address of the group's robot: that of the reports, else that of the reminders."""
_COLUMNS: Final = ("way", "recipient", "state", "at", "attempts", "answer")


def outbox(session: Session) -> Path:
    """Return the folder with the record of the reports that were sent."""
    return session.folder / "outbox" / "reports"


def addressees(session: Session, given: Sequence[str]) -> list[str]:
    """Return who gets the mail: those that the command names, else those of recon.toml. Raises UsageError."""
    from recon.delivery.settings import is_address

    for address in given:
        if not is_address(address):
            raise UsageError(f'"{address}" is no mail address', place="--email")
    everyone = list(given or session.config.mail.to)
    if not everyone:
        raise UsageError(
            "nobody is named", place="--email", remedy='recon report health --email NAME@HOST, or [mail] to = ["..."]'
        )
    return list(dict.fromkeys(everyone))


def webhook() -> str:
    """Return the address of the robot. Raises UsageError when the environment has none."""
    address = next((found for name in WEBHOOKS if (found := os.environ.get(name, ""))), "")
    if not address.startswith(("https://", "http://")):
        what = "is no address" if address else "is not set"
        raise UsageError(f"{WEBHOOKS[0]} {what}", place="environment", remedy=f"export {WEBHOOKS[0]}=https://...")
    return address


def check(session: Session, *, to: Sequence[str]) -> None:
    """Raise UsageError when something that sending needs is not set: before the report is written."""
    from recon.delivery.mail import Postman

    if to:
        Postman(mail=session.config.mail, secrets=os.environ)


def parcels(
    session: Session, period: str, said: Notice, report: Path, *, to: Sequence[str], robot: str
) -> list[Parcel]:
    """Return what is to be sent: a mail to each of ``to``, and a message to the robot when there is one."""
    from recon.delivery import wecom
    from recon.delivery.mail import Letter, Postman
    from recon.delivery.once import Parcel, key_of
    from recon.delivery.posting import Poster
    from recon.times import now_s

    found = []
    if to:
        postman = Postman(mail=session.config.mail, secrets=os.environ)
        for recipient in to:
            key = key_of("health", period, "email", recipient)
            letter = Letter(
                key=key, recipient=recipient, subject=said.subject, text=said.text, sent_s=now_s(),
                attachments=((report.name, report.read_bytes()),),
            )  # fmt: skip
            found.append(Parcel(key=key, way="email", recipient=recipient, send=partial(postman.send, letter)))
    if robot:
        reminders = session.config.reminders
        post = partial(
            wecom.send_markdown, Poster(connect_s=reminders.connect_s, read_s=reminders.read_s), robot, said.markdown
        )
        found.append(Parcel(key=key_of("health", period, "wecom", ""), way="wecom", recipient="", send=post))
    return found


def send(session: Session, ready: Sequence[Parcel], *, again: bool) -> None:
    """Send what has not been sent yet and print what became of everything. Raises DeliveryError when one failed."""
    from recon.delivery import Journal, Patience
    from recon.delivery.once import deliver
    from recon.times import now_s

    mail = session.config.mail
    patience = Patience(attempts=mail.attempts, pause_s=mail.pause_s)
    with Journal(outbox(session)) as journal, printing.progress("sending", quiet=session.quiet):
        done = deliver(ready, journal, patience, now=now_s, again=again)
    _show(session, done)
    trouble = [each for each in done if each.state != "sent"]
    if trouble:
        raise DeliveryError(
            f"{len(trouble)} of {len(done)} messages did not arrive for certain",
            remedy="The answers stand beside them. What was refused or failed is tried again when the command is run "
            "again;\nwhat is uncertain is not, unless you say --again: ask the recipient first.",
        )


def _show(session: Session, done: Sequence[Delivered]) -> None:
    from recon.privacy import mask_email
    from recon.times import show_moment

    zone = session.config.workspace.zone
    printing.table(
        _COLUMNS,
        [
            (each.way, mask_email(each.recipient), each.state, show_moment(each.at_s, zone), each.tries, each.said)
            for each in done
        ],
    )
    for each in done:
        if each.state == "sent" and not each.is_news:
            to = mask_email(each.recipient) or each.way
            session.say(f"{to}: sent {show_moment(each.at_s, zone)} already, not sent again (--again)")
