"""What the OpenAPI generator cannot read off the views.

Used by carsite.settings.schema only, never by the running service.
"""
