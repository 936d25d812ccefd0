"""nn-grader: grades neural-network exercises from one computation graph."""
