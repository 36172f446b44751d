"""Django REST framework as its tutorial has it, under Zappa's own handler.

Settings as `startproject` writes them, a ModelSerializer, generic views, numbered pages, and the
connection kept with a health check, as Django's documentation recommends.
"""
