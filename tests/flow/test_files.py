"""Hostile files among good ones, before a real worker: it lives, and everybody's turn comes."""

import hashlib
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select

from grader.catalog.load import Catalog
from grader.judging.answers import Entry
from grader.services.submissions.learners import LearnerKey
from grader.store.submission_tables import Failure, Grading
from tests.fixtures.submitting import submit_for
from tests.flow.conftest import Grader

WEIGHTS = Path(__file__).parents[1] / "fixtures" / "weights"


def bomb() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("w.npy", bytes(512 << 20))
    return archive.getvalue()


def objects() -> bytes:
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=True, w=np.array([object], dtype=object))
    return archive.getvalue()


def test_a_worker_lives_through_hostile_files_and_grades_what_comes_next(grader: Grader, catalog: Catalog) -> None:
    worker = grader.start_worker()
    nested = b'{"w": ' + b"[" * (1 << 20)
    lying = (1 << 30).to_bytes(8, "little") + b"{}"
    good = [WEIGHTS / f"moons.{suffix}" for suffix in ("pt", "safetensors", "keras", "weights.h5", "npz", "json")]
    files = [bomb(), objects(), nested, lying, (WEIGHTS / "moons-whole-model.pt").read_bytes()]
    files = [content for pair in zip(files, [path.read_bytes() for path in good], strict=False) for content in pair]
    files += [good[-1].read_bytes()]
    learner = LearnerKey(grader.course.client, "an@example.org")
    for content in files:
        sha256 = hashlib.sha256(content).hexdigest()
        entries = {"weights": Entry("moons", file=sha256)}
        submit_for(
            grader.sessions,
            catalog.find("dense-two-moons"),
            learner,
            entries,
            datetime.now(UTC),
            contents={sha256: content},
        )
        grader.wake()
    grader.send(1)
    done = grader.until(lambda count: count.graded + count.failed == len(files) + 1)
    assert (done.waiting, done.failed) == (0, 5)
    assert worker.process.poll() is None
    with grader.sessions() as session:
        given = session.scalars(select(Grading.given).where(Grading.max == 10.0)).all()
        unusable = session.scalars(select(Failure.unusable_file)).all()
    assert sorted(given) == [10.0] * 6
    assert len(unusable) == 5
    assert None not in unusable
