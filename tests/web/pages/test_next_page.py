import pytest

from grader.web.pages.layout import own_path


@pytest.mark.parametrize("address", ["/", "/exercises/and-gate", "/submissions?before=abc&exercise=and-gate"])
def test_pages_of_our_own_are_returned_to(address: str) -> None:
    assert own_path(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "/ /evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "exercises",
        "",
    ],
)
def test_everything_else_leads_home(address: str) -> None:
    assert own_path(address) == "/"
