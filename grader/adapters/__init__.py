"""What reaches other servers: the queue, mail, single sign-on."""
