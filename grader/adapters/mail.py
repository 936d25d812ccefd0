"""The only module that uses SMTP."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Final

from grader.addresses import Security, SmtpServer
from grader.services.accounts.password_reset import Email
from grader.services.errors import EmailRefused, MailServerAway

SECONDS: Final = 10.0
"""Seconds without a response after which a server is considered unavailable."""


class Mailer:
    """Sends e-mail through one server, from one address."""

    def __init__(self, server: SmtpServer, sender: str) -> None:
        self._server = server
        self._sender = sender

    def __call__(self, email: Email) -> None:
        """Hand an e-mail to the server.

        Raises:
            EmailRefused: the server rejects this one, for example because there is no such address.
            MailServerAway: it cannot be reached, or refuses all e-mail; another one would fail as well.
        """
        message = self._message(email)
        try:
            with self._connected() as smtp:
                smtp.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise EmailRefused(f"The mail server refused an e-mail: {_plain(error)}") from error
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise MailServerAway(f"The mail server can't be used: {_plain(error)}") from error

    def _message(self, email: Email) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = email.to
        message["Subject"] = email.subject
        message["Date"] = format_datetime(email.written_at)
        message["Message-ID"] = make_msgid(domain=parseaddr(self._sender)[1].rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # prevents automatic replies
        message.set_content(email.text)
        return message

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server, context = self._server, ssl.create_default_context()
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        with smtp:
            if server.security is Security.STARTTLS:
                smtp.starttls(context=context)  # fails rather than send the password in the clear
            if server.user is not None:
                smtp.login(server.user, server.password)
            yield smtp


def _plain(error: Exception) -> str:
    """Return the server's message without the recipient's address, which must not be logged."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {text.decode(errors='replace')}" for code, text in error.recipients.values())
    return str(error)
