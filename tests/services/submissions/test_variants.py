from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import func, select

from grader.catalog.load import LoadedExercise, load_catalog, load_revision
from grader.judging.variants import fit, lively
from grader.services.accounts.registration import Person, register
from grader.services.errors import ForeignLearner
from grader.services.submissions.learners import LearnerKey
from grader.services.submissions.variants import SEED_BITS, LearnerVariant, seed_of, values_of_seed, variant_for
from grader.store.database import Sessions, connect
from grader.store.submission_tables import Variant
from tests.fixtures.course import Clock
from tests.fixtures.varied import EXERCISES, SECRET, SLUG

RANGE_OF_X1 = "x1 = { from = 0.1, to = 0.9, step = 0.05 }"


def test_given_values_are_drawn_once_and_stay(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    first = _own(sessions, varied, learner, clock)
    again = variant_for(sessions, varied, learner, "another secret than before", clock.advance(60))
    assert again == first
    assert first.givens != {given.name: given.value for given in varied.exercise.givens}
    assert first.redrawn_at is None
    assert _stored(sessions) == 1


def test_what_was_drawn_outlives_a_restart(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock, database_url: str
) -> None:
    before = _own(sessions, varied, learner, clock)
    restarted = connect(database_url)
    assert _own(restarted, load_catalog(EXERCISES).find(SLUG), learner, clock) == before
    restarted.kw["bind"].dispose()


def test_learners_differ_and_every_variant_meets_the_conditions(
    sessions: Sessions, varied: LoadedExercise, web: int, clock: Clock
) -> None:
    drawn = [_own(sessions, varied, LearnerKey(web, f"s{number}"), clock) for number in range(12)]
    assert len({tuple(own.givens.items()) for own in drawn}) == 12
    vary = varied.exercise.vary
    assert vary is not None
    for own in drawn:
        columns = {name: np.array([value]) for name, value in own.givens.items()}
        values = varied.exercise.graph.evaluate(columns)
        assert fit(varied.exercise, vary, values, 1).all()
        assert lively(varied.exercise, values, 1).all()


def test_two_first_looks_at_once_see_the_same(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: _own(sessions, varied, learner, clock), range(24)))
    assert all(own == drawn[0] for own in drawn)
    assert _stored(sessions) == 1


def test_nothing_is_drawn_or_stored_where_nothing_varies(
    sessions: Sessions, published: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    assert variant_for(sessions, published, learner, SECRET, clock()) is None
    assert values_of_seed(published, 7) is None
    assert _stored(sessions) == 0


def test_a_revision_keeps_what_was_drawn_and_corrects_what_was_not(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    before = _own(sessions, varied, learner, clock)
    revised = _revised(varied, {"b1 = 0.1": "b1 = 0.2", RANGE_OF_X1: "x1 = { choices = [0.33] }"})
    after = _own(sessions, revised, learner, clock)
    assert after == replace(before, givens={**before.givens, "b1": 0.2})


def test_a_value_that_is_drawn_no_more_is_the_printed_one(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    before = _own(sessions, varied, learner, clock)
    after = _own(sessions, _revised(varied, {RANGE_OF_X1: ""}), learner, clock)
    assert after == replace(before, givens={**before.givens, "x1": 0.4})


def test_values_that_no_longer_fit_are_drawn_anew_once_and_that_is_told(
    sessions: Sessions, varied: LoadedExercise, learner: LearnerKey, clock: Clock
) -> None:
    _own(sessions, varied, learner, clock)
    renamed = _revised(varied, {"x2": "z2"})
    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: _own(sessions, renamed, learner, clock), range(8))
    assert set(first.givens) == {given.name for given in renamed.exercise.givens}
    assert first.redrawn_at == clock()
    clock.advance(60)
    assert all(own == first for own in [*others, _own(sessions, renamed, learner, clock)])
    assert _stored(sessions) == 1


def test_another_users_learner_is_given_nothing(
    sessions: Sessions, varied: LoadedExercise, web: int, clock: Clock
) -> None:
    owner, stranger = (register(sessions, Person(f"{name}@example.org", name), clock()) for name in ("an", "binh"))
    _own(sessions, varied, LearnerKey(web, "an@example.org", owner), clock)
    with pytest.raises(ForeignLearner):
        _own(sessions, varied, LearnerKey(web, "an@example.org", stranger), clock)


@pytest.mark.parametrize(
    ("secret", "slug", "learner"),
    [
        ("another secret", "a", LearnerKey(1, "x")),
        (SECRET, "b", LearnerKey(1, "x")),
        (SECRET, "a", LearnerKey(2, "x")),
        (SECRET, "a", LearnerKey(1, "y")),
        (SECRET, "a", LearnerKey(11, "x")),
    ],
)
def test_a_seed_is_of_one_server_one_exercise_and_one_learner(secret: str, slug: str, learner: LearnerKey) -> None:
    seed = seed_of(SECRET, "a", LearnerKey(1, "x"))
    assert seed == seed_of(SECRET, "a", LearnerKey(1, "x", user_id=3))
    assert seed != seed_of(secret, slug, learner)
    assert 0 <= seed < 2**SEED_BITS


def test_a_chosen_seed_gives_the_same_values_always(varied: LoadedExercise) -> None:
    chosen = values_of_seed(varied, 7)
    assert chosen == values_of_seed(varied, 7) != values_of_seed(varied, 8)
    assert values_of_seed(varied, 2**SEED_BITS - 1) is not None


def _own(sessions: Sessions, published: LoadedExercise, learner: LearnerKey, clock: Clock) -> LearnerVariant:
    own = variant_for(sessions, published, learner, SECRET, clock())
    assert own is not None
    return own


def _revised(published: LoadedExercise, changes: Mapping[str, str]) -> LoadedExercise:
    text = published.source["exercise.toml"]
    for former, new in changes.items():
        assert former in text
        text = text.replace(former, new)
    return load_revision(published.slug, {"exercise.toml": text})


def _stored(sessions: Sessions) -> int:
    with sessions() as session:
        return session.scalars(select(func.count()).select_from(Variant)).one()
