"""What came of a post: accepted, refused, failed or nobody knows; and what is tried again. Against real servers."""

from __future__ import annotations

import json
import socket

import pytest

from recon.delivery import Answer, Outcome, Patience, repeated, sms, wecom
from recon.delivery.posting import Poster

POSTER = Poster(connect_s=0.5, read_s=0.3)
JSON = {"Content-Type": "application/json"}


def post(gateway, *answers: object) -> Answer:
    gateway.answers = list(answers)
    return POSTER.post(f"{gateway.url}/send", b"{}", JSON)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((200, "ok"), "sent"),
        ((202, ""), "sent"),
        ((301, ""), "refused"),
        ((400, "bad number"), "refused"),
        ((401, ""), "refused"),
        ((404, ""), "refused"),
        ((408, ""), "failed"),
        ((429, ""), "failed"),
        ((500, ""), "failed"),
        ((503, ""), "failed"),
        ((504, ""), "uncertain"),
        ("hang", "uncertain"),
        ("break", "uncertain"),
    ],
)
def test_an_answer_says_whether_the_message_may_be_sent_again(gateway, answer, outcome) -> None:
    assert post(gateway, answer).outcome == outcome
    assert len(gateway.requests) == 1


def test_a_server_that_is_not_there_has_received_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    answer = POSTER.post(f"http://127.0.0.1:{port}/send?key=secret", b"{}", JSON)
    assert (answer.outcome, answer.said) == (Outcome.FAILED, "not reached: NewConnectionError")


def test_a_host_without_an_address_has_received_nothing() -> None:
    assert POSTER.post("http://gateway.invalid/send", b"{}", JSON).outcome is Outcome.FAILED


def test_a_redirect_is_not_followed(gateway) -> None:
    gateway.answers = [(302, "", {"Location": f"{gateway.url}/elsewhere"})]
    assert POSTER.post(f"{gateway.url}/send", b"{}", JSON).outcome is Outcome.REFUSED
    assert [path for path, _, _ in gateway.requests] == ["/send"]


def test_what_is_kept_of_an_answer_names_no_telephone_number(gateway) -> None:
    said = post(gateway, (400, "number 13800001234 is\nblocked " + "x" * 300)).said
    assert said.startswith("400 number 138****1234 is blocked xxx")
    assert len(said) < 210


# ------------------------------------------------------------------------------------------------ trying again


def tried(gateway, *answers: object, attempts: int = 4, is_idempotent: bool = False) -> tuple[str, int, list[float]]:
    pauses: list[float] = []
    gateway.answers = list(answers)
    patience = Patience(attempts=attempts, pause_s=2, sleep=pauses.append)
    answer, tries = repeated(lambda: POSTER.post(gateway.url, b"{}", JSON), patience, is_idempotent=is_idempotent)
    assert tries == len(gateway.requests)
    return answer.outcome.value, tries, pauses


def test_a_failure_is_tried_again_with_pauses_that_double(gateway) -> None:
    assert tried(gateway, (503, ""), (500, ""), (200, "")) == ("sent", 3, [2, 4])


def test_it_is_given_up_after_the_last_attempt(gateway) -> None:
    assert tried(gateway, (503, ""), attempts=3) == ("failed", 3, [2, 4])


def test_the_other_side_may_ask_for_a_longer_pause_but_not_for_any(gateway) -> None:
    asked = [(429, "", {"Retry-After": "7"}), (429, "", {"Retry-After": "9999"}), (200, "")]
    assert tried(gateway, *asked) == ("sent", 3, [7, 60])


def test_a_refusal_is_not_tried_again(gateway) -> None:
    assert tried(gateway, (403, ""), (200, "")) == ("refused", 1, [])


def test_an_answer_that_never_came_is_not_tried_again(gateway) -> None:
    assert tried(gateway, "hang", (200, "")) == ("uncertain", 1, [])


def test_unless_the_other_side_recognises_a_repeated_message(gateway) -> None:
    assert tried(gateway, "hang", (200, ""), is_idempotent=True) == ("sent", 2, [2])


# ------------------------------------------------------------------------------------------------ WeCom


