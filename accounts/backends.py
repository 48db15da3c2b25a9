from functools import cache

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from accounts.models import User
from communes.models import Locality

# What pages ask of the place a person serves; the rest is fetched where it is needed. In the order of the table.
PLACE = ["id", "level", "kind", "name", "path"]


class PlaceBackend(ModelBackend):
    """Signs in by name and password, and brings the person's place along: every page is bounded by it."""

    def get_user(self, user_id):
        # Every page asks this. Written out, for the ORM takes longer to put two joined tables into words than a
        # district's matrix takes to draw.
        for user in User.objects.raw(_person_with_place(), [user_id]):
            if user.place_id:
                values = [getattr(user, f"served_{name}") for name in PLACE]
                user.place = Locality.from_db(user._state.db, PLACE, values)
            return user if self.user_can_authenticate(user) else None
        return None


@cache
def _person_with_place():
    quote = connection.ops.quote_name
    person, place = (quote(model._meta.db_table) for model in (User, Locality))
    of_place = ", ".join(f"place.{quote(name)} AS {quote(f'served_{name}')}" for name in PLACE)
    return (
        f"SELECT person.*, {of_place} FROM {person} person "
        f"LEFT JOIN {place} place ON place.id = person.place_id WHERE person.id = %s"
    )
