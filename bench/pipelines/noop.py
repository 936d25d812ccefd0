"""The floor: a Celery task that does nothing but say that it ran; `celery --app bench.pipelines.noop:tasks worker`."""

import os
from functools import cache

from celery import Celery
from redis import Redis

tasks = Celery(broker=os.environ["BENCH_BROKER"])
tasks.conf.update(task_ignore_result=True, task_default_queue="noop")


@cache
def broker() -> "Redis":
    """Return this process's connection to the broker."""
    return Redis.from_url(os.environ["BENCH_BROKER"])


@tasks.task(name="noop.run")
def run(key: str) -> None:
    """Say that it ran, in a list of the broker: a result backend would cost more."""
    broker().rpush(key, 1)
