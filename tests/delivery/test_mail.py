"""What came of a mail: accepted, refused, failed or nobody knows; never twice. Against a real server."""

from __future__ import annotations

import socket
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from recon.delivery import Answer, Journal, Mail, Outcome, Patience
from recon.delivery.mail import Letter, Postman
from recon.delivery.once import Parcel, deliver, key_of
from recon.delivery.settings import is_address
from recon.errors import UsageError

SECRETS = {"RECON_SMTP_USER": "recon", "RECON_SMTP_PASSWORD": "s3cret"}
LETTER = Letter(
    key=key_of("health", "2026-02", "email", "cfo@example.com"),
    recipient="cfo@example.com",
    subject="【对账健康度报告】云杉家居 2026-02：86 分，差异 31 笔",
    text="对账状况健康。\n.\n一行只有一点\n",
    sent_s=1_772_416_800,
    attachments=(("对账健康度报告-2026-02.pdf", b"%PDF-1.7 \x00\xff\r\n.\r\n"),),
)


def postman(server, **more: object) -> Postman:
    secrets = more.pop("secrets", SECRETS)
    patience_s = 2 if server.data[:1] == ["hang"] else 20  # a busy machine is no silent server
    mail = Mail(
        host="127.0.0.1", port=server.port, ca_file=server.ca_file, sender="对账 <recon@example.com>",
        timeout_s=patience_s,
    )  # fmt: skip
    return Postman(mail=replace(mail, **more), secrets=secrets)  # type: ignore[arg-type]


def outcome(server, **more: object) -> Outcome:
    return postman(server, **more).send(LETTER).outcome


def test_a_letter_arrives_whole_in_chinese_with_its_pdf(mail_server) -> None:
    answer = postman(mail_server).send(LETTER)
    assert answer == Answer(outcome=Outcome.SENT, said="250 OK")
    assert mail_server.logins == [("recon", "s3cret")]
    assert mail_server.is_encrypted == [True]
    ((recipient, content),) = mail_server.letters
    assert recipient == "cfo@example.com"
    content.decode("ascii")
    read = message_from_bytes(content, policy=policy.default)
    assert read["Subject"] == LETTER.subject
    assert read["From"] == "对账 <recon@example.com>"
    assert read["To"] == "cfo@example.com"
    assert read["Message-ID"] == f"<{LETTER.key}@example.com>"
    assert read["Date"] == "Mon, 02 Mar 2026 02:00:00 +0000"
    assert read.get_body(("plain",)).get_content() == LETTER.text
    (pdf,) = read.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content_type()) == ("对账健康度报告-2026-02.pdf", "application/pdf")
    assert pdf.get_content() == b"%PDF-1.7 \x00\xff\r\n.\r\n"


@pytest.mark.parametrize(("mail_server", "tls"), [("implicit", "implicit"), ("none", "none")], indirect=["mail_server"])
def test_tls_from_the_first_byte_and_a_server_on_this_machine(mail_server, tls) -> None:
    assert outcome(mail_server, tls=tls, secrets={}) is Outcome.SENT
    assert mail_server.is_encrypted == [tls == "implicit"]


def test_a_certificate_that_nobody_vouches_for_gets_no_password_and_no_letter(mail_server) -> None:
    answer = postman(mail_server, ca_file=None).send(LETTER)
    assert answer.outcome is Outcome.REFUSED
    assert answer.said.startswith("certificate: ")
    assert (mail_server.logins, mail_server.letters) == ([], [])


@pytest.mark.parametrize("mail_server", ["none"], indirect=True)
def test_a_server_without_starttls_is_told_nothing(mail_server) -> None:
    assert outcome(mail_server) is Outcome.REFUSED
    assert mail_server.commands == []


def test_a_wrong_password_is_a_refusal(mail_server) -> None:
    answer = postman(mail_server, secrets=SECRETS | {"RECON_SMTP_PASSWORD": "wrong"}).send(LETTER)
    assert (answer.outcome, answer.said[:3]) == (Outcome.REFUSED, "535")
    assert "wrong" not in answer.said


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        (["550 no such user"], [], "refused"),
        (["451 greylisted"], [], "failed"),
        (["drop"], [], "failed"),
        ([], ["554 looks like spam"], "refused"),
        ([], ["452 disk full"], "failed"),
        ([], ["hang"], "uncertain"),
    ],
)
def test_a_reply_says_whether_the_letter_may_be_sent_again(mail_server, rcpt, data, expected) -> None:
    mail_server.rcpt, mail_server.data = rcpt, data
    assert outcome(mail_server) == expected


def test_what_is_kept_of_a_reply_names_nobody(mail_server) -> None:
    mail_server.rcpt = ["550 5.1.1 <cfo@example.com>: no such user"]
    assert postman(mail_server).send(LETTER).said == "550 5.1.1 <c***@example.com>: no such user"


def test_a_server_that_is_not_there_has_taken_nothing() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    mail = Mail(host="127.0.0.1", port=port, sender="recon@example.com", timeout_s=1)
    answer = Postman(mail=mail, secrets=SECRETS).send(LETTER)
    assert (answer.outcome, answer.said) == (Outcome.FAILED, "not reached: ConnectionRefusedError")


