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
from grader.services.errors import EmailRefused, MailServerAway
from tests.fixtures.smtp import MailServer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EMAIL = Email("an@example.org", "Liên kết", "Chào An,\n\nhttp://x/" + "a" * 90 + "\n.\n", NOW)


def mailer(mail_server: MailServer, security: Security = Security.NONE, **login: str) -> Mailer:
    return Mailer(SmtpServer("localhost", mail_server.port, security, **login), "nn-grader <noreply@grader.example>")


def test_an_email_arrives_as_it_was_written(mail_server: MailServer) -> None:
    mailer(mail_server)(EMAIL)
    (email,) = mail_server.emails
    assert (email["To"], email["Subject"]) == ("an@example.org", "Liên kết")
    assert email["From"] == "nn-grader <noreply@grader.example>"
    assert email["Date"] == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert email["Message-ID"].endswith("@grader.example>")
    assert email["Auto-Submitted"] == "auto-generated"
    assert email.get_content_type() == "text/plain"
    assert email.get_content().replace("\r\n", "\n") == EMAIL.text


@pytest.mark.parametrize("to", ["an@example.org\nBcc: all@example.org", "an@example.org\r\n\r\nhello"])
def test_an_address_cannot_smuggle_anything_in(mail_server: MailServer, to: str) -> None:
    with pytest.raises(ValueError, match="linefeed"):
        mailer(mail_server)(Email(to, "Hello", "Hello", NOW))
    assert mail_server.emails == []


def test_a_refused_email_is_distinguished_from_an_unavailable_server(mail_server: MailServer) -> None:
    mail_server.refused.add("an@example.org")
    with pytest.raises(EmailRefused, match="550 no such person") as refused:
        mailer(mail_server)(EMAIL)
    assert "an@example.org" not in refused.value.detail
    away = Mailer(SmtpServer("127.0.0.1", free_port(), Security.NONE), "x@grader.example")
    with pytest.raises(MailServerAway):
        away(EMAIL)


def test_who_needs_a_password_gives_it_and_a_wrong_one_is_said(mail_server: MailServer) -> None:
    mailer(mail_server, user="grader", password="right")(EMAIL)
    with pytest.raises(MailServerAway, match="535"):
        mailer(mail_server, user="grader", password="wrong")(EMAIL)
    assert mail_server.logins == ["grader:right", "grader:wrong"]
    assert len(mail_server.emails) == 1


def test_nothing_is_said_openly_where_tls_is_wanted(mail_server: MailServer) -> None:
    with pytest.raises(MailServerAway, match="STARTTLS"):
        mailer(mail_server, Security.STARTTLS, user="grader", password="right")(EMAIL)
    assert mail_server.logins == []


def test_with_tls_the_server_has_to_prove_its_name(
    mail_server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_server.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    mail_server.tls.load_cert_chain(_certificate(tmp_path))
    with pytest.raises(MailServerAway, match="CERTIFICATE_VERIFY_FAILED"):
        mailer(mail_server, Security.STARTTLS, user="grader", password="right")(EMAIL)
    assert mail_server.logins == []
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "pair.pem"))
    mail_server.is_secret = False
    mailer(mail_server, Security.STARTTLS, user="grader", password="right")(EMAIL)
    assert len(mail_server.emails) == 1
    assert mail_server.is_secret


def _certificate(directory: Path) -> Path:
    """Write a key and a self-signed certificate for localhost."""
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
def test_an_email_says_everything_in_every_language(language: str) -> None:
    email = reset_email(EmailReader("an@example.org", "An {x}", language_of(language)), "http://x/y", 4, NOW)
    for part in ("An {x}", "http://x/y", "4"):
        assert part in email.text


def test_who_reads_another_language_is_written_to_in_english() -> None:
    other, english = (
        reset_email(EmailReader("a@example.org", "A", language_of(tag)), "http://x", 4, NOW) for tag in ("xx", "en")
    )
    assert other == english


def test_an_email_is_written_in_the_language_of_the_catalogue() -> None:
    email = reset_email(EmailReader("an@example.org", "An", language_of("vi")), "http://x", 4, NOW)
    assert email.subject == "Liên kết của bạn tới nn-grader"
    assert (
        email.text
        == """Chào An,

Bạn (hoặc ai đó dùng địa chỉ email của bạn) đã yêu cầu một liên kết để đăng nhập vào nn-grader và đặt mật khẩu:

http://x

Liên kết chỉ dùng được một lần và hết hạn sau 4 giờ. Nếu bạn không yêu cầu, hãy bỏ qua thư này: sẽ không có gì thay đổi nếu liên kết không được dùng.
"""
    )
