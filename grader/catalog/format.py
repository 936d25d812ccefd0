"""The format of exercise.toml. Every key is here; any other key is an error."""

import re
from collections.abc import Callable
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    model_validator,
)

from grader.engine.activations import ACTIVATION_NAMES
from grader.engine.data import GENERATORS
from grader.engine.network import LOSSES

NAME = r"^[A-Za-z][A-Za-z0-9_]{0,39}$"

Name = Annotated[str, StringConstraints(pattern=NAME)]
"""A name of a node, weight or quantity: ASCII, so that it can be a form field and a JSON key."""

EdgeName = Annotated[str, StringConstraints(pattern=rf"^$|{NAME}")]
"""A name of a weight, or "" if two nodes are not connected."""

NodeName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_]{0,19}$")]
"""The value of {node} in names; the lecture's step network numbers its nodes."""

DATA_FILE = r"^data/[A-Za-z0-9_-][A-Za-z0-9._-]*\.csv$"

Title = Annotated[str, Field(min_length=1, max_length=200)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Points = Annotated[float, Field(gt=0, le=1000)]
Number = Annotated[float, Field(allow_inf_nan=False)]


def _pattern(word: str) -> Callable[[str], str]:
    """Return a validator of patterns that contain `{word}` once and otherwise only characters of names."""

    def check(text: str) -> str:
        if text.count(f"{{{word}}}") != 1 or not re.fullmatch(r"[A-Za-z0-9_]*", text.replace(f"{{{word}}}", "", 1)):
            raise ValueError(f"must contain {{{word}}} once, and besides it only letters, digits and _")
        return text

    return check


def _from_low_to_high(ends: list[float]) -> list[float]:
    if not ends[0] < ends[1]:
        raise ValueError("must be [low, high], with low under high")
    return ends


def _besides_english(titles: dict[str, str]) -> dict[str, str]:
    if "en" in titles:
        raise ValueError("are those in other languages; the English one is `title`")
    return titles


def _known(table: tuple[str, ...]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in table:
            raise ValueError(f"there is no {text!r}; there are {', '.join(table)}")
        return text

    return check


Activation = Annotated[str, AfterValidator(_known(tuple(ACTIVATION_NAMES)))]
Activations = Annotated[
    Annotated[Activation, Tag("[one]")] | Annotated[list[Activation], Field(min_length=1), Tag("[each]")],
    Discriminator(lambda value: "[each]" if isinstance(value, list) else "[one]"),
]
"""One for the layer or one for each node; the value's type decides first, so that authors see one error, not two."""

LossName = Annotated[str, AfterValidator(_known(tuple(LOSSES)))]
OfNode = Annotated[str, AfterValidator(_pattern("node"))]
OfWeight = Annotated[str, AfterValidator(_pattern("weight"))]
Interval = Annotated[list[Number], Field(min_length=2, max_length=2), AfterValidator(_from_low_to_high)]
Variables = Annotated[list[Name], Field(min_length=1, max_length=20)]
Share = Annotated[float, Field(ge=0, le=1)]
Titles = Annotated[dict[Language, Title], AfterValidator(_besides_english)]


class Strict(BaseModel):
    """No unknown keys, no coercion of text to numbers, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LayerIn(Strict):
    """One layer: its nodes, their activation, and the names of its incoming weights."""

    nodes: Annotated[list[NodeName], Field(min_length=1, max_length=64)]
    activation: Activations
    weights: list[list[EdgeName]] | None = None
    bias: Name | None = None
    biases: list[Name] | Literal[True] | None = None


class NetworkIn(Strict):
    """The network: inputs, layers, loss, learning rate."""

    inputs: Annotated[list[Name], Field(min_length=1, max_length=64)]
    layers: Annotated[list[LayerIn], Field(min_length=1, max_length=16)]
    loss: LossName | None = None
    learning_rate: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    train_biases: bool | None = None


class NamesIn(Strict):
    """Patterns for the names of quantities; the defaults are those of the lecture."""

    net: OfNode = "net_{node}"
    out: OfNode = "out_{node}"
    target: OfNode = "target_{node}"
    error: OfNode = "E_{node}"
    total: Name = "E_total"
    error_slope: OfNode = "dE_dout_{node}"
    slope: OfNode = "dout_dnet_{node}"
    factor: OfWeight = "dnet_d{weight}"
    delta: OfNode = "delta_{node}"
    gradient: OfWeight = "dE_d{weight}"
    update: OfWeight = "{weight}_new"


class FieldToleranceIn(Strict):
    """The tolerance of one field, or of all."""

    absolute: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    relative: Annotated[float, Field(ge=0, lt=1)] | None = None
    digits: Annotated[int, Field(ge=1, le=15)] | None = None
    of_change: Annotated[float, Field(gt=0, lt=0.25)] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.digits is not None and (self.absolute is not None or self.relative is not None):
            raise ValueError("give either digits, or absolute and relative")
        return self


class ToleranceIn(FieldToleranceIn):
    """Tolerances: of all fields, of updates (a share of their change), of single fields."""

    fields: dict[Name, FieldToleranceIn] = {}


class CreditIn(Strict):
    """Share of a field's points for each verdict; missing and wrong values earn nothing.

    `undecided` defaults to the share of `imprecise`.
    """

    correct: Share = 1.0
    follows: Share = 1.0
    imprecise: Share = 0.5
    undecided: Share | None = None
    mistaken: Share = 0.0


class DataIn(Strict):
    """The source of the rows: a file in the folder (`file`), or a seeded generator (`generator`)."""

    file: Annotated[str, StringConstraints(pattern=DATA_FILE)] | None = None
    generator: Annotated[str, AfterValidator(_known(tuple(GENERATORS)))] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    count: Annotated[int, Field(ge=2, le=10_000)] | None = None
    noise: Annotated[float, Field(ge=0, le=10)] = 0.0
    hidden: bool = False


class PartIn(Strict):
    """Fields that are asked together: quantities (`ask`), weights to be trained (`train`), or `formulas`."""

    title: Title
    titles: Titles = {}
    points: Points
    ask: Annotated[list[Name], Field(min_length=1, max_length=200)] | None = None
    train: Annotated[list[Name], Field(min_length=1, max_length=200)] | Literal["all"] | None = None
    formulas: Annotated[dict[Name, Variables], Field(min_length=1, max_length=200)] | None = None
    rows: Annotated[list[dict[NodeName, Number]], Field(min_length=1, max_length=10_000)] | None = None
    data: DataIn | None = None
    within: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    loss_below: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    accuracy: Annotated[float, Field(gt=0, le=1)] | None = None
    bounds: Annotated[list[Number], Field(min_length=2, max_length=2)] | None = None
    integers: bool = False
    answer: Literal["fields", "file", "fields-or-file"] = "fields"
    orientation: Literal["out-in", "in-out"] = "out-in"


class TrainingIn(Strict):
    """An epoch computed by hand, row by row."""

    rule: Literal["perceptron"]
    rows: Annotated[list[dict[NodeName, Number]], Field(min_length=1, max_length=50)]


class RangeIn(Strict):
    """The range of a drawn value: limits with a step, or choices."""

    model_config = ConfigDict(populate_by_name=False)

    low: Annotated[Number | None, Field(alias="from")] = None
    high: Annotated[Number | None, Field(alias="to")] = None
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    choices: Annotated[list[Number], Field(min_length=1, max_length=10_000)] | None = None


class VaryIn(Strict):
    """What is drawn for each learner, and conditions on variants."""

    values: Annotated[dict[Name, RangeIn], Field(min_length=1)]
    margin: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.05
    saturation: Annotated[float, Field(ge=0, lt=0.5)] = 0.01


class ExerciseIn(Strict):
    """The whole file."""

    title: Title
    titles: Titles = {}
    network: NetworkIn
    training: TrainingIn | None = None
    names: NamesIn = NamesIn()
    values: dict[Name, Number] = {}
    vary: VaryIn | None = None
    domain: dict[Name, Interval] = {}
    tolerance: ToleranceIn = ToleranceIn()
    credit: CreditIn = CreditIn()
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=50)]
