from django.apps import AppConfig
from django.db.models.signals import post_save

# Whose names or places decide what a board says.
NAMED = [
    "communes.Agency",
    "communes.CommitteeMember",
    "communes.Locality",
    "criteria.Criterion",
    "criteria.CriterionLead",
    "directives.Directive",
    "directives.Task",
]


class DirectivesConfig(AppConfig):
    name = "directives"
    verbose_name = "Văn bản, nhiệm vụ"

    def ready(self):
        from directives.freshness import renamed

        for model in NAMED:
            post_save.connect(renamed, sender=model)
