from django.apps import AppConfig


class CriteriaConfig(AppConfig):
    name = "criteria"
    verbose_name = "Tiêu chí, đánh giá"

    def ready(self):
        from communes.reorganisation import ending
        from criteria.succession import refuse_before_last_results

        ending.connect(refuse_before_last_results)
