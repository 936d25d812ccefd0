"""A person's own account, and what administrators do with everybody's."""

from grader.web.auth import Access
from grader.web.pages.accounts import account, administration, audit, elsewhere, forgot, password, people, sessions
from grader.web.pages.route import Route

ROUTES = (
    Route("/forgot", forgot.forgot, access=Access.ANYONE),
    Route("/forgot", forgot.ask_link, "POST", access=Access.ANYONE),
    Route("/sign-in/openid", elsewhere.leave, access=Access.ANYONE),
    Route("/sign-in/openid/back", elsewhere.come_back, access=Access.ANYONE),
    Route("/account", account.account),
    Route("/account", account.save_account, "POST"),
    Route("/account/password", password.password),
    Route("/account/password", password.set_password, "POST"),
    Route("/account/sessions/<int:session_id>/end", sessions.end_session, "POST"),
    Route("/account/sessions/end-others", sessions.end_other_sessions, "POST"),
    Route("/account/tokens/<int:token_id>/revoke", sessions.revoke_token, "POST"),
    Route("/admin/people", people.everybody, access=Access.ADMINISTRATOR),
    Route("/admin/people", people.create_person, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>", people.somebody, access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/role", administration.change_role, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/disable", administration.disable, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/enable", administration.enable, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/link", administration.make_link, "POST", access=Access.ADMINISTRATOR),
    Route(
        "/admin/requests/<int:request_id>/answer", administration.answer_request, "POST", access=Access.ADMINISTRATOR
    ),
    Route("/admin/audit", audit.audit, access=Access.ADMINISTRATOR),
    Route("/courses/<int:course_id>/audit", audit.course_audit, access=Access.COURSE_INSTRUCTOR),
)
