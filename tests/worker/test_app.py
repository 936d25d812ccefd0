import json
import subprocess
import sys
from typing import Any

import pytest

from grader.adapters.queue import Tasks

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
    reported = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, check=True, text=True)
    return json.loads(reported.stdout)


def test_every_named_task_is_registered_and_no_other(seen: Any) -> None:
    assert seen["tasks"] == sorted(Tasks)


def test_every_scheduled_task_exists_and_its_queue_is_watched(seen: Any) -> None:
    assert set(seen["schedule"]) == {"sweep", "regrade", "mail", "tidy"}
    for task, options in seen["schedule"].values():
        assert task in seen["tasks"]
        assert options["queue"] in seen["watched"]


def test_sweeps_that_nobody_took_do_not_pile_up(seen: Any) -> None:
    assert [seen["schedule"][name][1]["expires"] for name in ("sweep", "regrade")] == [5, 5]


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
