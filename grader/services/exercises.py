from dataclasses import dataclass, field

from grader.catalog.load import Catalog, Published, load_revision
from grader.checking.errors import UnknownExercise
from grader.store import revisions
from grader.store.engine import Sessions


@dataclass(frozen=True, slots=True)
class Revisions:
    """Exercises as they were when somebody answered them: from the catalog, or rebuilt from what was stored."""

    catalog: Catalog
    sessions: Sessions
    _rebuilt: dict[str, Published] = field(default_factory=dict)

    def find(self, slug: str, revision: str) -> Published:
        """Return the exercise of this revision.

        Raises:
            ExerciseErrors: it was stored in a format that this version doesn't read.
        """
        try:
            served = self.catalog.find(slug)
        except UnknownExercise:
            return self._stored(slug, revision)
        return served if served.revision == revision else self._stored(slug, revision)

    def _stored(self, slug: str, revision: str) -> Published:
        if revision not in self._rebuilt:
            with self.sessions() as session:
                source = revisions.source_of(session, revision)
            self._rebuilt[revision] = load_revision(slug, source)
        return self._rebuilt[revision]
