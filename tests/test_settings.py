import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.addresses import Security, SmtpServer
from grader.settings import (
    Listening,
    Settings,
    SettingsError,
    forget_others,
    load,
    load_database,
    load_listening,
    load_local,
    unknown_settings,
)

GIVEN = {
    "DATABASE_URL": "postgresql://who@db/grader",
    "REDIS_URL": "redis://broker/0",
    "GRADER_SECRET_KEY": "sixteen letters!",
}


@pytest.fixture(autouse=True)
def _only_what_a_test_sets(monkeypatch: pytest.MonkeyPatch) -> None:
    for settings in (Settings, Listening):
        for field in settings.model_fields.values():
            monkeypatch.delenv(str(field.validation_alias), raising=False)


def _set(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def test_three_settings_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN)
    settings = load()
    assert settings.redis_url == "redis://broker/0"
    assert settings.port == 8000


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_may_be_named_as_its_hosts_name_it(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    _set(monkeypatch, {"DATABASE_URL": f"{scheme}://who:%40@db:5433/grader?sslmode=require"})
    assert load_database().database_url == "postgresql+psycopg://who:%40@db:5433/grader?sslmode=require"


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {"DATABASE_URL": "sqlite://", "PORT": "99999", "GRADER_SECRET_KEY": "short"})
    with pytest.raises(SettingsError) as refused:
        load()
    assert refused.value.detail == (
        "DATABASE_URL must start with postgresql://; PORT must be 65535 or less; "
        "REDIS_URL is not set; GRADER_SECRET_KEY must have at least 16 characters"
    )


def test_a_wrong_value_is_not_repeated_for_it_may_be_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"DATABASE_URL": "mysql://root:hunter2@db"})
    with pytest.raises(SettingsError) as refused:
        load()
    assert "hunter2" not in refused.value.detail


def test_an_empty_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, {"DATABASE_URL": "", "PORT": ""})
    assert load_local().database_url is None
    assert load_local().port == 8000


def test_the_secret_key_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("a key of a file, with a line's end\n")
    _set(monkeypatch, GIVEN | {"GRADER_SECRET_KEY": "", "GRADER_SECRET_KEY_FILE": str(file)})
    assert load().secret_key.get_secret_value() == "a key of a file, with a line's end"


def test_a_key_beside_a_file_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"GRADER_SECRET_KEY_FILE": "/nowhere"})
    assert load().secret_key.get_secret_value() == GIVEN["GRADER_SECRET_KEY"]


def test_a_key_file_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"GRADER_SECRET_KEY": "", "GRADER_SECRET_KEY_FILE": "/nowhere"})
    with pytest.raises(SettingsError, match=r"GRADER_SECRET_KEY_FILE cannot be read: .*'/nowhere'"):
        load()


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"DATABASE_URL": "postgresql://who:hunter2@db/x", "REDIS_URL": "redis://:hunter2@b/0"})
    shown = repr(load())
    assert "hunter2" not in shown
    assert GIVEN["GRADER_SECRET_KEY"] not in shown


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"GRADER_HOST": "::", "PORT": "81"}, "http://127.0.0.1:81"),
        ({"GRADER_HOST": "::1"}, "http://[::1]:8000"),
        ({"GRADER_HOST": "[::1]"}, "http://[::1]:8000"),
        ({"GRADER_HOST": "localhost"}, "http://127.0.0.1:8000"),
        ({"GRADER_BASE_URL": "https://grader.example.org/"}, "https://grader.example.org"),
    ],
)
def test_the_address_is_one_that_a_browser_reaches(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], address: str
) -> None:
    _set(monkeypatch, environment)
    assert load_listening().address == address


NO_ADDRESS = "must be an IP address of this machine without a port, such as 127.0.0.1, or 0.0.0.0 for all of them"
MAIL = GIVEN | {"GRADER_BASE_URL": "https://g.example", "GRADER_MAIL_FROM": "nn-grader <no@g.example>"}


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtps://mail.example", "mail.example", 465, Security.TLS),
        ("smtp://mail.example", "mail.example", 587, Security.STARTTLS),
        ("smtp+plain://[::1]:2525", "::1", 2525, Security.NONE),
    ],
)
def test_a_mail_server_is_named_by_its_address(
    monkeypatch: pytest.MonkeyPatch, url: str, host: str, port: int, security: Security
) -> None:
    _set(monkeypatch, MAIL | {"GRADER_SMTP_URL": url})
    assert load().smtp == SmtpServer(host, port, security)


