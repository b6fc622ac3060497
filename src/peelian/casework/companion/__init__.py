"""Companion mode: cases that follow the force's own systems, so that nobody keys twice.

`contract` is what a source of records must offer; `feeds` and `http` are two of them. `setting` reads which kind follows which
source, `follow` takes changes in and `telling` writes back what was decided. See docs/reference/companion.md.
"""
