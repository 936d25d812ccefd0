"""A link for who forgot the password: asked for on a page, sent by a real worker through a real mail server."""

from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient

from grader.adapters.queue import MAILING, Notifier, make_notifier
from grader.catalog.load import load_catalog
from grader.devserver import up
from grader.devserver.processes import Processes
from grader.services.accounts.registration import Person, register
from grader.settings import Settings
from grader.store.database import Sessions
from grader.web.app import create_app
from grader.web.dependencies import WebServices
from tests.fixtures.machine import CHECKOUT
from tests.fixtures.smtp import MailServer
from tests.fixtures.worker import wait_until_ready

BASE = "https://grader.example"


def test_who_asks_gets_a_mail_whose_link_leads_to_a_password(
    sessions: Sessions,
    worker_environment: dict[str, str],
    mail_server: MailServer,
    processes: Processes,
    tmp_path: Path,
) -> None:
    wake = make_notifier(worker_environment["REDIS_URL"], MAILING)
    services = _services(worker_environment, sessions, wake)
    register(sessions, Person("an@example.org", "An"), services.clock())
    url = f"smtp+plain://localhost:{mail_server.port}"
    mail = {"GRADER_SMTP_URL": url, "GRADER_MAIL_FROM": "no@grader.example", "GRADER_BASE_URL": BASE}
    worker = processes.start(up.worker_service(worker_environment | mail, tmp_path / "log"))
    wait_until_ready(processes, worker)

    client: FlaskClient = create_app(services).test_client()
    asked = client.post("/forgot", data={"email": "an@example.org"}, headers={"Accept-Language": "vi"})
    assert asked.status_code == 200
    processes.wait_until(lambda: bool(mail_server.emails), worker)

    (email,) = mail_server.emails
    assert (email["To"], email["Subject"]) == ("an@example.org", "Liên kết của bạn tới nn-grader")
    link = next(line.strip() for line in email.get_content().splitlines() if line.startswith(BASE))
    assert client.post(link.removeprefix(BASE)).location == "/account/password"
    wake.redis.close()
    wake.celery.close()


def _services(environment: dict[str, str], sessions: Sessions, wake: Notifier) -> WebServices:
    settings = Settings.model_validate(
        {name: environment[name] for name in ("DATABASE_URL", "REDIS_URL", "GRADER_SECRET_KEY")}
    )
    catalog = load_catalog(CHECKOUT / "exercises")
    return WebServices(settings, sessions, catalog, lambda: None, lambda: datetime.now(UTC), wake_mail=wake)
