from functools import cache

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from accounts.models import User
from communes.models import Agency, Locality

# What pages ask of the place a person serves and of the body they belong to, in the order of the tables; the rest is
# fetched where it is needed.
BROUGHT = {
    "place": (Locality, ["id", "level", "kind", "name", "path"]),
    "agency": (Agency, ["id", "name", "short_name"]),
}


class PlaceBackend(ModelBackend):
    """Signs in by name and password, and brings the person's place and body along: every page asks for them."""

    def get_user(self, user_id):
        # Written out, for the ORM takes longer to put three tables into words than a district's matrix to be drawn.
        for user in User.objects.raw(_statement(), [user_id]):
            for relation, (model, names) in BROUGHT.items():
                if getattr(user, f"{relation}_id"):
                    values = [getattr(user, f"its_{relation}_{name}") for name in names]
                    setattr(user, relation, model.from_db(user._state.db, names, values))
            return user if self.user_can_authenticate(user) else None
        return None


@cache
def _statement():
    quote = connection.ops.quote_name
    columns, joins = ["person.*"], []
    for relation, (model, names) in BROUGHT.items():
        columns += [f"{relation}.{quote(name)} AS {quote(f'its_{relation}_{name}')}" for name in names]
        joins.append(f"LEFT JOIN {quote(model._meta.db_table)} {relation} ON {relation}.id = person.{relation}_id")
    return (
        f"SELECT {', '.join(columns)} FROM {quote(User._meta.db_table)} person {' '.join(joins)} WHERE person.id = %s"
    )
