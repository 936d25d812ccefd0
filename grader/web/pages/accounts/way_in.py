from flask import url_for

from grader.services.secret import Secret
from grader.web.wiring import web_services


def link_address(secret: Secret) -> str:
    """The address of a one-time link, as the world calls us; where that isn't set, as this request did."""
    base_url = web_services().settings.base_url
    if base_url is None:
        return url_for("pages.open_link", token=secret.plain, _external=True)
    return f"{base_url}{url_for('pages.open_link', token=secret.plain)}"
