"""A single machine: PostgreSQL, Valkey, the web server and the worker as children of one command."""