def test_the_password_of_the_mail_server_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss word\n")
    file = {"GRADER_SMTP_PASSWORD_FILE": str(tmp_path / "password")}
    for url, password in (("smtps://who@m", "p@ss word"), ("smtps://who:p%40ss@m", "p@ss"), ("smtps://m", "")):
        _set(monkeypatch, MAIL | file | {"GRADER_SMTP_URL": url})
        server = load().smtp
        assert server is not None
        assert server.password == password
        assert "ss" not in repr(server)
        assert "p%40ss" not in repr(load())


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"GRADER_SMTP_URL": "mail.example"}, "GRADER_SMTP_URL must start with smtps://"),
        ({"GRADER_SMTP_URL": "smtp://:x@"}, "GRADER_SMTP_URL must name a host"),
        ({"GRADER_SMTP_URL": "smtp://m:x"}, "GRADER_SMTP_URL must start with"),
        ({"GRADER_MAIL_FROM": "nobody"}, "GRADER_MAIL_FROM must be an e-mail address"),
        ({"GRADER_SMTP_URL": "smtp://m", "GRADER_MAIL_FROM": ""}, "GRADER_SMTP_URL needs GRADER_MAIL_FROM"),
        ({"GRADER_SMTP_URL": "smtp://m", "GRADER_BASE_URL": ""}, "GRADER_BASE_URL for the links"),
        (
            {"GRADER_SMTP_URL": "smtp://who@m", "GRADER_SMTP_PASSWORD_FILE": "/nowhere"},
            "GRADER_SMTP_PASSWORD_FILE cannot be read",
        ),
        ({"GRADER_OIDC_ISSUER": "https://login"}, "GRADER_OIDC_ISSUER needs GRADER_OIDC_CLIENT_ID"),
        ({"GRADER_OIDC_CLIENT_ID": "g"}, "GRADER_OIDC_CLIENT_ID needs GRADER_OIDC_ISSUER"),
        ({"GRADER_OIDC_CLIENT_SECRET": "s"}, "GRADER_OIDC_CLIENT_SECRET needs GRADER_OIDC_ISSUER"),
        (
            {
                "GRADER_OIDC_ISSUER": "https://login",
                "GRADER_OIDC_CLIENT_ID": "g",
                "GRADER_OIDC_CLIENT_SECRET_FILE": "/dev/null",
            },
            "GRADER_OIDC_CLIENT_SECRET_FILE names a file that is empty",
        ),
        ({"GRADER_OIDC_ISSUER": "http://login.example"}, "GRADER_OIDC_ISSUER must start with https://"),
        (
            {
                "GRADER_OIDC_ISSUER": "https://login",
                "GRADER_OIDC_CLIENT_ID": "g",
                "GRADER_OIDC_CLIENT_SECRET_FILE": "/nowhere",
            },
            "GRADER_OIDC_CLIENT_SECRET_FILE cannot be read",
        ),
    ],
)
def test_what_is_wrong_with_mails_and_issuers_is_said(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], said: str
) -> None:
    _set(monkeypatch, MAIL | wrong)
    with pytest.raises(SettingsError) as refused:
        load()
    assert said in refused.value.detail


