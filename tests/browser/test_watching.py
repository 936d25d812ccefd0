"""What fails a test of pages without being asked for."""

from playwright.sync_api import Page

from tests.fixtures.browser import Watch

COMPLAINTS = (
    ("console.error('something is off')", "something is off"),
    ("void setTimeout(() => { throw new Error('nobody caught this'); })", "nobody caught this"),
    ("document.body.setAttribute('style', 'color: red')", "style-src-attr"),
    ("document.body.append(Object.assign(new Image(), { src: '/no-such-picture' }))", "404"),
)


def test_errors_of_a_page_are_seen(page: Page, watch: Watch) -> None:
    page.goto("/exercises")
    assert watch.errors == []
    for script, word in COMPLAINTS:
        page.evaluate(script)
        while not any(word in error for error in watch.unexpected()):
            page.wait_for_timeout(10)  # lets the page's events in
        watch.expect(word, "Content Security Policy")
        assert watch.unexpected() == []
