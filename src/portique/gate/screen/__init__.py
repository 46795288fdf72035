"""The holder's and the agent's screens: pages served on loopback, or on the LAN behind TLS."""
