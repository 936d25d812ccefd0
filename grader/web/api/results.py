from flask import request

from grader.services.principal import Principal, Scope
from grader.services.results import changed_since
from grader.web.api.learner import refuse_other_learner
from grader.web.api.operation import Reply, operation
from grader.web.api.paging import link_next
from grader.web.api.result_schema import ResultOut, ResultPage, ResultsAsked
from grader.web.wiring import web_services


@operation("GET", "/results", scope=Scope.RESULTS, sends=("Link",))
def list_results(caller: Principal, query: ResultsAsked) -> Reply[ResultPage]:
    """List the best result of each learner at each exercise, in the order in which they changed.

    Ask again with `updated_since` as the newest `updated_at` that you have seen. Results from a little before it come
    once more, so that none is missed.
    """
    if caller.learner_ref is not None:
        raise refuse_other_learner()
    with web_services().sessions() as session:
        page = changed_since(session, query.updated_since, query.cursor, query.limit, caller.client_id)
    items = [ResultOut.model_validate(result) for result in page.items]
    return Reply(ResultPage(items=items, next=page.next), link_next(request, page.next))
