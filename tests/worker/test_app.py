import json
import subprocess
import sys
from typing import Any

import pytest

from grader.adapters.queue import Tasks, make_redis

LOOK = """
import json, sys
from worker.app import app
app.loader.import_default_modules()
print(json.dumps({
    "tasks": sorted(name for name in app.tasks if not name.startswith("celery.")),
    "limits": [app.tasks[name].time_limit for name in app.tasks if not name.startswith("celery.")],
    "schedule": {name: [entry["task"], entry["options"]] for name, entry in app.conf.beat_schedule.items()},
    "watched": sorted(app.amqp.queues.consume_from),
    "start_seconds": app.conf.worker_proc_alive_timeout,
    "concurrency": app.conf.worker_concurrency,
    "web": sorted({"flask", "grader.web", "granian"} & set(sys.modules)),
}))
"""


@pytest.fixture(scope="module")
def seen() -> Any:
    """What a fresh worker process has; nothing is connected yet."""
    environment = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "GRADER_SECRET_KEY": "a secret of the tests alone",
    }
    told = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, check=True, text=True)
    return json.loads(told.stdout)


def test_every_named_task_is_registered_and_no_other(seen: Any) -> None:
    assert seen["tasks"] == sorted(Tasks)


def test_every_scheduled_task_exists_and_its_queue_is_watched(seen: Any) -> None:
    assert set(seen["schedule"]) == {"sweep", "regrade", "mail", "tidy"}
    for task, options in seen["schedule"].values():
        assert task in seen["tasks"]
        assert options["queue"] in seen["watched"]


def test_no_task_depends_on_machines_whose_clocks_agree(seen: Any) -> None:
    """A worker would compare the time at which a message expires with its own clock."""
    assert all("expires" not in options for _, options in seen["schedule"].values())


BEAT = """
from dataclasses import replace
import worker.app
worker.app.SWEEPING = replace(worker.app.SWEEPING, pending_seconds=3600)  # however slow this machine is
worker.app.REGRADING = replace(worker.app.REGRADING, pending_seconds=3600)
worker.app.MAILING = replace(worker.app.MAILING, pending_seconds=3600)
clock = worker.app.Clock(worker.app.app, lazy=True)
clock.setup_schedule()
for entry in [clock.schedule[name] for name in ("sweep", "regrade", "mail")] * 3:
    clock.apply_entry(entry)
"""


def test_what_nobody_took_does_not_pile_up(redis_url: str) -> None:
    environment = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": redis_url,
        "GRADER_SECRET_KEY": "a secret of the tests alone",
    }
    subprocess.run([sys.executable, "-c", BEAT], env=environment, check=True)
    with make_redis(redis_url) as broker:
        assert (broker.llen("interactive"), broker.llen("bulk")) == (2, 1)


def test_what_takes_long_waits_in_a_queue_of_its_own(seen: Any) -> None:
    assert seen["schedule"]["regrade"][1]["queue"] == "bulk"
    assert seen["schedule"]["sweep"][1]["queue"] == "interactive"
    assert seen["watched"] == ["bulk", "interactive"]


def test_a_process_of_the_pool_may_take_long_to_start(seen: Any) -> None:
    assert seen["start_seconds"] >= 600


def test_every_task_has_an_end(seen: Any) -> None:
    assert all(limit > 30 for limit in seen["limits"])


def test_the_worker_has_no_web(seen: Any) -> None:
    assert seen["web"] == []


def test_two_processes_work_unless_told_otherwise(seen: Any) -> None:
    assert seen["concurrency"] == 2
