"""Faults under load: what breaks while submissions arrive costs none of them, and no verdict.

Clients send sheets whose verdicts are known, and repeat each request with its Idempotency-Key until it is accepted.
Meanwhile something is killed, stopped, flooded or filled; afterwards every submission must be stored and graded once.
"""