@pytest.mark.parametrize(
    ("answer", "outcome", "wait_s"),
    [
        ('{"errcode":0,"errmsg":"ok"}', "sent", 0),
        ('{"errcode":93000,"errmsg":"invalid webhook url"}', "refused", 0),
        ('{"errcode":-1,"errmsg":"system busy"}', "failed", 0),
        ('{"errcode":45009,"errmsg":"api freq out of limit"}', "failed", 60),
        ("<html>please log in</html>", "uncertain", 0),
        ("[]", "uncertain", 0),
    ],
)
def test_wecom_answers_200_whatever_happened(gateway, answer, outcome, wait_s) -> None:
    gateway.answers = [(200, answer)]
    found = wecom.send(POSTER, f"{gateway.url}/cgi-bin/webhook/send?key=k", "订单")
    assert (found.outcome, found.wait_s) == (outcome, wait_s)
    ((path, _, body),) = gateway.requests
    assert path == "/cgi-bin/webhook/send?key=k"
    assert json.loads(body) == {"msgtype": "text", "text": {"content": "订单"}}


def test_short_texts_go_together_as_long_as_a_message_holds_them() -> None:
    texts = [(number, "字" * 200) for number in range(7)]  # 600 bytes each: three and two blank lines in 2,048
    bundles = wecom.bundled(texts)
    assert [keys for keys, _ in bundles] == [[0, 1, 2], [3, 4, 5], [6]]
    assert max(len(text.encode()) for _, text in bundles) <= wecom.LONGEST
    assert bundles[2][1] == "字" * 200


def test_a_text_that_is_too_long_is_cut_between_two_characters() -> None:
    ((_, text),) = wecom.bundled([(1, "字" * 1000)])
    assert len(text.encode()) <= wecom.LONGEST
    assert text == "字" * 681 + "…"


# ------------------------------------------------------------------------------------------------ SMS


def sent(gateway, answer: tuple[int, str] = (200, "{}"), **settings: object) -> Answer:
    gateway.answers = [answer]
    return sms.send(
        POSTER,
        sms.Gateway(url=gateway.url, token="t0k", **settings),  # noqa: S106 - invented
        phone="13800001234",
        text='说"好"{key}',
        key="k1",
    )


def test_the_document_of_the_gateway_is_filled_as_json_whatever_the_text_holds(gateway) -> None:
    body = '{"to": ["{phone}"], "sign": {"t": "{token}"}, "msg": "{text}", "n": 1, "other": "{unknown}"}'
    assert sent(gateway, body=body, headers={"X-Key": "{token}"}).outcome is Outcome.SENT
    ((_, headers, posted),) = gateway.requests
    assert json.loads(posted) == {
        "to": ["13800001234"], "sign": {"t": "t0k"}, "msg": '说"好"{key}', "n": 1, "other": "{unknown}",
    }  # fmt: skip
    assert (headers["X-Key"], headers["Idempotency-Key"]) == ("t0k", "k1")


@pytest.mark.parametrize(
    ("body", "outcome"),
    [('{"code":0}', "sent"), ('{"code":"0"}', "sent"), ('{"code":7}', "refused"), ("ok", "uncertain")],
)
def test_a_gateway_may_say_in_its_answer_whether_it_was_accepted(gateway, body, outcome) -> None:
    assert sent(gateway, (200, body), success={"code": "0"}).outcome == outcome


def test_a_secret_is_not_shown() -> None:
    assert "t0k" not in repr(sms.Gateway(url="https://sms.example", token="t0k"))  # noqa: S106 - invented


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((200, '{"errcode":0,"errmsg":"ok"}'), "sent"),
        ((200, '{"errcode":45009,"errmsg":"too many"}'), "failed"),
        ((200, '{"errcode":93000,"errmsg":"invalid webhook url"}'), "refused"),
        ((500, ""), "failed"),
        ("hang", "uncertain"),
    ],
)
def test_a_text_with_marks_goes_to_a_robot_and_is_cut_where_it_is_too_long(gateway, answer, outcome) -> None:
    gateway.answers = [answer]
    told = wecom.send_markdown(POSTER, f"{gateway.url}/robot?key=s3cret", "**健康度** " + "好" * 2_000)
    assert told.outcome == outcome
    ((_, _, body),) = gateway.requests
    content = json.loads(body)["markdown"]["content"]
    assert json.loads(body)["msgtype"] == "markdown"
    assert content.startswith("**健康度** 好好")
    assert content.endswith("好…")
    assert len(content.encode()) <= 4_096
    assert "s3cret" not in told.said
