"""What the stacks and the requests are called, in tables, charts and results."""

CARSITE = "carsite"
RAW, POWERTOOLS = "raw psycopg2 + orjson", "Powertools + raw SQL"
FASTAPI_ASYNC, FASTAPI_DEF = "FastAPI, async def", "FastAPI, def"
DEFAULT_DRF = "default DRF, Zappa"

GET_ONE, LIST_50, LIST_200 = "GET /cars/{id}", "GET /cars, 50", "GET /cars, 200"
POST, LAST_PAGE, ADMIN = "POST /cars", "GET /cars, the last 50", "admin list page"
FILTERED, BY_MAKE, NEXT_PAGE = "GET /cars, filtered", "GET /cars by make", "GET /cars, next page"
BY_MODEL, BY_YEAR = "GET /cars by model", "GET /cars by year"
BY_COLOR, BY_VIN = "GET /cars by color", "GET /cars by vin"
ADMIN_FILTERED, ADMIN_SEARCH = "admin list page by make", "admin search"
ADMIN_CAR = "admin page of a car"

FEW, MANY = 10_000, 1_000_000

# What dbauth.deadline.time_limit() is measured around.
A_REQUEST = "time_limit() around a request"

# As archives in Lambda: what was unpacked, not what runs in this environment.
SMALL_REGULAR, SMALL_DSQL = "carsite, regular", "carsite, dsql"
SMALL_DEFAULTS, SMALL_FASTAPI = "Zappa's defaults", "FastAPI + Mangum"
SMALL_POWERTOOLS, SMALL_RAW = POWERTOOLS, RAW
