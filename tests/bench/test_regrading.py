from bench.class_of_many import Size, make_class
from bench.pipelines.sheets import SLUG
from bench.regrading import Regraded, regrade
from grader.catalog.load import Catalog
from grader.store.database import Sessions


def test_the_regrade_that_is_measured_judges_every_submission_and_is_applied(
    sessions: Sessions, catalog: Catalog
) -> None:
    made = make_class(sessions, catalog.find(SLUG), Size(2, 6))
    assert regrade(sessions, made) == 6


def test_what_counts_is_the_time_of_one_submission_however_many_there_were() -> None:
    assert Regraded(seconds=4.0, cpu=3.0, submissions=2000, megabytes=150.0).each == 0.002
