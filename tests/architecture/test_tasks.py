"""Every task that is sent has somebody who hears it."""

from grader.queue import QUEUE, Tasks, make_celery
from grader.services.desk import GradeLimits
from worker.tasks import register


def test_every_task_name_is_registered() -> None:
    with make_celery("redis://127.0.0.1:1/0") as celery:
        register(celery, GradeLimits())
        assert {task.value for task in Tasks} <= set(celery.tasks)


def test_a_worker_watches_the_queue_that_messages_go_to() -> None:
    with make_celery("redis://127.0.0.1:1/0") as celery:
        assert set(celery.amqp.queues) == {QUEUE}
        for task in Tasks:
            assert celery.amqp.router.route({}, task.value)["queue"].name == QUEUE
