from flask import Flask
from flask_babel import gettext, lazy_gettext, ngettext

from grader.adapters.catalogues import translations


def test_a_language_without_a_catalog_is_english() -> None:
    assert translations("en").gettext("Sign in") == "Sign in"


def test_words_follow_the_reader(app: Flask) -> None:
    late = lazy_gettext("Sign in")
    with app.test_request_context("/", headers={"Accept-Language": "vi"}):
        assert gettext("Sign in") == str(late) == "Đăng nhập"
        assert ngettext("%(num)s weight", "%(num)s weights", 2) == "2 trọng số"
    with app.test_request_context("/"):
        assert gettext("Sign in") == str(late) == "Sign in"


def test_outside_of_a_request_words_are_english(app: Flask) -> None:
    with app.app_context():
        assert gettext("Sign in") == "Sign in"
    assert str(lazy_gettext("Sign in")) == "Sign in"
