"""One POST over HTTP and what came of it.

    sent        the other side has accepted it
    refused     it has not, and will not when asked again: a wrong address, key or number (4xx, a redirect)
    failed      it has not, and may later: not reached, overloaded (429, 5xx)
    uncertain   it may have: the answer never came, broke off, or a gateway in between gave up waiting (504)

The difference between the last two is what keeps a customer from getting one message twice: a connection that was never
made may be tried again, a request that went out without an answer may not. Redirects are not followed (the address is a
secret that is for one host), and no address is ever part of an error's text.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationParseError,
    NewConnectionError,
    ProxyError,
    SSLError,
)  # fmt: skip

from recon.delivery.answer import Answer, Outcome, shown

_AGAIN_LATER: Final = frozenset({408, 425, 429})
_GATEWAY_TIMEOUT: Final = 504


class Poster:
    """Posts to one host at a time, through the proxy of the environment where there is one."""

    def __init__(self, *, connect_s: float = 5, read_s: float = 15) -> None:
        self._timeout = urllib3.Timeout(connect=connect_s, read=read_s)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post ``body`` to ``url``, which begins with http:// or https://."""
        try:
            answer = self._pool(url).request(
                "POST", url, body=body, headers=dict(headers), timeout=self._timeout, retries=False, redirect=False
            )
        except LocationParseError:
            return Answer(outcome=Outcome.REFUSED, said="the address is none")
        except HTTPError as error:
            return _unanswered(error)
        text = answer.data.decode("utf-8", errors="replace")
        return Answer(
            outcome=_outcome(answer.status),
            said=f"{answer.status} {shown(text)}".strip(),
            body=text,
            wait_s=_seconds(answer.headers.get("Retry-After", "")),
        )

    @staticmethod
    def _pool(url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = urllib.request.getproxies().get(parts.scheme, "")
        if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
            return urllib3.ProxyManager(proxy)
        return urllib3.PoolManager()


def _unanswered(error: HTTPError) -> Answer:
    """Tell what an exception means: whether the request can have left the house."""
    is_untrusted = isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)
    # urllib3 calls it a ProxyError only while the proxy itself has not been reached.
    if is_untrusted or isinstance(error, NewConnectionError | ConnectTimeoutError | ProxyError):
        return Answer(outcome=Outcome.FAILED, said=f"not reached: {type(error).__name__}")
    return Answer(outcome=Outcome.UNCERTAIN, said=f"no answer: {type(error).__name__}")


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP
        return Outcome.SENT
    if status == _GATEWAY_TIMEOUT:
        return Outcome.UNCERTAIN
    if status >= 500 or status in _AGAIN_LATER:  # noqa: PLR2004 - HTTP
        return Outcome.FAILED
    return Outcome.REFUSED


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
