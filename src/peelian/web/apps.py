from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "peelian.web"
    label = "web"
    systems = True  # read with the pages; a command that touches no case does without

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_out, user_login_failed

        from .sessions import note_failed, note_left

        user_login_failed.connect(note_failed, dispatch_uid="peelian")
        if self.systems:
            from peelian.systems import load

            load()
        user_logged_out.connect(note_left, dispatch_uid="peelian")
