"""What all tests share: golden files that can be rewritten on purpose, and sample files that may be absent.

Markers are registered in pyproject.toml.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite the golden files with what the program says now; read the diff before you commit it",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what reads the public samples where they are not beside the checkout: they may not be copied into it."""
    if SAMPLES.is_dir():
        return
    absent = pytest.mark.skip(reason="no ../shared/samples beside this checkout")
    for item in items:
        if item.get_closest_marker("samples"):
            item.add_marker(absent)


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether a golden file that differs is to be rewritten instead of failing the test."""
    return bool(request.config.getoption("--update-golden"))


@dataclass
class Gateway:
    """A real HTTP server on this machine that answers what a test tells it to, and keeps what it was asked."""

    url: str = ""
    answers: list[tuple[int, str] | tuple[int, str, dict[str, str]] | str] = field(default_factory=list)
    """What is answered, in turn: (status, body[, headers]), ``"hang"`` (no answer for a second) or ``"break"`` (the
    connection is closed in the middle of the answer). The last one is repeated."""
    requests: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    """Path, headers and body of every request, in the order of their arrival."""

    def next(self) -> tuple[int, str] | tuple[int, str, dict[str, str]] | str:
        """Return what is answered now."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """Return a server that answers 200; a test sets ``answers`` to what it wants."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    played = Gateway(answers=[(200, "{}")])

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            played.requests.append((self.path, dict(self.headers), body))
            answer = played.next()
            if answer == "hang":
                time.sleep(1)
                return
            if answer == "break":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
                return
            status, text, *headers = answer
            self.send_response(status)
            for name, value in (headers[0] if headers else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        played.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield played
        server.shutdown()
        thread.join()


@dataclass
class MailServer:
    """A real SMTP server on this machine that answers what a test tells it to, and keeps what it took over."""

    port: int = 0
    ca_file: Path | None = None
    rcpt: list[str] = field(default_factory=list)
    """What RCPT is answered, in turn; ``"drop"`` closes the connection. The last one is repeated; none: accepted."""
    data: list[str] = field(default_factory=list)
    """What the end of the data is answered, in turn, likewise; ``"hang"`` answers after four seconds."""
    commands: list[str] = field(default_factory=list)
    """Recipients asked for, in the order of their arrival."""
    letters: list[tuple[str, bytes]] = field(default_factory=list)
    """Recipient and content of what came to its end, accepted or not."""
    logins: list[tuple[str, str]] = field(default_factory=list)
    """User and password of every attempt."""
    is_encrypted: list[bool] = field(default_factory=list)
    """Of every letter."""

    @staticmethod
    def next(answers: list[str]) -> str:
        """Return what is answered now."""
        return answers.pop(0) if len(answers) > 1 else answers[0] if answers else "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd looks for this name
        self, server: SMTP, _: Session, envelope: Envelope, address: str, __: object
    ) -> str:
        """Answer RCPT TO."""
        self.commands.append(address)
        answer = self.next(self.rcpt)
        if answer == "drop":
            server.transport.close()
        elif answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Answer the end of the data."""
        self.letters.append((envelope.rcpt_tos[0], bytes(envelope.content or b"")))
        self.is_encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        answer = self.next(self.data)
        if answer == "hang":
            await asyncio.sleep(4)
        return answer if answer != "hang" else "250 OK"

    def authenticate(self, _: SMTP, __: Session, ___: object, ____: str, given: LoginPassword) -> AuthResult:
        """Accept one user."""
        self.logins.append((given.login.decode(), given.password.decode()))
        return AuthResult(success=self.logins[-1] == ("recon", "s3cret"), handled=False)


@pytest.fixture
def mail_server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[MailServer]:
    """Return a server that offers STARTTLS and wants a login; ``parametrize(indirect)`` with other ways of TLS."""
    way = getattr(request, "param", "starttls")
    played = MailServer(ca_file=tmp_path / "ca.pem")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(played.ca_file))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        played.port = unused.getsockname()[1]
    more: dict[str, object] = {
        "starttls": {
            "tls_context": context,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": played.authenticate,
        },
        "implicit": {"ssl_context": context},
        "none": {},
    }[way]
    controller = Controller(played, hostname="127.0.0.1", port=played.port, ready_timeout=60, **more)
    controller.start()
    yield played
    controller.stop()
