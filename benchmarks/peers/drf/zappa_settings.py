"""What Zappa writes into a package for its handler, with the defaults of `zappa init`.

One is kinder: the log level, which is DEBUG there and prints every event.
"""

EXCEPTION_HANDLER = None
DEBUG = False
LOG_LEVEL = "INFO"
BINARY_SUPPORT = True
CONTEXT_HEADER_MAPPINGS: dict[str, str] = {}
DOMAIN = None
BASE_PATH = None
ENVIRONMENT_VARIABLES: dict[str, str] = {}
API_STAGE = "regular"
PROJECT_NAME = "cars"
SETTINGS_FILE = None
DJANGO_SETTINGS = "benchmarks.peers.drf.settings"
AWS_EVENT_MAPPING: dict[str, str] = {}
AWS_BOT_EVENT_MAPPING: dict[str, str] = {}
COGNITO_TRIGGER_MAPPING: dict[str, str] = {}
