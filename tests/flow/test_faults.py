"""The grader heals by itself: real processes, killed and robbed of what the broker held."""

from concurrent.futures import ThreadPoolExecutor

from grader.devserver.processes import Supervisor
from grader.judging.answers import Entry
from tests.fixtures import poison
from tests.flow.conftest import Broker, Count, Grader

MANY = 500
POISONED = "tests.fixtures.poisoned_worker"


def test_500_submissions_survive_kills_and_a_flushed_broker(grader: Grader) -> None:
    """Each is graded once, by itself: nothing is sent again."""
    worker, _ = grader.start_worker(), grader.start_clock()
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(grader.send_many, MANY)
        grader.until(lambda count: count.graded > 0)
        grader.wake.redis.flushall()
        grader.until(lambda count: count.graded > MANY // 5)
        grader.kill(worker)
        worker = grader.start_worker()
        sending.result()
    grader.wake.redis.flushall()
    grader.kill(worker)
    grader.start_worker()
    done = grader.until(lambda count: count.waiting == 0)
    assert done == Count(gradings=MANY, graded=MANY, waiting=0, failed=0)


def test_a_flushed_broker_delays_nobody_who_comes_later(grader: Grader) -> None:
    """Wake-ups get through at once again, without the clock."""
    grader.start_worker()
    grader.send(1)
    grader.until(lambda count: count.graded == 1)
    grader.wake.redis.flushall()
    grader.send(2)
    grader.until(lambda count: count.graded == 2)  # no clock runs: only the wake-up can bring it


def test_a_broker_that_was_killed_is_found_again(grader: Grader, broker: Broker) -> None:
    """Submissions sent during the outage are stored, and graded when the broker is back.

    A worker that loses its broker finds it again, or ends and is started again, as everywhere where it is run: Celery's
    connection may break in the middle of closing, and that ends the process.
    """
    supervisor = Supervisor(grader.processes, print)
    supervisor.watch(grader.start_worker())
    supervisor.watch(grader.start_clock())
    grader.send(1)
    grader.until(lambda count: count.graded == 1)
    broker.kill()
    grader.send_many(40)
    broker.start_again()

    def all_graded(count: Count) -> bool:
        supervisor.tend()
        return count == Count(41, 41, 0, 0)

    grader.until(all_graded)


def test_what_was_submitted_without_a_broker_is_found_by_the_clock(grader: Grader) -> None:
    grader.wake._resting_until = float("inf")
    grader.send_many(50)
    grader.start_worker()
    grader.start_clock()
    grader.until(lambda count: count == Count(50, 50, 0, 0))


def test_a_submission_that_kills_its_worker_is_set_aside_and_its_neighbours_are_graded(grader: Grader) -> None:
    grader.wake._resting_until = float("inf")  # all are to come in one batch
    for number in range(30):
        grader.send(number)
    grader.send(30, {poison.FIELD: Entry(poison.KILLS)})
    grader.start_worker(app=POISONED)
    grader.start_clock()
    done = grader.until(lambda count: count.waiting == 0)
    assert done == Count(gradings=30, graded=30, waiting=0, failed=1)


def test_neighbours_of_what_kills_a_worker_wait_for_no_lease_and_no_clock(grader: Grader) -> None:
    grader.environment["GRADER_LEASE_SECONDS"] = "120"
    grader.wake._resting_until = float("inf")  # all are to come in one batch
    for number in range(20):
        grader.send(number)
    grader.send(20, {poison.FIELD: Entry(poison.KILLS)})
    for number in range(21, 39):
        grader.send(number)
    grader.wake._resting_until = 0
    grader.start_worker(app=POISONED)
    grader.send(39)
    done = grader.until(lambda count: count.graded == 39)
    assert done == Count(gradings=39, graded=39, waiting=1, failed=0)


def test_what_a_worker_held_that_was_killed_as_a_whole_waits_for_no_lease(grader: Grader) -> None:
    """A batch whose judging hangs is held when every process of its worker is killed; the next one knows that."""
    grader.environment["GRADER_LEASE_SECONDS"] = "3600"
    grader.wake._resting_until = float("inf")  # all are to come in one batch
    for number in range(20):
        grader.send(number)
    grader.send(20, {poison.FIELD: Entry(poison.HANGS)})
    held = grader.start_worker(app=POISONED)
    grader.until(lambda _: grader.held() == 21)
    grader.kill(held)
    grader.start_worker()
    grader.until(lambda count: count == Count(21, 21, 0, 0))


def test_two_workers_grade_each_submission_once(grader: Grader) -> None:
    grader.start_worker()
    grader.start_worker()
    grader.start_clock()
    grader.send_many(200)
    done = grader.until(lambda count: count.waiting == 0)
    assert done == Count(200, 200, 0, 0)
