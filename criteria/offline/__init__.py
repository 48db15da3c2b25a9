"""The assessment form away from the program: taken as a workbook, filled in Excel, sent back and compared cell by cell.

`layout` says where what stands, `writing` draws it, `reading` takes it apart again, `comparing` holds what was read
against what stands in the sheets by now.
"""
