import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from grader.adapters.catalogues import language_of
from grader.adapters.mail import Mailer
from grader.addresses import Security, SmtpServer
from grader.devserver.ports import free_port
from grader.services.accounts.password_reset import Email, EmailReader, reset_email
from grader.services.errors import LetterRefused, MailServerAway
from tests.fixtures.smtp import MailServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LETTER = Email("an@example.org", "Liên kết", "Chào An,\n\nhttp://x/" + "a" * 90 + "\n.\n", NOW)


def mailer(mail_server: MailServer, security: Security = Security.NONE, **login: str) -> Mailer:
    return Mailer(SmtpServer("localhost", mail_server.port, security, **login), "nn-grader <noreply@grader.example>")


def test_a_letter_arrives_as_it_was_written(mail_server: MailServer) -> None:
    mailer(mail_server)(LETTER)
    (letter,) = mail_server.letters
    assert (letter["To"], letter["Subject"]) == ("an@example.org", "Liên kết")
    assert letter["From"] == "nn-grader <noreply@grader.example>"
    assert letter["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert letter["Message-ID"].endswith("@grader.example>")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content().replace("\r\n", "\n") == LETTER.text


@pytest.mark.parametrize("to", ["an@example.org\nBcc: all@example.org", "an@example.org\r\n\r\nhello"])
def test_an_address_cannot_smuggle_anything_in(mail_server: MailServer, to: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mailer(mail_server)(Email(to, "Hello", "Hello", NOW))
    assert mail_server.letters == []


def test_a_letter_that_is_refused_is_told_apart_from_a_server_that_is_away(mail_server: MailServer) -> None:
    mail_server.refused.add("an@example.org")
    with pytest.raises(LetterRefused, match="550 no such person") as refused:
        mailer(mail_server)(LETTER)
    assert "an@example.org" not in refused.value.detail
    away = Mailer(SmtpServer("127.0.0.1", free_port(), Security.NONE), "x@grader.example")
    with pytest.raises(MailServerAway):
        away(LETTER)


def test_who_needs_a_password_gives_it_and_a_wrong_one_is_said(mail_server: MailServer) -> None:
    mailer(mail_server, user="grader", password="right")(LETTER)
    with pytest.raises(MailServerAway, match="535"):
        mailer(mail_server, user="grader", password="wrong")(LETTER)
    assert mail_server.logins == ["grader:right", "grader:wrong"]
    assert len(mail_server.letters) == 1


def test_nothing_is_said_openly_where_tls_is_wanted(mail_server: MailServer) -> None:
    with pytest.raises(MailServerAway, match="STARTTLS"):
        mailer(mail_server, Security.STARTTLS, user="grader", password="right")(LETTER)
    assert mail_server.logins == []


def test_with_tls_the_server_has_to_prove_its_name(
    mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_server.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mail_server.tls.load_cert_chain(_certificate(tmp_path))
    with pytest.raises(MailServerAway, match="CERTIFICATE_VERIFY_FAILED"):
        mailer(mail_server, Security.STARTTLS, user="grader", password="right")(LETTER)
    assert mail_server.logins == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
    mail_server.is_secret = False
    mailer(mail_server, Security.STARTTLS, user="grader", password="right")(LETTER)
    assert len(mail_server.letters) == 1
    assert mail_server.is_secret


def _certificate(directory: Path) -> Path:
    """Write a key and a certificate for localhost that nobody knows yet."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (directory / "pair.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return directory / "pair.pem"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_a_letter_says_everything_in_every_language(language: str) -> None:
    letter = reset_email(EmailReader("an@example.org", "An {x}", language_of(language)), "http://x/y", 4, NOW)
    for part in ("An {x}", "http://x/y", "4"):
        assert part in letter.text


def test_who_reads_another_language_is_written_to_in_english() -> None:
    other, english = (
        reset_email(EmailReader("a@example.org", "A", language_of(tag)), "http://x", 4, NOW) for tag in ("xx", "en")
    )
    assert other == english


def test_a_letter_is_written_in_the_language_of_the_catalogue() -> None:
    letter = reset_email(EmailReader("an@example.org", "An", language_of("vi")), "http://x", 4, NOW)
    assert letter.subject == "Liên kết của bạn tới nn-grader"
    assert (
        letter.text
        == """Chào An,

có người, chắc là bạn, đã xin một liên kết để đăng nhập vào nn-grader và đặt mật khẩu. Hãy mở liên kết này:

http://x

Liên kết dùng được một lần, trong vòng 4 giờ. Nếu bạn không xin, bạn không cần làm gì: không có liên kết thì
không có gì thay đổi.
"""
    )
