"""Marks for a class: from notebooks to points, with every answer run in a process of its own.

`intake` finds the answers in whatever was handed in, and runs nothing. `isolation` runs them, each
in a process that holds the setup and that answer alone. `marking` draws the inputs, judges what
came back with the course's references, which never leave this process. `reports` writes it down.
"""
