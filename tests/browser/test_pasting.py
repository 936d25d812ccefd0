"""Where pasted values go: the plan of static/pasted.js for all kinds of clipboards, and what a page shows of it."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.test_typing import paste, values

BELOW = ["net_h1", "net_h2", "out_h1", "out_h2", "delta_h1", "dE_dw5", "w5_new", "E_total"]
TABLE = [f"{name}_{line}" for line in (1, 2, 3) for name in ("net", "y", "w0")]
FORMULAS = ["delta_o1", "dE_dw1"]

COLUMNS: list[tuple[str, dict[str, str] | None]] = [
    ("0.3775\t\r\n0.3925\t\r\n0.59327\t\r\n", {"net_h1": "0.3775", "net_h2": "0.3925", "out_h1": "0.59327"}),
    ("\t0.3775\r\n\t0.3925\r\n\r\n", {"net_h1": "0.3775", "net_h2": "0.3925"}),
    ("0.3775\n\n0.5\n", {"net_h1": "0.3775", "out_h1": "0.5"}),
    ("\n0.3775\n0.5", {"net_h2": "0.3775", "out_h1": "0.5"}),
    ("0.1\t\t0.3", {"net_h1": "0.1", "out_h1": "0.3"}),
    ("0.3775\t\r\n", None),
    ("\u202a0.3775\u202c\r\n", None),
    ("", None),
    ("\t\r\n\r\n", None),
    ("Value\n0.1\n0.2", {"net_h1": "0.1", "net_h2": "0.2"}),
    ("0.3x\n0.4", {"net_h1": "0.3x", "net_h2": "0.4"}),
    ("#N/A\nnan\n0.4", {"net_h1": "#N/A", "net_h2": "nan", "out_h1": "0.4"}),
    ("Step 1\t0.3\nStep 2\t0.4", {"net_h1": "0.3", "net_h2": "0.4"}),
    ("0.3\t0.4\n0.5\t0.6", {"net_h1": "0.3", "net_h2": "0.4", "out_h1": "0.5", "out_h2": "0.6"}),
]
NAMED: list[tuple[str, dict[str, str] | None]] = [
    ("E_total\t0.5\nnet_h1\t0.1\n", {"E_total": "0.5", "net_h1": "0.1"}),
    ("Quantity\tValue\nnet h1\t0.1\nOUT_H1\t0.2", {"net_h1": "0.1", "out_h1": "0.2"}),
    ("δ_{h1}\t0.2\n∂E/∂w₅\t0.3\nw₅⁺\t0.4", {"delta_h1": "0.2", "dE_dw5": "0.3", "w5_new": "0.4"}),
    (r"\delta_{h1}" + "\t0.5\n" + r"\frac{\partial E}{\partial w_5}" + "\t0.7", {"delta_h1": "0.5", "dE_dw5": "0.7"}),
    ("0.3\tnet_h1\n0.5\tout_h1", {"net_h1": "0.3", "out_h1": "0.5"}),
    ("net_h1\tw1*i1\t0.3\nout_h1\ts(net)\t0.5", {"net_h1": "0.3", "out_h1": "0.5"}),
    ("net_h1\t0.1\tout_h1\t0.2", {"net_h1": "0.1", "out_h1": "0.2"}),
    ("net_h1\tout_h1\n0.1\t0.2", {"net_h1": "0.1", "out_h1": "0.2"}),
    ("net_h1\t\nout_h1\t0.2", {"out_h1": "0.2"}),
    (
        "net_h1 = 0.1\nout_h1: 0.2\nnet_h2 0.3\nout_h2,0.4",
        {"net_h1": "0.1", "out_h1": "0.2", "net_h2": "0.3", "out_h2": "0.4"},
    ),
    ("net_h1 = 0.1", {"net_h1": "0.1"}),
]
UNCLEAR = ["net_h1\t0.3\t0.4", "net_h1\tout_h1\n0.1\t0.2\n0.3\t0.4", "net_h1\t0.1\nnet_h1\t0.2"]
BLOCKS: list[tuple[str, dict[str, str] | None]] = [
    ("net\ty\tw0\n1\t2\t3\n4\t5\t6", dict(zip(TABLE, "123456", strict=False))),
    ("row\tnet\ty\nA\t1\t2\nB\t3\t4", {"net_1": "1", "y_1": "2", "net_2": "3", "y_2": "4"}),
    ("1\t\t3\n4\t\t6", {"net_1": "1", "w0_1": "3", "net_2": "4", "w0_2": "6"}),
    ("1\t2\t3\t4", {"net_1": "1", "y_1": "2", "w0_1": "3", "net_2": "4"}),
    ("y_2\t1\nnet_1\t0.3", {"y_2": "1", "net_1": "0.3"}),
]
TYPED: list[tuple[str, dict[str, str] | None]] = [
    ("delta_o1 = -(t - o)\ndE_dw1 = delta_h1 i_1", {"delta_o1": "-(t - o)", "dE_dw1": "delta_h1 i_1"}),
    ("delta_o1 * w5\ni1", {"delta_o1": "delta_o1 * w5", "dE_dw1": "i1"}),
    ("delta_o1 w5", None),
]

PLANS = """async ([place, all]) => {
  const { placed } = await import(place.replace("exercise.js", "pasted.js"));
  return all.map(([fields, text]) => placed(text, fields, 0));
}"""


def fields(names: list[str], *, columns: int = 0, is_number: bool = True) -> list[dict[str, Any]]:
    """The fields of a form as the script describes them."""
    places = [{"line": k // columns, "column": k % columns} if columns else {} for k in range(len(names))]
    return [
        {"name": name, "label": name.replace("_", " "), "isNumber": is_number, **place}
        for name, place in zip(names, places, strict=True)
    ]


def plans(page: Page, names: list[dict[str, Any]], texts: list[str]) -> list[Any]:
    script = page.locator("script[src$='exercise.js']").get_attribute("src") or ""
    found: list[Any] = page.evaluate(PLANS, [script, [[names, text] for text in texts]])
    return found


def test_a_value_goes_where_its_name_or_its_place_says_and_nothing_is_shifted(page: Page) -> None:
    page.goto("/exercises/step-network-forward")
    for table, form in [
        (COLUMNS, fields(BELOW)),
        (NAMED, fields(BELOW)),
        (BLOCKS, fields(TABLE, columns=3)),
        (TYPED, fields(FORMULAS, is_number=False)),
    ]:
        names = [field["name"] for field in form]
        found = plans(page, form, [text for text, _ in table])
        read = [plan and {names[index]: value for index, value in plan["pairs"]} for plan in found]
        assert list(zip([text for text, _ in table], read, strict=True)) == table
    assert [(plan["isUnclear"], plan["pairs"]) for plan in plans(page, fields(BELOW), UNCLEAR)] == [(True, [])] * 3


def test_what_found_no_field_and_what_was_passed_over_is_counted(page: Page) -> None:
    page.goto("/exercises/step-network-forward")
    texts = ["\n".join("123456789"), "Quantity\tValue\nnet_h1\t0.1\nfoo\t0.2", "Value\n0.1\n0.2"]
    found = plans(page, fields(BELOW), texts)
    assert [(plan["left"], plan["passed"]) for plan in found] == [(1, 0), (1, 1), (0, 1)]


def test_names_beside_the_values_fill_their_fields_and_what_is_unclear_fills_none(page: Page) -> None:
    page.goto("/exercises/backprop-2-2-2")
    note = page.locator("[data-pasted]")
    paste(page, "net_h1", "net_h1\t0.3\t0.4")
    expect(note).to_contain_text("Nothing was pasted because it is not clear which value belongs to which field.")
    expect(note.get_by_role("button", name="Undo")).to_be_hidden()
    paste(page, "net_h1", "Name\tValue\r\nE_total\t0,2984\r\nout h1\t0.5933\r\n")
    assert {name: text for name, text in values(page).items() if text} == {"E_total": "0,2984", "out_h1": "0.5933"}
    expect(note).to_contain_text("2 values were filled into the fields named beside them. A heading was")
    note.get_by_role("button", name="Undo").click()
    assert not any(values(page).values())