def test_a_server_that_says_nothing_has_taken_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mail = Mail(host="127.0.0.1", port=silent.getsockname()[1], sender="recon@example.com", timeout_s=1)
        answer = Postman(mail=mail, secrets=SECRETS).send(LETTER)
    assert (answer.outcome, answer.said) == (Outcome.FAILED, "not reached: SMTPServerDisconnected")


# ------------------------------------------------------------------------------------------------ once


def sent(
    server, folder: Path, *recipients: str, again: bool = False
) -> tuple[list[tuple[str, int, bool]], list[float]]:
    """Deliver to the recipients; returns state, tries and whether it is news of each, and the pauses made."""
    pauses: list[float] = []
    man = postman(server)
    parcels = []
    for recipient in recipients:
        letter = replace(LETTER, recipient=recipient, key=key_of("health", "2026-02", "email", recipient))
        parcels.append(
            Parcel(key=letter.key, way="email", recipient=recipient, send=lambda each=letter: man.send(each))
        )
    with Journal(folder) as journal:
        patience = Patience(attempts=3, pause_s=5, sleep=pauses.append)
        done = deliver(parcels, journal, patience, now=lambda: 1_772_416_800, again=again)
    return [(each.state, each.tries, each.is_news) for each in done], pauses


def test_what_is_refused_for_now_is_tried_again_and_arrives_once(mail_server, tmp_path) -> None:
    mail_server.rcpt = ["451 greylisted", "451 greylisted", "250 OK"]
    assert sent(mail_server, tmp_path, "cfo@example.com") == ([("sent", 3, True)], [5, 10])
    assert len(mail_server.letters) == 1
    assert sent(mail_server, tmp_path, "cfo@example.com") == ([("sent", 3, False)], [])
    assert len(mail_server.letters) == 1
    assert sent(mail_server, tmp_path, "cfo@example.com", again=True) == ([("sent", 1, True)], [])
    assert len(mail_server.letters) == 2


def test_a_letter_whose_fate_nobody_knows_is_not_sent_again_unless_asked(mail_server, tmp_path) -> None:
    mail_server.data = ["hang", "250 OK"]
    assert sent(mail_server, tmp_path, "cfo@example.com") == ([("uncertain", 1, True)], [])
    assert sent(mail_server, tmp_path, "cfo@example.com") == ([("uncertain", 1, False)], [])
    assert len(mail_server.letters) == 1
    assert sent(mail_server, tmp_path, "cfo@example.com", again=True) == ([("sent", 1, True)], [])


def test_one_refused_address_neither_stops_the_others_nor_doubles_them(mail_server, tmp_path) -> None:
    mail_server.rcpt = ["250 OK", "550 no such user", "250 OK", "250 OK"]
    everyone = ("a@example.com", "b@example.com", "c@example.com")
    states, _ = sent(mail_server, tmp_path, *everyone)
    assert states == [("sent", 1, True), ("refused", 1, True), ("sent", 1, True)]
    states, _ = sent(mail_server, tmp_path, *everyone)
    assert states == [("sent", 1, False), ("sent", 1, True), ("sent", 1, False)]
    assert [recipient for recipient, _ in mail_server.letters] == ["a@example.com", "c@example.com", "b@example.com"]


def test_a_letter_that_was_being_sent_when_the_program_died_is_uncertain(mail_server, tmp_path) -> None:
    with Journal(tmp_path) as journal:
        journal.note([LETTER.key], "sending", at_s=1)
    assert sent(mail_server, tmp_path, "cfo@example.com") == ([("uncertain", 0, False)], [])
    assert mail_server.letters == []


# ------------------------------------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a@b.cn", True),
        ("对账 <a@b.cn>", True),
        ("a@", False),
        ("a", False),
        ("", False),
        ("a b@c.cn", False),
        ("张@b.cn", False),
        ("a@b.cn\nBcc: x@y.cn", False),
    ],
)
def test_an_address_has_a_name_and_a_host(text, is_one) -> None:
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("mail", "secrets", "told"),
    [
        ({"host": ""}, SECRETS, "host is not set"),
        ({"sender": ""}, SECRETS, "sender is not set"),
        ({"ca_file": Path("/nowhere.pem")}, SECRETS, "is no file"),
        ({}, {"RECON_SMTP_USER": "recon"}, "RECON_SMTP_PASSWORD is not"),
        ({"tls": "none"}, {}, "unencrypted"),
        ({"tls": "none", "host": "localhost"}, SECRETS, "unencrypted"),
    ],
)
def test_what_is_missing_is_told_before_anything_is_sent(mail, secrets, told) -> None:
    settings = {"host": "smtp.example.com", "sender": "recon@example.com"} | mail
    with pytest.raises(UsageError, match=told):
        Postman(mail=Mail(**settings), secrets=secrets)
    assert "s3cret" not in repr(Postman(mail=Mail(host="h", sender="a@b.cn"), secrets=SECRETS))
