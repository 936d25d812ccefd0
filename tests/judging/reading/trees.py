"""Any formula, as hypothesis thinks of it."""

from hypothesis import strategies as st

from grader.judging.reading.expression import FUNCTIONS, BinaryOperation, Call, Constant, Expression, Negated, Variable

NAMES = ("target_o1", "out_o1", "out_h1", "delta_o1", "eta", "w5")

TREES: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(
        st.sampled_from(NAMES).map(Variable),
        st.floats(0, 1e6, allow_subnormal=False).map(Constant),
    ),
    lambda inner: st.one_of(
        inner.map(Negated),
        st.builds(BinaryOperation, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
        st.builds(BinaryOperation, st.just("^"), inner, st.integers(0, 20).map(float).map(Constant)),
        st.builds(Call, st.sampled_from(sorted(FUNCTIONS)), inner),
    ),
    max_leaves=12,
)
