from urllib.parse import urlencode

from flask import Request


def link_next(request: Request, cursor: str | None) -> dict[str, str]:
    """Give the header that leads to the following page (RFC 8288); none on the last."""
    if cursor is None:
        return {}
    query = urlencode(request.args.to_dict() | {"cursor": cursor})
    return {"Link": f'<{request.path}?{query}>; rel="next"'}
