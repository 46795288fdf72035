"""Commands for the machine itself: `portique manage --school DIR NAME`."""
