"""URLs of other servers as given by settings, and the public URL of sign-in links."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator


class Security(StrEnum):
    """The security of a mail server's connection: TLS from the start, STARTTLS, or none."""

    TLS = "smtps"
    STARTTLS = "smtp"
    NONE = "smtp+plain"


SMTP_PORTS: Final = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server; without a user it accepts e-mail from anybody."""

    host: str
    port: int
    security: Security
    user: str | None = None
    password: str = field(default="", repr=False)


def smtp_server(url: str) -> SmtpServer:
    """Parse `smtps://user:password@host:465`, `smtp://...` (STARTTLS) or `smtp+plain://...`; raises ValueError."""
    parts = urlsplit(url)
    try:
        security, port = Security(parts.scheme), parts.port
    except ValueError as error:
        raise ValueError("must start with smtps://, smtp:// or smtp+plain://") from error
    if not parts.hostname:
        raise ValueError("must name a host")
    user = unquote(parts.username) if parts.username else None
    return SmtpServer(parts.hostname, port or SMTP_PORTS[security], security, user, unquote(parts.password or ""))


def sqlalchemy_url(url: str) -> str:
    """Return a PostgreSQL URL in SQLAlchemy's form; raises ValueError for anything else."""
    scheme, found, rest = url.partition("://")
    if not found or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("must start with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _redis(url: str) -> str:
    if not url.startswith(("redis://", "rediss://")):
        raise ValueError("must start with redis:// or rediss://")
    return url


def _smtp(url: str) -> str:
    smtp_server(url)
    return url


def _web_address(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return url.rstrip("/")


def _issuer(url: str) -> str:
    """Keep an issuer unchanged: it is compared literally, and a trailing slash is part of it."""
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("must start with https://")
    return url


def _sender(address: str) -> str:
    if "@" not in address or not address.isprintable():
        raise ValueError("must be an e-mail address, or a name with one in < >")
    return address


def _listening(host: str) -> str:
    """Return the address in the form used by sockets and web servers: without brackets, and no name but localhost."""
    address = {"localhost": "127.0.0.1"}.get(host.lower(), host.removeprefix("[").removesuffix("]"))
    try:
        return str(ip_address(address))
    except ValueError:
        raise ValueError(
            "must be an IP address of this machine without a port, such as 127.0.0.1, or 0.0.0.0 for all of them"
        ) from None


def sign_in_address(base_url: str, token: str) -> str:
    """Return the URL that signs in once."""
    return f"{base_url}/sign-in/link/{token}"


DatabaseUrl = Annotated[str, AfterValidator(sqlalchemy_url)]
RedisUrl = Annotated[str, AfterValidator(_redis)]
SmtpUrl = Annotated[str, AfterValidator(_smtp)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
ListeningAddress = Annotated[str, AfterValidator(_listening)]
Issuer = Annotated[str, AfterValidator(_issuer)]
Sender = Annotated[str, AfterValidator(_sender)]
