"""All courses of a person."""

from flask import render_template

from grader.services.course import courses_of
from grader.web.auth import person
from grader.web.wiring import web_services


def courses() -> str:
    """Show them; archived ones apart; to administrators everybody's."""
    with web_services().sessions() as session:
        cards = courses_of(session, person(), everybodys=True)
    return render_template(
        "courses/list.html",
        running=[card for card in cards if not card.archived],
        archived=[card for card in cards if card.archived],
    )
