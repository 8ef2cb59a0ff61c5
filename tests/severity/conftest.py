"""Properties are judged by what holds, never by how long a loaded machine takes."""

from hypothesis import settings

settings.register_profile("triage", deadline=None)
settings.load_profile("triage")
