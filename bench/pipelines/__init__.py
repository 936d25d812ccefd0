"""Pipelines that grade the same sheets as nn-grader does, to compare with: naive, lean, and a task that does nothing.

Each is what a competent engineer would write in an afternoon. They have no tokens, no limits, no strict reading, no
reports and no search for mistakes. They are never changed to make a ratio look better (docs/performance.md).
"""
