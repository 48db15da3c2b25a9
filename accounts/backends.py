from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class PlaceBackend(ModelBackend):
    """Signs in by name and password, and brings the person's place along: every page is bounded by it."""

    def get_user(self, user_id):
        user = User.objects.select_related("place", "agency").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
