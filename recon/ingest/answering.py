"""What a channel's interface answers instead of a bill, saved by a program under the bill's name.

    <xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[No Bill Exist]]></return_msg>
    <error_code><![CDATA[20002]]></error_code></xml>                            WeChat Pay v2 (funds: NO_BILL_EXIST)
    {"code":"NO_STATEMENT_EXIST","message":"请求的账单文件不存在"}                  WeChat Pay v3
    {"errcode":0,"errmsg":"ok","respdata":{"return_code":"FAIL","return_msg":"No Bill Exist"}}    by way of its cloud

Of these, one kind is no failure: the day has no bill because nothing was traded on it (:class:`NoTradesError`). A bill
that is still being made, and any other refusal, is one. WeChat Pay makes bills from 9:00 of the next day on and lets
ask from 10:00; before that even a busy day may have "no bill".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from recon.errors import NoTradesError, SourceError
from recon.sources.piece import Piece

_LONGEST: Final = 16_384
"""No answer is longer (characters); a bill of a small day may be shorter, but is neither XML nor JSON."""
_FAILED: Final = re.compile(r"<(return_code|result_code)>\s*(?:<!\[CDATA\[)?\s*FAIL\b")
_SAID: Final = re.compile(
    r"<(?:return_msg|err_code_des|err_code|error_code)>\s*(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?\s*</", re.DOTALL
)
_CODE: Final = re.compile(r"[A-Z]+(?:_[A-Z]+)+")
_WORDS: Final = ("message", "return_msg", "err_code_des", "code", "err_code", "error_code")
_NO_TRADES: Final = frozenset({"NO STATEMENT EXIST", "NO BILL EXIST"})
_NOT_YET: Final = frozenset({"STATEMENT CREATING", "BILL CREATING"})


def answer(piece: Piece) -> SourceError | None:
    """Return the error for an interface's answer, None when the file is none.

    NoTradesError when the answer is that there was nothing to trade, SourceError for any other.
    """
    start = piece.head[: _LONGEST + 1].lstrip("\ufeff \t\r\n")
    if len(start) > _LONGEST:
        return None
    said = list(dict.fromkeys(_of_json(start) if start.startswith("{") else _of_xml(start)))
    if not said:
        return None
    told = {" ".join(word.upper().replace("_", " ").split()) for word in said}
    shown = "; ".join(word for word in said if word != "FAIL")
    if told & _NO_TRADES:
        return NoTradesError(
            f'it is the answer that there is no bill, because nothing was traded: "{shown}"',
            path=piece.name,
            remedy="Nothing to load. If it was asked for before 10:00 of the next day, ask again.",
        )
    if told & _NOT_YET:
        return SourceError(
            f'it is the answer that the bill is still being made: "{shown}"',
            path=piece.name,
            remedy="Ask for it again after 10:00 of the next day.",
        )
    return SourceError(
        "it is the answer of a failed bill download" + (f': "{shown}"' if shown else ""),
        path=piece.name,
        remedy="Correct what it complains of and ask for the bill again.",
    )


def _of_xml(text: str) -> Iterator[str]:
    if _FAILED.search(text):
        yield "FAIL"
        yield from (word.strip() for word in _SAID.findall(text) if word.strip())


def _of_json(text: str) -> Iterator[str]:
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(body, dict) and isinstance(body.get("respdata"), dict):
        body = body["respdata"]
    if not isinstance(body, dict):
        return
    failed = "FAIL" in (body.get("return_code"), body.get("result_code"))
    code = body.get("code")
    if failed or (isinstance(code, str) and _CODE.fullmatch(code) and "message" in body):
        yield "FAIL"
        yield from (word.strip() for name in _WORDS if isinstance(word := body.get(name), str) and word.strip())
