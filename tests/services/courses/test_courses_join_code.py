from grader.services.courses.courses import LETTERS, new_join_code, normal_join_code, shown_join_code


def test_codes_are_eight_letters_that_nobody_takes_for_others() -> None:
    assert len(LETTERS) == len(set(LETTERS)) == 31
    assert not set("ILO01") & set(LETTERS)
    assert all(len(code) == 8 and set(code) <= set(LETTERS) for code in (new_join_code() for _ in range(50)))
    assert len({new_join_code() for _ in range(50)}) == 50


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_join_code()
    for typed in (shown_join_code(code), code.lower(), f" {code[:3]} {code[3:]}\n", "-".join(code)):
        assert normal_join_code(typed) == code
    assert normal_join_code(code + "A") != code
