"""What comes in of places: the lists of administrative units, and the tables of offices whose rows are places.

`lists` and `units` load the lists, `tables` finds a table on a sheet, `places` whose rows its lines are, and `marked`
gives the file back with its wrong cells marked.
"""

from communes.imports.lists import SHIPPED, ImportRefused, read_units, unit_list
from communes.imports.units import REFORM_BASIS, load_units

__all__ = ["REFORM_BASIS", "SHIPPED", "ImportRefused", "load_units", "read_units", "unit_list"]
