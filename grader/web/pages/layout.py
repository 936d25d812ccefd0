"""The frame of every page: assets, the menu, the choice of language.

Assets (style sheets, scripts, the icon and the font of formulas, STIX Two Math from the ziamath package) have URLs that
change with their content and may be cached forever.
"""

import gzip
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, current_app, redirect, request, send_from_directory, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from grader.services.accounts.authentication import SignedIn
from grader.services.accounts.registration import prefer_language
from grader.services.courses.membership import Membership
from grader.vocabulary import Role
from grader.web.auth import current_membership, look_up
from grader.web.dependencies import web_services
from grader.web.i18n import LANGUAGES, remember_language

FONT_NAME = "stix-two-math.ttf"
FONT_FILE = "fonts/STIXTwoMath-Regular.ttf"
FONT_MEDIA_TYPE = "font/ttf"


@cache
def font_path() -> Path:
    """Return the path of the font; the package is not imported, since that would load all of its drawing code."""
    spec = find_spec("ziamath")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package ziamath is not installed")
    return Path(spec.origin).parent / FONT_FILE


STATIC_FOLDER = Path(__file__).parent.parent / "static"
STYLES_FOLDER = Path(__file__).parent.parent / "styles"
STYLE_NAME = "style.css"
COMPONENTS = (
    "tokens",
    "base",
    "header",
    "layout",
    "cards",
    "tables",
    "forms",
    "statement",
    "verdicts",
    "answering",
    "report",
    "network",
    "charts",
    "gradebook",
    "courses",
    "student",
    "regrades",
    "preview",
    "accounts",
    "print",
)
"""The sheets that `style.css` is made of, in this order: of equally specific rules the later one holds."""


@cache
def style_sheet() -> bytes:
    """Return the components as one file: a browser asks once, for all pages."""
    return b"\n".join((STYLES_FOLDER / f"{name}.css").read_bytes() for name in COMPONENTS)


@cache
def assets_version() -> str:
    """Return one hash over all files, so that a module's relative imports stay within one version."""
    whole = sha256()
    for file in sorted(STATIC_FOLDER.iterdir()):
        whole.update(file.name.encode() + b"\0" + file.read_bytes())
    whole.update(style_sheet())
    whole.update(font_path().read_bytes())
    return whole.hexdigest()[:16]


def asset_url(name: str) -> str:
    """Return the URL of a file, for templates."""
    return url_for("pages.asset", version=assets_version(), name=name)


def asset(version: str, name: str) -> Response:
    """Send a file, compressed if the browser accepts it.

    Only the current version's URL may be cached, since an older one serves newer content.
    """
    response = _compressed_asset(name) if request.accept_encodings.quality("gzip") > 0 else _plain_asset(name)
    response.headers["Vary"] = "Accept-Encoding"
    current = version == assets_version()
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
    return response


def _plain_asset(name: str) -> Response:
    """Send a file unchanged; 404 if it does not exist, 304 if the browser has it."""
    if name == STYLE_NAME:
        response = Response(style_sheet(), mimetype="text/css")
        response.add_etag()
        response.make_conditional(request)
        return response
    if name == FONT_NAME:
        return send_from_directory(font_path().parent, font_path().name, mimetype=FONT_MEDIA_TYPE)
    return send_from_directory(STATIC_FOLDER, name)


def _compressed_asset(name: str) -> Response:
    """Send a file with gzip, under a separate ETag."""
    plain = _plain_asset(name)
    plain.close()
    path = font_path() if name == FONT_NAME else STATIC_FOLDER / name
    packed = _gzipped_style() if name == STYLE_NAME else _gzipped(path, path.stat().st_mtime_ns)
    response = Response(packed, mimetype=plain.mimetype)
    response.headers["Content-Encoding"] = "gzip"
    response.add_etag()
    response.make_conditional(request)
    return response


@cache
def _gzipped_style() -> bytes:
    return gzip.compress(style_sheet(), mtime=0)


@lru_cache(maxsize=128)
def _gzipped(path: Path, _changed_at: int) -> bytes:
    """Compress a file, once per process and version."""
    return gzip.compress(path.read_bytes(), mtime=0)


HOME = "/"


def own_path(address: str) -> str:
    """Return the address if it is a path on this site, else the home page.

    Browsers drop tabs and line breaks from URLs and read a backslash as a slash, so a path that begins with a slash may
    still lead to another site: paths with such characters are not ours.
    """
    ours = address.startswith("/") and not address.startswith("//")
    return address if ours and address.isprintable() and not set(address) & {"\\", " "} else HOME


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One link; the one to the current page is marked."""

    text: object
    url: str
    current: bool


STUDENT_LINKS = (
    (lazy_gettext("Courses"), "pages.courses"),
    (lazy_gettext("Exercises"), "pages.exercises"),
    (lazy_gettext("My submissions"), "pages.history"),
)
INSTRUCTOR_LINKS = (*STUDENT_LINKS, (lazy_gettext("Practice"), "pages.instructor"))
ADMINISTRATOR_LINKS = (
    *INSTRUCTOR_LINKS,
    (lazy_gettext("People"), "pages.everybody"),
    (lazy_gettext("Audit log"), "pages.audit"),
)
LINKS_BY_ROLE = {
    Role.STUDENT: STUDENT_LINKS,
    Role.INSTRUCTOR: INSTRUCTOR_LINKS,
    Role.ADMINISTRATOR: ADMINISTRATOR_LINKS,
}

STAFF_SECTIONS = ((lazy_gettext("People"), "pages.people"), (lazy_gettext("Gradebook"), "pages.course_grid"))
INSTRUCTOR_SECTIONS = (
    *STAFF_SECTIONS,
    (lazy_gettext("Log"), "pages.course_audit"),
    (lazy_gettext("Settings"), "pages.course_settings"),
)


def menu(who: SignedIn | None) -> list[MenuItem]:
    """Return the links that are open to this person."""
    if who is None:
        return []
    here = current_membership()
    if here is not None:
        return _course_menu(here)
    return [
        MenuItem(text, url_for(endpoint), request.endpoint == endpoint) for text, endpoint in LINKS_BY_ROLE[who.role]
    ]


def _course_menu(here: Membership) -> list[MenuItem]:
    """Return the course itself, and for its staff its sections."""
    home = url_for("pages.course", course_id=here.course_id)
    if not here.is_staff:
        others = [MenuItem(text, url_for(endpoint), current=False) for text, endpoint in STUDENT_LINKS[1:]]
        return [MenuItem(here.course, home, request.path == home), *others]
    within = request.path == home or "assignment_id" in (request.view_args or {})
    first = [MenuItem(here.course, home, current=False), MenuItem(lazy_gettext("Assignments"), home, within)]
    sections = INSTRUCTOR_SECTIONS if here.may_edit else STAFF_SECTIONS
    there = [(text, url_for(endpoint, course_id=here.course_id)) for text, endpoint in sections]
    return first + [MenuItem(text, url, request.path.startswith(url)) for text, url in there]


def choose_language() -> BaseResponse:
    """Store the choice, for the person and for this browser, and return to the current page."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400, _("This language is not available."))
    who = look_up()
    if who is not None:
        prefer_language(web_services().sessions, who, chosen)
    response = redirect(own_path(request.form.get("page", HOME)), 303)
    remember_language(response, chosen)
    return response


def page_address() -> str:
    """Return the URL that shows this page again; after a form, the form's own page if it has one."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, "GET")
    except HTTPException:
        return HOME
    return request.path
