import copy
import json
import pickle
from dataclasses import replace

import pytest

from grader.messages.language import ENGLISH, Language
from grader.messages.message import Message, figure, from_json, in_language, to_json
from tests.fixtures.languages import VIETNAMESE

ROW = Message(
    "weights.row",
    inputs=(0.5, -1.0),
    outputs=(Message("weights.output", name="out", given=0.25, wanted=1.0),),
)
WRONG = Message("weights.wrong", wrong=1, rows=4, examples=(ROW, "…"))


def test_a_saying_is_its_sentence() -> None:
    assert Message("number.too-large") == "This number is too large."
    assert Message("number.too-large").in_language(VIETNAMESE) == "Số này quá lớn."


def test_sentences_within_a_sentence_are_said_in_its_language() -> None:
    assert WRONG == "1 of 4 rows is wrong: (0.5, -1) gives out = 0.25 instead of 1; …."
    assert WRONG.in_language(VIETNAMESE) == "1 trên 4 dòng chưa đúng: (0,5; -1) cho out = 0,25 thay vì 1; …."


@pytest.mark.parametrize(
    ("fields", "digits", "english", "vietnamese"),
    [
        (
            ("w1",),
            1,
            "This mistake reproduces w1 to 1 digit.",
            "Giá trị của w1 trùng với kết quả của cách làm này, đến 1 chữ số.",
        ),
        (
            ("w1", "w2"),
            4,
            "This mistake reproduces w1 and w2 to 4 digits.",
            "Giá trị của w1 và w2 trùng với kết quả của cách làm này, đến 4 chữ số.",
        ),
        (
            ("a", "b", "c"),
            2,
            "This mistake reproduces a, b and c to 2 digits.",
            "Giá trị của a, b và c trùng với kết quả của cách làm này, đến 2 chữ số.",
        ),
    ],
)
def test_one_and_many_are_told_apart(fields: tuple[str, ...], digits: int, english: str, vietnamese: str) -> None:
    saying = Message("judged.gives", fields=fields, digits=digits)
    assert (saying, saying.in_language(VIETNAMESE)) == (english, vietnamese)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert Message("file.too-many-numbers", most=4_000_000).in_language(VIETNAMESE) == (
        "Tệp chứa hơn 4.000.000 số; như vậy là quá nhiều."
    )
    accuracy = Message("weights.accuracy", right=7, rows=8, share=0.875, wanted=0.95)
    assert accuracy == "7 of 8 rows are correct (87.5%); a share of at least 0.95 is required."
    assert accuracy.in_language(VIETNAMESE) == "7 trên 8 dòng đúng (87,5%); yêu cầu tỉ lệ đúng ít nhất 0,95."


@pytest.mark.parametrize("language", [ENGLISH, VIETNAMESE], ids=["en", "vi"])
def test_a_saying_can_be_taken_back_to_english(language: Language) -> None:
    assert WRONG.in_language(language).in_language(ENGLISH) == WRONG


def test_a_sentence_without_a_translation_is_said_in_english() -> None:
    empty = replace(VIETNAMESE, translate=lambda _key, english: english)
    assert WRONG.in_language(empty) == "1 of 4 rows is wrong: (0,5; -1) gives out = 0,25 instead of 1; …."


def test_a_catalogue_is_asked_for_a_key_once() -> None:
    asked = []

    def translate(key: str, english: str) -> str:
        asked.append((key, english))
        return "{length} > {most}"

    said = replace(VIETNAMESE, translate=translate)
    assert [Message("number.too-long", length=n, most=40).in_language(said) for n in (41, 42)] == ["41 > 40", "42 > 40"]
    assert asked == [("number.too-long", "This has {length} characters; a number may have at most {most}.")]


def test_plain_words_stay_as_they_are() -> None:
    assert in_language("The bias was left out.", VIETNAMESE) == "The bias was left out."
    assert from_json(to_json("The bias was left out.")) == "The bias was left out."


def test_a_saying_is_stored_by_key_and_values_whatever_language_it_was_said_in() -> None:
    stored = json.loads(json.dumps(to_json(WRONG.in_language(VIETNAMESE)), allow_nan=False))
    assert list(stored) == ["weights.wrong"]
    assert "rows is wrong" not in json.dumps(stored)
    again = from_json(stored)
    assert again == WRONG
    assert in_language(again, VIETNAMESE) == WRONG.in_language(VIETNAMESE)


def test_the_stored_form_is_the_one_that_was_agreed() -> None:
    assert to_json(Message("number.too-large")) == {"number.too-large": {}}
    assert to_json(Message("judged.gives", fields=("w1", "w2"), digits=4)) == {
        "judged.gives": {"fields": ["w1", "w2"], "digits": 4}
    }


@pytest.mark.parametrize("raw", [{"no.such": {}}, {"judged.gives": {"digits": 3}}])
def test_what_the_table_no_longer_says_is_still_shown(raw: dict[str, object]) -> None:
    assert [from_json(raw)] == list(raw)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda saying: pickle.loads(pickle.dumps(saying))])  # noqa: S301 - our own bytes
def test_a_copied_saying_still_knows_what_it_says(again: type) -> None:
    copied = again(WRONG)
    assert copied == WRONG
    assert copied.in_language(VIETNAMESE) == WRONG.in_language(VIETNAMESE) == again(WRONG.in_language(VIETNAMESE))


def test_saying_what_is_not_in_the_table_is_our_fault() -> None:
    with pytest.raises(KeyError):
        Message("no.such")
    with pytest.raises(KeyError):
        Message("number.too-long", length=3)


def test_a_figure_has_six_digits_and_fits_into_json() -> None:
    assert figure(1 / 3) == 0.333333
    assert figure(1e300) == 1e300
    assert [figure(value) for value in (float("inf"), float("-inf"), float("nan"))] == ["inf", "-inf", "nan"]
