"""How the report is mailed: the settings, apart from what speaks SMTP (see ``answer``)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recon.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Through which server the report is mailed, and to whom. Secrets stand in the environment, never here."""

    host: str = ""
    """SMTP server; user and password are RECON_SMTP_USER and RECON_SMTP_PASSWORD in the environment."""
    port: int = 0
    """0: 587 with starttls, 465 with implicit, 25 with none."""
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    """How the connection is encrypted. none sends no password and is for a server on this machine."""
    ca_file: Path | None = None
    """Certificates to trust instead of the system's: a server of your own with a certificate of its own."""
    sender: str = ""
    """Address that the report comes from; also with a name: "对账系统 <recon@example.com>"."""
    to: tuple[str, ...] = ()
    """Recipients of recon report health --email, where the command names none."""
    attempts: int = 4
    """How often a message is tried in one run, where it certainly was not accepted before."""
    pause_s: int = 5
    """Seconds before the second attempt; doubled before each further one."""
    timeout_s: int = 30
    """Seconds to wait for the server to connect or to answer."""

    def __post_init__(self) -> None:
        """Refuse settings that make no sense. Raises UsageError."""
        for name in ("attempts", "timeout_s"):
            if getattr(self, name) <= 0:
                raise UsageError("is not above zero", place=f"[mail] {name}")
        for name in ("port", "pause_s"):
            if getattr(self, name) < 0:
                raise UsageError("is negative", place=f"[mail] {name}")
        for name, addresses in (("sender", (self.sender,) if self.sender else ()), ("to", self.to)):
            for address in addresses:
                if not is_address(address):
                    raise UsageError(f'has "{address}", which is no mail address', place=f"[mail] {name}")

    @property
    def door(self) -> int:
        """The port that is used."""
        return self.port or {"starttls": 587, "implicit": 465, "none": 25}[self.tls]


def is_address(text: str) -> bool:
    """Tell whether a text is a mail address, with or without a name."""
    from email.utils import parseaddr  # noqa: PLC0415 - brings sockets, and most workspaces mail nothing

    name, _, domain = parseaddr(text)[1].partition("@")
    bare = f"{name}{domain}"
    is_plain = bare.isascii() and bare.isprintable() and " " not in bare and text.isprintable()
    return bool(name and domain and "@" not in domain) and is_plain
