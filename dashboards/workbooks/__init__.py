"""The tables an office takes to its meetings, as workbooks: each a sheet filled from what the screen counts.

Their headings are a design of ours, not an official form, and the files do not claim otherwise. `report` is what the
tables of one place, set and period are made of, `tables` lists them, `book` writes some or all of them into one file.
"""
