"""The holder's and the agent's screens, served on loopback."""
