from flask import request

from grader.addresses import sign_in_address
from grader.services.secret import Secret
from grader.web.wiring import web_services


def link_address(secret: Secret) -> str:
    """The address of a one-time link, as the world calls us; where that isn't set, as this request did."""
    return sign_in_address(web_services().settings.base_url or request.host_url.rstrip("/"), secret.plain)
