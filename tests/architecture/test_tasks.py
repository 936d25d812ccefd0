"""Every task that is sent is registered, and a worker watches its queue."""

from grader.adapters.queue import BULK, GRADING, QUEUE, REGRADING, Tasks, make_celery
from grader.services.grading.context import GradeLimits
from worker.tasks import register


def test_every_task_name_is_registered() -> None:
    with make_celery("redis://127.0.0.1:1/0") as celery:
        register(celery, GradeLimits())
        assert {task.value for task in Tasks} <= set(celery.tasks)


def test_a_worker_watches_every_queue_that_messages_go_to_what_people_wait_for_first() -> None:
    with make_celery("redis://127.0.0.1:1/0") as celery:
        assert list(celery.amqp.queues) == [QUEUE, BULK]
        assert {errand.queue for errand in (GRADING, REGRADING)} <= set(celery.amqp.queues)
        assert celery.conf.broker_transport_options["queue_order_strategy"] == "priority"
        for task in Tasks:
            assert celery.amqp.router.route({}, task.value)["queue"].name == QUEUE
        for queue in (QUEUE, BULK):
            assert celery.amqp.router.route({"queue": queue}, "any")["queue"].name == queue