def test_an_issuer_may_know_us_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"GRADER_OIDC_ISSUER": "https://login.example", "GRADER_OIDC_CLIENT_ID": "grader"})
    assert load().oidc_secret is None


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GRADER_SECURE_COOKIES", "maybe", "must be true or false"),
        ("GRADER_SESSION_DAYS", "two", "must be a whole number"),
        ("GRADER_SESSION_DAYS", "0", "must be 1 or more"),
        ("GRADER_SESSION_DAYS", "99999999999", "must be 3650 or less"),
        ("GRADER_SWEEP_SECONDS", "inf", "must be 3600 or less"),
        ("GRADER_SWEEP_SECONDS", "nan", "must be 3600 or less"),
        ("GRADER_LEASE_SECONDS", "0", "must be more than 0"),
        ("GRADER_LEASE_SECONDS", "soon", "must be a number"),
        ("GRADER_MAX_TRIES", "1.5", "must be a whole number"),
        ("GRADER_LOG_LEVEL", "loud", "must be 'debug', 'info', 'warning' or 'error'"),
        ("PORT", "http", "must be a whole number"),
        ("GRADER_HOST", "grader.example.org", NO_ADDRESS),
        ("GRADER_HOST", "127.0.0.1:8000", NO_ADDRESS),
        ("GRADER_HOST", "http://127.0.0.1", NO_ADDRESS),
    ],
)
def test_a_value_that_cannot_be_read_is_said_with_the_name_of_its_setting(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    _set(monkeypatch, GIVEN | {name: value})
    with pytest.raises(SettingsError) as refused:
        load()
    assert refused.value.detail == f"{name} {said}"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("GRADER_SECURE_COOKIE", "GRADER_SECURE_COOKIES"),
        ("GRADER_SECURECOOKIES", "GRADER_SECURE_COOKIES"),
        ("GRADER_TRUSTED_PROXY", "GRADER_TRUSTED_PROXIES"),
        ("GRADER_BASEURL", "GRADER_BASE_URL"),
        ("GRADER_OIDC_SECRET", "GRADER_OIDC_CLIENT_SECRET"),
        ("grader_max_try", "GRADER_MAX_TRIES"),
    ],
)
def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(name: str, meant: str) -> None:
    (said,) = unknown_settings({name: "true", **GIVEN})
    assert said == f"{name} is not a setting of nn-grader and has no effect; did you mean {meant}?"


def test_what_resembles_no_setting_is_named_and_every_setting_is_known() -> None:
    (said,) = unknown_settings({"GRADER_COLOUR": "green", "GRADER_TEST_CHROMIUM": "x", "HOME": "/"})
    assert said.startswith("GRADER_COLOUR is not a setting")
    names = {str(field.validation_alias) for field in (Settings.model_fields | Listening.model_fields).values()}
    assert unknown_settings(dict.fromkeys(names, "x")) == []


SAY = {
    "web": "import grader.web.wsgi",
    "worker and clock": "from worker.app import _log; _log()",
    "commands": "from grader.cli import main; main(['users', 'disable', 'x'], standalone_mode=False)",
    "migrations": "from grader.cli import main; main(['db', 'upgrade'], standalone_mode=False)",
    "make run": "from grader.cli import main; main(['up', '--var', '/dev/null/x'], standalone_mode=False)",
}


CALLED = {"commands": ["users", "disable", "x"], "migrations": ["db", "upgrade"], "make run": ["up"]}

MISSPELT = GIVEN | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "GRADER_SECURE_COOKIE": "true"}
UNREADABLE = GIVEN | {"DATABASE_URL": "mysql://x", "PORT": "x"}

START = """
import gc, json, os, sys
import grader.cli.db, grader.cli.users, grader.devserver.up, grader.web.app, worker.tasks

gc.freeze()  # else each case spends most of its time on collecting all this at its end
codes, (directory, cases) = [], json.load(sys.stdin)
for number, (environment, program) in enumerate(cases):
    if os.fork() == 0:
        break
    codes.append(os.waitstatus_to_exitcode(os.wait()[1]))
else:
    print(json.dumps(codes))
    sys.exit()
os.dup2(os.open(f"{directory}/{number}", os.O_CREAT | os.O_WRONLY), 2)
os.environ.clear()
os.environ.update(environment)
exec(program, {"__name__": "__main__"})
"""
"""Loads what the parts have in common once; each case then starts in a process of its own, and reads the settings."""


