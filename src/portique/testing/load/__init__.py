"""A day's rush at a school, offered to its real server at a fixed pace; see `portique bench`.

What is due is due: a late answer delays nothing that comes after it, and its wait is counted. So
a server that stands still shows in the figures as long as it stood still.
"""
