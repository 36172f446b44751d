"""Does a deployed service do what each of them must?

Asked over HTTP alone by `make verify`, and inside the function by `manage.py verify`.
"""
