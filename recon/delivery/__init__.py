"""Messages that leave the house, each once: what is posted, what came of it, and a journal that survives a crash.

answer     whether a message was accepted, refused, failed, or nobody can know
settings   how the report is mailed
posting    one POST over HTTP
repeating  trying again, with growing pauses, only where nothing can have been accepted
journal    what is about to be sent and what came of it, on disk before and after
wecom      the robot of a WeCom group (企业微信群机器人)
sms        any SMS gateway that takes JSON
mail       one message with attachments over SMTP

Nothing here knows the database, an order or a customer; it is handed texts and numbers.
"""

from __future__ import annotations

from recon.delivery.answer import Answer, Outcome
from recon.delivery.journal import Entry, Journal
from recon.delivery.repeating import Patience, repeated
from recon.delivery.settings import Mail

__all__ = ["Answer", "Entry", "Journal", "Mail", "Outcome", "Patience", "repeated"]
