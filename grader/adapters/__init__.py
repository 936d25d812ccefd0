"""Connections to other servers: the queue, e-mail, single sign-on."""
