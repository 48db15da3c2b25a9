"""Places and the bodies in them."""

from communes.models.aliases import PlaceAlias
from communes.models.bodies import Agency, AgencyKind, BodyAlias, CommitteeMember
from communes.models.boundaries import Boundary
from communes.models.charges import Charge
from communes.models.places import AREA_ZONES, GROUP_ZONES, ZONES, Level, Locality, Region, Succession, circle
from communes.models.visits import Visit

__all__ = [
    "AREA_ZONES",
    "Agency",
    "AgencyKind",
    "BodyAlias",
    "Boundary",
    "Charge",
    "CommitteeMember",
    "GROUP_ZONES",
    "Level",
    "Locality",
    "PlaceAlias",
    "Region",
    "Succession",
    "Visit",
    "ZONES",
    "circle",
]
