"""The Word documents an office drafts from what the pages show: what each says, and our own template of it.

A kind is a module with `PLACES` (each place to fill: what it is, and a sample), `paper` (our template, drawn) and
`facts` (what is filled in). Numbers come from the functions the pages count with.
"""
