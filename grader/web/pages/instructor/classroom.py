"""The class that a page is about: read once for each version of it, kept for those who ask again."""

from dataclasses import dataclass

from grader.catalog.load import Published
from grader.services.analyse import Analysis, analyse
from grader.services.analysis.work import Which
from grader.services.assignment import Assignment, find_assignment
from grader.services.classwork import Classwork, read_class, version
from grader.services.exercises import Revisions
from grader.services.membership import Membership
from grader.web.auth import membership
from grader.web.wiring import web_services


@dataclass(frozen=True, slots=True)
class Classroom:
    """An assignment as those who teach its course see it; `version` changes with anything that they see."""

    assignment: Assignment
    membership: Membership
    published: Published
    version: str

    def read(self) -> Classwork:
        """Give all that the class has done."""
        kept = web_services().classes.find(self.assignment.id)
        if kept is not None and kept.reading.version == self.version:
            return kept
        return web_services().classes.keep(self.assignment.id, self._read(kept))

    def analysis(self, which: Which) -> Analysis:
        """Give the figures."""
        return web_services().analyses.get((self.version, which), lambda: analyse(self.read(), which))

    def _read(self, before: Classwork | None) -> Classwork:
        services = web_services()
        with services.sessions() as session:
            revisions = Revisions(services.catalog, services.sessions)
            return read_class(session, (self.assignment, self.published), revisions, self.version, before)


def classroom(assignment_id: int) -> Classroom:
    """Find an assignment on a page that the guard has opened for those who teach its course."""
    services = web_services()
    with services.sessions() as session:
        assignment = find_assignment(session, assignment_id)
        published = services.catalog.find(assignment.slug)
        return Classroom(assignment, membership(), published, version(session, assignment, published))