@dataclass(frozen=True)
class Started:
    """How the start of a part ended."""

    code: int
    said: str


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Started, Started]]:
    """Each part, started with a misspelt setting and with settings that cannot be read."""
    directory = tmp_path_factory.mktemp("started")
    run = "import runpy, sys; sys.argv[1:] = {}; runpy.run_module('grader.cli', run_name='__main__')"
    commands = {part: run.format(words) for part, words in CALLED.items()}
    cases = [case for part, say in SAY.items() for case in ((MISSPELT, say), (UNREADABLE, commands.get(part, say)))]
    told = json.dumps([str(directory), cases])
    done = subprocess.run([sys.executable, "-c", START], input=told, capture_output=True, check=True, text=True)
    codes = json.loads(done.stdout.splitlines()[-1])
    ends = [Started(code, (directory / str(number)).read_text("utf-8")) for number, code in enumerate(codes)]
    return dict(zip(SAY, zip(ends[::2], ends[1::2], strict=True), strict=True))


@pytest.mark.parametrize("part", SAY)
def test_every_part_names_a_misspelt_setting_at_its_start(
    part: str, started: dict[str, tuple[Started, Started]]
) -> None:
    misspelt, _ = started[part]
    assert misspelt.said.count("did you mean GRADER_SECURE_COOKIES?") == 1


@pytest.mark.parametrize("part", SAY)
def test_no_part_answers_a_value_that_it_cannot_read_with_a_traceback(
    part: str, started: dict[str, tuple[Started, Started]]
) -> None:
    _, unreadable = started[part]
    assert unreadable.code != 0
    assert "DATABASE_URL must start with postgresql://" in unreadable.said
    assert "Traceback" not in unreadable.said


@pytest.mark.parametrize("own_database", [True, False])
def test_what_is_meant_for_others_is_dropped_and_libpqs_only_for_a_database_of_ours(
    monkeypatch: pytest.MonkeyPatch, *, own_database: bool
) -> None:
    others = {"CELERY_BROKER_URL", "GRANIAN_PORT", "FLASK_DEBUG"}
    for name in (*others, "PGSERVICE", "GRADER_HOST"):
        monkeypatch.setenv(name, "elsewhere")
    forget_others(own_database=own_database)
    assert not others & set(os.environ)
    assert ("PGSERVICE" in os.environ) is not own_database
    assert os.environ["GRADER_HOST"] == "elsewhere"


def test_a_file_that_nobody_needs_need_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = {"GRADER_SMTP_PASSWORD_FILE": "/nowhere", "GRADER_OIDC_CLIENT_SECRET_FILE": "/nowhere"}
    _set(monkeypatch, MAIL | nowhere)
    assert load().smtp is None
    assert load().oidc_secret is None


def test_metrics_of_a_worker_need_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _set(monkeypatch, GIVEN | {"GRADER_WORKER_METRICS_PORT": "9464"})
    with pytest.raises(SettingsError, match="GRADER_WORKER_METRICS_PORT needs GRADER_METRICS_TOKEN"):
        load()
    file = tmp_path / "token"
    file.write_text("a token of a file\n")
    _set(monkeypatch, {"GRADER_METRICS_TOKEN_FILE": str(file)})
    token = load().metrics_token
    assert token is not None
    assert token.get_secret_value() == "a token of a file"


def test_traces_need_their_library(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, GIVEN | {"GRADER_TRACES_URL": "http://collector:4318/v1/traces"})
    assert load().traces_url == "http://collector:4318/v1/traces"
    monkeypatch.setattr("grader.settings.find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="GRADER_TRACES_URL needs OpenTelemetry"):
        load()


def test_a_password_in_a_file_is_for_the_replica_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("p@ss\n")
    replica = {"DATABASE_REPLICA_URL": "postgresql://who@copy/grader", "DATABASE_PASSWORD_FILE": str(file)}
    _set(monkeypatch, GIVEN | replica)
    assert load().database_replica_url == "postgresql+psycopg://who:p%40ss@copy/grader"
    _set(monkeypatch, {"DATABASE_REPLICA_URL": "postgresql://copy/grader"})
    with pytest.raises(SettingsError, match="DATABASE_REPLICA_URL must name the user"):
        load()
