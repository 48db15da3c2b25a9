"""Sessions in the database, as Django keeps them, found by a statement of our own."""

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

# Every page of a signed-in person asks for it, and the ORM took longer to put it into words than all else about it.
_STATEMENT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self):
        with connection.cursor() as cursor:
            cursor.execute(_STATEMENT, [self.session_key, connection.ops.adapt_datetimefield_value(timezone.now())])
            found = cursor.fetchone()
        if found is None:
            # As Django: a key that is not known is not taken over.
            self._session_key = None
            return {}
        return self.decode(found[0])
