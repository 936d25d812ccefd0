"""The one type that values have in the engine."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
"""Values of one quantity: shape (n,) with one entry per submission, or () where all submissions share it."""
