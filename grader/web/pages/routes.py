"""Every page: its path, its view, and who may open it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from grader.web.auth import Access
from grader.web.pages import layout
from grader.web.pages.accounts import account, administration, audit_log, personal_data, sign_in
from grader.web.pages.courses import assignment_form, courses, extensions, people
from grader.web.pages.instructor import (
    assignment_dashboard,
    exercise_stats,
    gradebook,
    preview,
    student,
    submission_list,
)
from grader.web.pages.regrades import regrades
from grader.web.pages.student import assignment, drafts, practice, submissions


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table of pages: path, view, and who may open it, which every row has to say."""

    rule: str
    view: Callable[..., Any]
    method: str = "GET"
    access: Access = field(kw_only=True)

    @property
    def name(self) -> str:
        """The endpoint name for templates."""
        return self.view.__name__


COURSE, ASSIGNMENT = "/courses/<int:course_id>", "/assignments/<int:assignment_id>"
SIGNED_IN, MEMBER, STAFF, INSTRUCTOR = Access.SIGNED_IN, Access.MEMBER, Access.STAFF, Access.COURSE_INSTRUCTOR

COURSE_ROUTES = (
    Route("/", courses.home, access=SIGNED_IN),
    Route("/messages/<int:message_id>/away", courses.put_message_away, "POST", access=SIGNED_IN),
    Route("/courses", courses.courses, access=SIGNED_IN),
    Route("/courses/new", courses.new_course, access=Access.SITE_INSTRUCTOR),
    Route("/courses/new", courses.create_course, "POST", access=Access.SITE_INSTRUCTOR),
    Route("/courses/join", courses.joining, access=SIGNED_IN),
    Route("/courses/join", courses.join_course, "POST", access=SIGNED_IN),
    Route(COURSE, courses.course, access=MEMBER),
    Route(f"{COURSE}/settings", courses.course_settings, access=INSTRUCTOR),
    Route(f"{COURSE}/settings", courses.change_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/code", courses.renew_code, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/code/off", courses.drop_code, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/archive", courses.archive_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/restore", courses.restore_course, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people", people.people, access=STAFF),
    Route(f"{COURSE}/people/<int:user_id>", people.member, access=STAFF),
    Route(f"{COURSE}/people/<int:user_id>", people.change_member, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/<int:user_id>/remove", people.drop_member, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/import", people.bring_people, access=INSTRUCTOR),
    Route(f"{COURSE}/people/import", people.preview_people, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/people/import/confirm", people.import_people, "POST", access=INSTRUCTOR),
    Route(f"{COURSE}/assignments/new", assignment_form.new_assignment, access=INSTRUCTOR),
    Route(f"{COURSE}/assignments/new", assignment_form.create_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/edit", assignment_form.edit_assignment, access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/edit", assignment_form.change_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/allowances", extensions.allowances, access=STAFF),
    Route(f"{ASSIGNMENT}/allowances", extensions.give_allowance, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/allowances/<int:user_id>/withdraw", extensions.withdraw, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/archive", assignment_form.archive_assignment, "POST", access=INSTRUCTOR),
    Route(f"{ASSIGNMENT}/restore", assignment_form.restore_assignment, "POST", access=INSTRUCTOR),
)


STUDENT_AT = f"{ASSIGNMENT}/students/<int:user_id>"

INSTRUCTOR_ROUTES = (
    Route("/instructor", exercise_stats.instructor, access=Access.SITE_INSTRUCTOR),
    Route("/instructor/exercises/<slug>", exercise_stats.dashboard, access=Access.SITE_INSTRUCTOR),
    Route("/instructor/exercises/<slug>/submissions.csv", exercise_stats.export, access=Access.SITE_INSTRUCTOR),
    Route(f"{ASSIGNMENT}/dashboard", assignment_dashboard.assignment_dashboard, access=Access.STAFF),
    Route(f"{ASSIGNMENT}/submissions", submission_list.assignment_submissions, access=Access.STAFF),
    Route("/courses/<int:course_id>/grid", gradebook.course_grid, access=Access.STAFF),
    Route(STUDENT_AT, student.assignment_student, access=Access.STAFF),
    Route(f"{STUDENT_AT}/mark", student.set_mark, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT_AT}/mark/restore", student.restore_mark, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT_AT}/allowance", student.allow_student, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT_AT}/allowance/withdraw", student.allow_no_more, "POST", access=Access.COURSE_INSTRUCTOR),
    Route(f"{STUDENT_AT}/message", student.write_to_student, "POST", access=Access.STAFF),
)


REGRADES = f"{ASSIGNMENT}/regrades"
REGRADE = f"{REGRADES}/<int:regrade_id>"

REGRADE_ROUTES = (
    Route(REGRADES, regrades.regrades, access=STAFF),
    Route(REGRADES, regrades.propose_regrade, "POST", access=INSTRUCTOR),
    Route(REGRADE, regrades.regrade, access=STAFF),
    Route(f"{REGRADE}/apply", regrades.apply_regrade, "POST", access=INSTRUCTOR),
    Route(f"{REGRADE}/roll-back", regrades.roll_back_regrade, "POST", access=INSTRUCTOR),
    Route(f"{REGRADE}/discard", regrades.discard_regrade, "POST", access=INSTRUCTOR),
)


EXPORT_ROUTES = (
    Route("/courses/<int:course_id>/export", gradebook.exports, access=Access.STAFF),
    Route("/courses/<int:course_id>/export/<kind>", gradebook.export_course, access=Access.STAFF),
    Route("/assignments/<int:assignment_id>/export/<kind>", gradebook.export_assignment, access=Access.STAFF),
)


SOMEBODY, ADMINISTRATOR = "/admin/people/<int:user_id>", Access.ADMINISTRATOR

PERSONAL_DATA_ROUTES = (
    Route("/account/data", personal_data.own_data, access=SIGNED_IN),
    Route(f"{SOMEBODY}/data", personal_data.data_of_person, access=ADMINISTRATOR),
    Route(f"{SOMEBODY}/erase", personal_data.confirm_erasure, access=ADMINISTRATOR),
    Route(f"{SOMEBODY}/erase", personal_data.erase_data, "POST", access=ADMINISTRATOR),
    Route(
        "/courses/<int:course_id>/people/<int:user_id>/data",
        personal_data.data_of_student,
        access=Access.COURSE_INSTRUCTOR,
    ),
)


ACCOUNT_ROUTES = (
    Route("/forgot", sign_in.forgot, access=Access.ANYONE),
    Route("/forgot", sign_in.ask_link, "POST", access=Access.ANYONE),
    Route("/sign-in/openid", sign_in.leave, access=Access.ANYONE),
    Route("/sign-in/openid/back", sign_in.come_back, access=Access.ANYONE),
    Route("/account", account.account, access=SIGNED_IN),
    Route("/account", account.save_account, "POST", access=SIGNED_IN),
    Route("/account/password", account.password, access=SIGNED_IN),
    Route("/account/password", account.set_password, "POST", access=SIGNED_IN),
    Route("/account/sessions/<int:session_id>/end", account.end_session, "POST", access=SIGNED_IN),
    Route("/account/sessions/end-others", account.end_other_sessions, "POST", access=SIGNED_IN),
    Route("/account/tokens/<int:token_id>/revoke", account.revoke_token, "POST", access=SIGNED_IN),
    Route("/admin/people", administration.everybody, access=Access.ADMINISTRATOR),
    Route("/admin/people", administration.create_person, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>", administration.somebody, access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/role", administration.change_role, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/disable", administration.disable, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/enable", administration.enable, "POST", access=Access.ADMINISTRATOR),
    Route("/admin/people/<int:user_id>/link", administration.make_link, "POST", access=Access.ADMINISTRATOR),
    Route(
        "/admin/requests/<int:request_id>/answer", administration.answer_request, "POST", access=Access.ADMINISTRATOR
    ),
    Route("/admin/audit", audit_log.audit, access=Access.ADMINISTRATOR),
    Route("/courses/<int:course_id>/audit", audit_log.course_audit, access=Access.COURSE_INSTRUCTOR),
)


ROUTES = (
    Route("/assets/<version>/<name>", layout.asset, access=Access.ANYONE),
    Route("/sign-in", sign_in.sign_in, access=Access.ANYONE),
    Route("/sign-in", sign_in.check_sign_in, "POST", access=Access.ANYONE),
    Route("/sign-in/link/<token>", sign_in.open_link, access=Access.ANYONE),
    Route("/sign-in/link/<token>", sign_in.follow_link, "POST", access=Access.ANYONE),
    Route("/sign-out", sign_in.sign_out, "POST", access=Access.ANYONE),
    Route("/language", layout.choose_language, "POST", access=Access.ANYONE),
    Route("/exercises", practice.exercises, access=SIGNED_IN),
    Route("/exercises/<slug>", practice.answer, access=SIGNED_IN),
    Route("/exercises/<slug>", practice.send_answer, "POST", access=SIGNED_IN),
    Route("/exercises/<slug>/draft", drafts.draft, access=SIGNED_IN),
    Route("/exercises/<slug>/draft", drafts.keep_draft, "PUT", access=SIGNED_IN),
    Route("/assignments/<int:assignment_id>", assignment.assignment, access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>", assignment.send_assignment, "POST", access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>/draft", drafts.assignment_draft, access=Access.MEMBER),
    Route("/assignments/<int:assignment_id>/draft", drafts.keep_assignment_draft, "PUT", access=Access.MEMBER),
    Route("/submissions", submissions.history, access=SIGNED_IN),
    Route("/submissions/<uuid:submission_id>", submissions.submission, access=SIGNED_IN),
    *COURSE_ROUTES,
    *INSTRUCTOR_ROUTES,
    *REGRADE_ROUTES,
    *EXPORT_ROUTES,
    *PERSONAL_DATA_ROUTES,
    Route("/instructor/exercises/<slug>/preview", preview.preview, access=Access.COURSE_STAFF_ANYWHERE),
    Route("/instructor/exercises/<slug>/preview", preview.try_preview, "POST", access=Access.COURSE_STAFF_ANYWHERE),
    *ACCOUNT_ROUTES,
)
