"""All sentences, by key.

A key and the names of its values stay for ever, since reports are stored with them; the wording may change.
"""

from collections.abc import Mapping
from types import MappingProxyType

from grader.sayings.files import FILES
from grader.sayings.fitting import FITTING
from grader.sayings.judged import JUDGED
from grader.sayings.mistakes import MISTAKE_SENTENCES
from grader.sayings.overrides import OVERRIDES
from grader.sayings.refused import REFUSED
from grader.sayings.typed import TYPED
from grader.sayings.weights import WEIGHTS

SENTENCES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {**TYPED, **JUDGED, **WEIGHTS, **FITTING, **FILES, **OVERRIDES, **REFUSED, **MISTAKE_SENTENCES}
)
"""Per key the sentence in every language, with places for its values as `Template` reads them."""
