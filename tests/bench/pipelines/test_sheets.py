from bench.pipelines.sheets import FIELDS, SLUG, is_wrong, mark, reference, sheet
from grader.catalog.load import Catalog
from grader.judging.answers import entries_from_json, read_answers
from grader.judging.judge import judge
from grader.judging.verdict import Verdict


def test_the_plain_pipelines_reference_is_that_of_the_exercise(catalog: Catalog) -> None:
    exercise = catalog.find(SLUG).exercise
    for name, value in reference().items():
        assert abs(value - float(exercise.reference[name])) < 1e-12, name


def test_every_third_sheet_has_one_wrong_field_for_all_who_mark_it(catalog: Catalog) -> None:
    exercise = catalog.find(SLUG).exercise
    for number in range(6):
        (report,) = judge(exercise, [read_answers(exercise, entries_from_json(sheet(number)))])
        expected = len(FIELDS) - is_wrong(number)
        assert sum(mark(sheet(number)).values()) == expected
        assert sum(line.verdict is Verdict.CORRECT for line in report.fields.values()) == expected
