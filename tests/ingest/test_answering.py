"""What an interface answers instead of a bill: no trades, not yet, or a failure; and what is none of these."""

from __future__ import annotations

import json

import pytest

from recon.errors import NoTradesError, SourceError
from recon.ingest.answering import answer
from recon.sources.piece import Piece

V2 = (
    "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[{said}]]></return_msg>"
    "<error_code><![CDATA[20002]]></error_code></xml>"
)
FUNDS = """<xml>
  <return_code>SUCCESS</return_code>
  <result_code>FAIL</result_code>
  <err_code>NO_BILL_EXIST</err_code>
  <err_code_des>账单不存在</err_code_des>
</xml>"""


def said(text: str) -> SourceError | None:
    return answer(Piece("bill", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        V2.format(said="No Bill Exist"),
        V2.format(said="NO Bill Exist"),
        FUNDS,
        json.dumps({"code": "NO_STATEMENT_EXIST", "message": "请求的账单文件不存在"}),
        json.dumps({"errcode": 0, "errmsg": "ok", "respdata": {"return_code": "FAIL", "return_msg": "No Bill Exist"}}),
    ],
)
def test_a_day_without_trades_is_no_failure(text: str) -> None:
    error = said(text)
    assert isinstance(error, NoTradesError)
    assert error.exit_code == 0


@pytest.mark.parametrize(
    "text", [V2.format(said="Bill Creating"), '{"code": "STATEMENT_CREATING", "message": "账单生成中"}']
)
def test_a_bill_that_is_still_being_made_is_to_be_asked_for_again(text: str) -> None:
    error = said(text)
    assert not isinstance(error, NoTradesError)
    assert "after 10:00" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        '{"code": "40004"}',
        '{"code": "NO_STATEMENT_EXIST"',
        '["NO_STATEMENT_EXIST"]',
        '{"message": "NO_STATEMENT_EXIST"}',
        '{"code": ["NO_STATEMENT_EXIST"], "message": ""}',
        '{"errcode": 0, "respdata": "交易时间,公众账号ID"}',
        "[" * 5000,
        "<xml><return_code><![CDATA[SUCCESS]]></return_code></xml>",
        '{"code": "SIGN_ERROR", "message": "' + "x" * 20_000 + '"}',
    ],
)
def test_what_is_no_answer_is_left_to_others(text: str) -> None:
    assert said(text) is None
