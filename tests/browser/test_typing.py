"""A student types and pastes answers; failures on the way are in test_mishaps."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grader.messages.message import SENTENCES
from tests.browser.test_answering import RIGHT, fill
from tests.fixtures.browser import Desk

TABLE = json.loads((Path(__file__).parents[1] / "fixtures/readable.json").read_text("utf-8"))
STEP = "/exercises/step-network-forward"
PASTE = """([element, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def values(page: Page) -> dict[str, str]:
    """What stands in the fields."""
    found = page.locator("input[data-field]").evaluate_all("all => all.map(one => [one.name, one.value])")
    return dict(found)


def paste(page: Page, field: str, text: str) -> None:
    page.locator("form[data-reads]").wait_for()
    place = page.locator(f"#field-{field}")
    place.focus()
    page.evaluate(PASTE, [place.element_handle(), text])


READ = """async ([place, sentences, table]) => {
  const { unreadable } = await import(place.replace("exercise.js", "numbers.js"));
  const { unreadableFormula } = await import(place.replace("exercise.js", "formulas.js"));
  const { sentence } = await import(place.replace("exercise.js", "sentences.js"));
  const { withoutOwnName } = await import(place.replace("exercise.js", "spelling.js"));
  const said = (problem) => problem ? sentence(sentences, problem) : "";
  return {
    names: table.names,
    equations: table.equations.map(([text, name]) => [text, name, withoutOwnName(text, name)]),
    numbers: table.numbers.map(([text]) => [text, said(unreadable(text))]),
    formulas: table.formulas.map(([text]) => [text, said(unreadableFormula(text, table.names))]),
  };
}"""


def test_the_browser_reads_what_the_server_reads_and_says_the_same(page: Page) -> None:
    page.goto(STEP)
    script = page.locator("script[src$='exercise.js']").get_attribute("src") or ""
    assert page.evaluate(READ, [script, dict(SENTENCES), TABLE]) == TABLE


def test_what_cannot_be_read_is_said_once_the_field_is_left_and_never_whether_it_is_right(page: Page) -> None:
    page.goto(STEP)
    page.locator("form[data-reads]").wait_for()
    field = page.locator("#field-v3")
    field.fill("two")
    expect(page.locator("#problem-v3")).to_have_count(0)
    field.blur()
    expect(page.locator("#problem-v3")).to_contain_text("The word “two” is not allowed here")
    assert field.get_attribute("aria-describedby") == "problem-v3"
    field.fill("99999")
    expect(page.locator("#problem-v3")).to_have_count(0)
    assert field.get_attribute("aria-invalid") is None


def test_enter_goes_on_and_back_and_with_control_it_sends(page: Page) -> None:
    page.goto(STEP)
    page.locator("#field-v3").focus()
    for key in ("2", "Enter", "1", "Enter", "7", "Shift+Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.name") == "y3"
    assert {name: text for name, text in values(page).items() if text} == {"v3": "2", "y3": "1", "v4": "7"}
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/submissions/*")


def test_enter_sends_nothing_while_the_scripts_of_the_form_are_still_on_their_way(page: Page) -> None:
    page.route("**/answering.js*", lambda _: None)  # never answered
    page.goto(STEP)
    page.locator("#field-v3").focus()
    for key in ("2", "Enter", "1"):
        page.keyboard.press(key)
    assert {name: text for name, text in values(page).items() if text} == {"v3": "2", "y3": "1"}


def test_a_pasted_column_fills_the_fields_below_and_can_be_taken_back(page: Page) -> None:
    page.goto("/exercises/backprop-2-2-2")
    page.locator("#field-net_h2").fill("0.3")
    paste(page, "net_h1", "0,3775\r\n0.3925\r\n0.59327\r\n")
    assert list(values(page).values())[:4] == ["0,3775", "0.3925", "0.59327", ""]
    note = page.locator("[data-pasted]")
    expect(note).to_contain_text("3 values pasted, from net h1 to out h1.")
    note.get_by_role("button", name="Undo").click()
    assert list(values(page).values())[:4] == ["", "0.3", "", ""]


@pytest.mark.parametrize(
    ("field", "text", "filled", "said"),
    [
        ("net_1", "0.3\t1\t0.1\n0.5\t1", {"net_1": "0.3", "y_1": "1", "w0_1": "0.1", "net_2": "0.5", "y_2": "1"}, "5"),
        ("w1_3", "7\n8\n9", {"w1_3": "7", "w1_4": "8"}, "Pasted values without a field: 1."),
        ("w2_1", "1\t2\t3", {"w2_1": "1", "net_2": "2", "y_2": "3"}, "3 values"),
    ],
)
def test_in_a_table_a_block_keeps_its_shape(
    page: Page, field: str, text: str, filled: dict[str, str], said: str
) -> None:
    page.goto("/exercises/and-gate-training")
    paste(page, field, text)
    assert {name: typed for name, typed in values(page).items() if typed} == filled
    expect(page.locator("[data-pasted]")).to_contain_text(said)


def test_the_field_in_use_lights_up_its_place_and_a_place_leads_to_its_first_field(page: Page) -> None:
    page.goto("/exercises/backprop-2-2-2")
    page.locator("#field-delta_h1").focus()
    expect(page.locator("[data-spot='node-h1'].lit")).to_have_count(1)
    page.locator("#field-dE_dw5").focus()
    expect(page.locator("[data-spot='weight-w5'].lit")).to_have_count(2)
    expect(page.locator("[data-spot='node-h1'].lit")).to_have_count(0)
    page.locator("[data-spot='node-o2'] .name").click()
    assert page.evaluate("document.activeElement.name") == "net_o2"


def test_a_form_that_was_shown_again_is_the_one_that_is_kept(desk: Desk) -> None:
    page = desk.sign_in()
    desk.watch.expect("422")
    page.goto("/exercises/and-gate")
    fill(page, RIGHT | {"w1": "one"})
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.locator("[data-problem='w1']")).to_be_visible()
    fill(page, {"w1": "7"})
    page.goto("/exercises")
    page.goto("/exercises/and-gate")
    assert values(page) == RIGHT | {"w1": "7"}
