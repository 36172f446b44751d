"""What the deployed settings demand of HTTPS and a browser on http://127.0.0.1 cannot give.

API Gateway speaks nothing else, so there it costs nothing; here it would take a certificate that
every browser warns of. All other settings are those that are deployed.
"""

SECURE_SSL_REDIRECT = False
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
# Browsers take the prefixed names over HTTPS alone.
SESSION_COOKIE_NAME = "sessionid"
CSRF_COOKIE_NAME = "csrftoken"
MESSAGES_COOKIE_NAME = "messages"
