"""Every setting of nn-grader: the only module that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from grader.addresses import (
    DatabaseUrl,
    Issuer,
    ListeningAddress,
    RedisUrl,
    Sender,
    SmtpServer,
    SmtpUrl,
    WebAddress,
    smtp_server,
)
from grader.judging.errors import GraderError

SHORTEST_SECRET = 16


class SettingsError(GraderError):
    """A setting is missing or invalid; the message names it as in the environment."""


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_SECRET:
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
    return secret


Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
LogLevel = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lambda raw: str(raw).lower())]


class _Environment(BaseSettings):
    """Reads fields from the environment; an empty variable counts as unset."""

    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True, hide_input_in_errors=True
    )


def _content(name: str, path: object) -> str:
    try:
        content = Path(str(path)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} cannot be read: {error}") from error
    if not content:
        raise ValueError(f"{name} names a file that is empty")
    return content


def _with_file(raw: dict[str, object], name: str) -> dict[str, object]:
    """Return the environment with the setting `name` from the file that `name`_FILE names; a value takes precedence."""
    path = raw.get(f"{name}_FILE")
    return raw if path is None or name in raw else raw | {name: _content(f"{name}_FILE", path)}


class _Secret(_Environment):
    @model_validator(mode="before")
    @classmethod
    def _read_secret_file(cls, raw: dict[str, object]) -> dict[str, object]:
        return _with_file(raw, "GRADER_SECRET_KEY")


def _with_password(name: str, url: str, password: str) -> str:
    parts = urlsplit(url)
    user, _, place = parts.netloc.rpartition("@")
    if not user:
        raise ValueError(f"{name} must name the user whose password is in DATABASE_PASSWORD_FILE")
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{place}").geturl()


class _Password(_Environment):
    """The database password in a separate file, for a URL without one; a password in the URL takes precedence."""

    database_password_file: Path | None = Field(default=None, validation_alias="DATABASE_PASSWORD_FILE")
    database_pooled: bool = Field(default=False, validation_alias="DATABASE_POOLED")

    @model_validator(mode="before")
    @classmethod
    def _read_password_file(cls, raw: dict[str, object]) -> dict[str, object]:
        path = raw.get("DATABASE_PASSWORD_FILE")
        urls = {name: str(raw[name]) for name in ("DATABASE_URL", "DATABASE_REPLICA_URL") if raw.get(name)}
        lacking = {name: url for name, url in urls.items() if urlsplit(url).password is None}
        if path is None or not lacking:
            return raw
        password = _content("DATABASE_PASSWORD_FILE", path)
        return raw | {name: _with_password(name, url, password) for name, url in lacking.items()}


class Listening(_Environment):
    """The address of the web server, and its public base URL."""

    host: ListeningAddress = Field(default="127.0.0.1", validation_alias="GRADER_HOST")
    port: int = Field(default=8000, ge=0, le=65535, validation_alias="PORT")
    base_url: WebAddress | None = Field(default=None, validation_alias="GRADER_BASE_URL")

    @property
    def own_address(self) -> str:
        """The URL by which this machine reaches the web server, even if it listens on all addresses."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, never bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def address(self) -> str:
        """The public URL of the web server."""
        return self.base_url or self.own_address


class _Mail(Listening):
    """E-mail; without a server none is sent, and administrators hand links over."""

    smtp_url: SmtpUrl | None = Field(default=None, validation_alias="GRADER_SMTP_URL", repr=False)
    smtp_password_file: Path | None = Field(default=None, validation_alias="GRADER_SMTP_PASSWORD_FILE")
    mail_from: Sender | None = Field(default=None, validation_alias="GRADER_MAIL_FROM")

    @model_validator(mode="after")
    def _mails_are_complete(self) -> Self:
        if self.smtp_url and (self.mail_from is None or self.base_url is None):
            raise ValueError("GRADER_SMTP_URL needs GRADER_MAIL_FROM, and GRADER_BASE_URL for the links in e-mails")
        _ = self.smtp
        return self

    @property
    def smtp(self) -> SmtpServer | None:
        """The mail server, with its password from the URL or the file."""
        server = None if self.smtp_url is None else smtp_server(self.smtp_url)
        if server is None or server.user is None or server.password or self.smtp_password_file is None:
            return server
        return replace(server, password=_content("GRADER_SMTP_PASSWORD_FILE", self.smtp_password_file))


