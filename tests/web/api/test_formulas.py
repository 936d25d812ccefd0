from typing import Any

from flask.testing import FlaskClient

CHECK = "/api/v1/exercises/delta-rule/check"


def test_an_exercise_tells_the_variables_of_its_formulas(client: FlaskClient, token: dict[str, str]) -> None:
    told: Any = client.get("/api/v1/exercises/delta-rule", headers=token).json
    fields = {field["name"]: field for field in told["fields"]}
    assert fields["dE_dw5"]["kind"] == "formula"
    assert fields["dE_dw5"]["variables"] == ["target_o1", "out_o1", "out_h1"]
    assert told["givens"] == []


def test_fields_for_numbers_have_no_variables(client: FlaskClient, token: dict[str, str]) -> None:
    told: Any = client.get("/api/v1/exercises/backprop-2-2-2", headers=token).json
    assert {(field["kind"], tuple(field["variables"])) for field in told["fields"]} == {("number", ())}


def test_a_formula_is_sent_as_text_and_told_as_it_was_read(client: FlaskClient, token: dict[str, str]) -> None:
    body = {"answers": {"dout_dnet_o1": "out_o1 - out_o1^2", "dnet_dw5": "i1", "delta_h1": 0.5}}
    told: Any = client.post(CHECK, json=body, headers=token).json
    fields = told["fields"]
    assert fields["dout_dnet_o1"]["verdict"] == "correct"
    assert fields["dout_dnet_o1"]["echo"] == r"\mathit{out}_{o1} - \mathit{out}_{o1}^{2}"
    assert fields["dnet_dw5"]["mistake"]["id"] == "input-for-activation"
    assert (fields["delta_h1"]["verdict"], fields["delta_h1"]["echo"]) == ("wrong", "0.5")
    assert (fields["w5_new"]["verdict"], fields["w5_new"]["echo"]) == ("missing", None)


def test_every_unreadable_formula_is_named_at_once(client: FlaskClient, token: dict[str, str]) -> None:
    body = {"answers": {"delta_o1": "out_o1.__class__", "dE_dw5": "\u0000", "dE_dw1": "\ud800", "w5_new": "w5"}}
    reply: Any = client.post(CHECK, json=body, headers=token)
    assert reply.status_code == 422
    assert [error["field"] for error in reply.json["errors"]] == ["delta_o1", "dE_dw5", "dE_dw1"]
    assert {error["code"] for error in reply.json["errors"]} == {"unreadable"}