class _OpenId(_Environment):
    """Single sign-on (OpenID Connect); disabled without an issuer."""

    oidc_issuer: Issuer | None = Field(default=None, validation_alias="GRADER_OIDC_ISSUER")
    oidc_client_id: str | None = Field(default=None, validation_alias="GRADER_OIDC_CLIENT_ID")
    oidc_client_secret: SecretStr | None = Field(default=None, validation_alias="GRADER_OIDC_CLIENT_SECRET")
    oidc_client_secret_file: Path | None = Field(default=None, validation_alias="GRADER_OIDC_CLIENT_SECRET_FILE")
    oidc_name: str = Field(default="OpenID Connect", validation_alias="GRADER_OIDC_NAME")
    oidc_trust_email: bool = Field(default=False, validation_alias="GRADER_OIDC_TRUST_EMAIL")

    @model_validator(mode="after")
    def _client_is_named(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("GRADER_OIDC_ISSUER needs GRADER_OIDC_CLIENT_ID")
        if not self.oidc_issuer and (self.oidc_client_id or self.oidc_client_secret):
            set_alone = "GRADER_OIDC_CLIENT_ID" if self.oidc_client_id else "GRADER_OIDC_CLIENT_SECRET"
            raise ValueError(f"{set_alone} needs GRADER_OIDC_ISSUER: without an issuer, single sign-on is disabled")
        _ = self.oidc_secret
        return self

    @property
    def oidc_secret(self) -> str | None:
        """The client secret, from the variable or the file; None for a public client."""
        if self.oidc_client_secret is not None:
            return self.oidc_client_secret.get_secret_value()
        if self.oidc_issuer is None or self.oidc_client_secret_file is None:
            return None
        return _content("GRADER_OIDC_CLIENT_SECRET_FILE", self.oidc_client_secret_file)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package it would be in
        return False


class _Observation(_Environment):
    """Metrics, a line of log for each request, and traces; each is off unless it is set."""

    metrics_token: Secret | None = Field(default=None, validation_alias="GRADER_METRICS_TOKEN")
    metrics_token_file: Path | None = Field(default=None, validation_alias="GRADER_METRICS_TOKEN_FILE")
    worker_metrics_port: int | None = Field(default=None, ge=1, le=65535, validation_alias="GRADER_WORKER_METRICS_PORT")
    log_requests: bool = Field(default=False, validation_alias="GRADER_LOG_REQUESTS")
    traces_url: WebAddress | None = Field(default=None, validation_alias="GRADER_TRACES_URL")

    @model_validator(mode="before")
    @classmethod
    def _read_token_file(cls, raw: dict[str, object]) -> dict[str, object]:
        return _with_file(raw, "GRADER_METRICS_TOKEN")

    @model_validator(mode="after")
    def _metrics_are_protected(self) -> Self:
        if self.worker_metrics_port is not None and self.metrics_token is None:
            raise ValueError("GRADER_WORKER_METRICS_PORT needs GRADER_METRICS_TOKEN: metrics are not open to everybody")
        return self

    @model_validator(mode="after")
    def _traces_can_be_sent(self) -> Self:
        if self.traces_url is not None and not _is_installed("opentelemetry.sdk"):
            raise ValueError("GRADER_TRACES_URL needs OpenTelemetry, which is missing: pip install 'nn-grader[traces]'")
        return self


class DatabaseSettings(_Password):
    """The settings of commands that only use the database."""

    database_url: DatabaseUrl = Field(validation_alias="DATABASE_URL", repr=False)


class Settings(_Secret, _Mail, _OpenId, _Observation, DatabaseSettings):
    """The settings of the web server and the worker."""

    database_replica_url: DatabaseUrl | None = Field(default=None, validation_alias="DATABASE_REPLICA_URL", repr=False)
    redis_url: RedisUrl = Field(validation_alias="REDIS_URL", repr=False)
    secret_key: Secret = Field(validation_alias="GRADER_SECRET_KEY")
    secret_key_file: Path | None = Field(default=None, validation_alias="GRADER_SECRET_KEY_FILE")
    exercises_dir: Path = Field(default=Path("exercises"), validation_alias="GRADER_EXERCISES_DIR")
    log_level: LogLevel = Field(default="info", validation_alias="GRADER_LOG_LEVEL")
    secure_cookies: bool = Field(default=False, validation_alias="GRADER_SECURE_COOKIES")
    session_days: int = Field(default=14, ge=1, le=3650, validation_alias="GRADER_SESSION_DAYS")
    lease_seconds: float = Field(default=20, gt=0, le=3600, validation_alias="GRADER_LEASE_SECONDS")
    sweep_seconds: float = Field(default=1, gt=0, le=3600, validation_alias="GRADER_SWEEP_SECONDS")
    batch_size: int = Field(default=200, ge=1, le=100_000, validation_alias="GRADER_BATCH_SIZE")
    regrade_workers: int = Field(default=1, ge=1, le=1000, validation_alias="GRADER_REGRADE_WORKERS")
    api_limit: int = Field(default=200_000, ge=1, le=1_000_000_000, validation_alias="GRADER_API_LIMIT")
    max_tries: int = Field(default=3, ge=2, le=1000, validation_alias="GRADER_MAX_TRIES")
    trusted_proxies: int = Field(default=0, ge=0, le=100, validation_alias="GRADER_TRUSTED_PROXIES")


class LocalSettings(_Secret, _Password, Listening):
    """The settings of `grader up`, which starts services that are not named."""

    database_url: DatabaseUrl | None = Field(default=None, validation_alias="DATABASE_URL", repr=False)
    redis_url: RedisUrl | None = Field(default=None, validation_alias="REDIS_URL", repr=False)
    secret_key: Secret | None = Field(default=None, validation_alias="GRADER_SECRET_KEY")
    secret_key_file: Path | None = Field(default=None, validation_alias="GRADER_SECRET_KEY_FILE")
    exercises_dir: Path = Field(default=Path("exercises"), validation_alias="GRADER_EXERCISES_DIR")


def load() -> Settings:
    """Read all settings; raises SettingsError with one sentence for all problems."""
    return _load(Settings)


def load_database() -> DatabaseSettings:
    """Read the settings of a database command; raises SettingsError."""
    return _load(DatabaseSettings)


def load_listening() -> Listening:
    """Read the address of the web server; raises SettingsError."""
    return _load(Listening)


def load_local() -> LocalSettings:
    """Read the settings of `grader up`; raises SettingsError."""
    return _load(LocalSettings)


def environment_with(extra: Mapping[str, str]) -> dict[str, str]:
    """Return our environment with some variables replaced, for a child process."""
    return {**os.environ, **extra}


def tell_libraries(name: str, value: str) -> None:
    """Set a variable that a library reads, for this process and its children."""
    os.environ[name] = value


_OTHERS: Final = ("CELERY_", "FLASK_", "GRANIAN_")
"""Variables that libraries read, some before our settings: for example another program's `CELERY_BROKER_URL`."""

_LIBPQ: Final = "PG"


def forget_others(*, own_database: bool) -> None:
    """Drop variables that would override our settings in libraries, for us and our child processes.

    Those of libpq are dropped if we start the database ourselves: a service or TLS requirement meant for another server
    would keep us out of it.
    """
    prefixes = (*_OTHERS, _LIBPQ) if own_database else _OTHERS
    for name in [name for name in os.environ if name.startswith(prefixes)]:
        del os.environ[name]


OURS: Final = "GRADER_"
NOT_OURS: Final = ("GRADER_TEST_",)
"""Variables of the tests."""


def unknown_settings(environment: Mapping[str, str] | None = None) -> list[str]:
    """Return a sentence for each variable that looks like a setting but is not, with the one that was probably meant.

    They prevent nothing, because another version may know them, but a misspelt setting must not go unnoticed.
    """
    known = {str(field.validation_alias) for kind in (Settings, LocalSettings) for field in kind.model_fields.values()}
    given = os.environ if environment is None else environment
    return [
        _unknown(name, known)
        for name in sorted(given)
        if name.upper().startswith(OURS) and name.upper() not in known and not name.upper().startswith(NOT_OURS)
    ]


def _unknown(name: str, known: set[str]) -> str:
    meant = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.75)
    guess = f"; did you mean {meant[0]}?" if meant else "; docs/operations.md lists them all."
    return f"{name} is not a setting of nn-grader and has no effect{guess}"


AnySettings = TypeVar("AnySettings", bound=_Environment)


def _load(kind: type[AnySettings]) -> AnySettings:
    try:
        return kind()
    except ValidationError as error:
        problems = [_sentence(item) for item in error.errors(include_input=False)]
        raise SettingsError("; ".join(problems)) from error


_SAID: Final = {
    "missing": "is not set",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "literal_error": "must be {expected}",
}


def _sentence(item: ErrorDetails) -> str:
    name = str(item["loc"][0]) if item["loc"] else ""
    text = _SAID.get(item["type"], item["msg"].removeprefix("Value error, ")).format_map(item.get("ctx", {}))
    return f"{name} {text}" if name else text
