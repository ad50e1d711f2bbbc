"""What scripts/api-fuzz knows beyond the description: how values of our own formats are made up."""

import datetime
import itertools

import schemathesis
from hypothesis import strategies as st

define = schemathesis.openapi.format

# A date or a date-time that has passed, as `as_of` takes it.
YESTERDAY = datetime.date.today() - datetime.timedelta(days=1)
DATES = st.dates(min_value=datetime.date(1970, 1, 1), max_value=YESTERDAY).map(str)
TIMES = st.times().map(lambda time: time.strftime("T%H:%M:%SZ"))
define("as-of", DATES | st.builds(str.__add__, DATES, TIMES))

# What a thing is called: any letters and signs, and not spaces alone.
LETTERS = st.characters(categories=["L", "N", "P", "S"])
define("name", st.text(LETTERS, min_size=1, max_size=60))
define("collection-name", st.from_regex(r"\A[A-Za-z0-9_.-]{1,64}\Z"))
define("login", st.from_regex(r"\A[a-z0-9][a-z0-9.@-]{0,60}\Z"))


NUMBERS = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Makes valid requests fit what is there, which a schema cannot say.

    Keys of requests differ, for one that comes with another request is refused; and a question
    belongs to a conversation or brings its own history, not both.
    """
    asks = case.operation.label == "POST /api/v1/answers" and isinstance(case.body, dict)
    if asks and case.meta.generation.mode == schemathesis.GenerationMode.POSITIVE:
        left_out = "history" if case.body.get("conversation_id") else "parent_id"
        case.body.pop(left_out, None)
    key = (case.headers or {}).get("idempotency-key")
    if isinstance(key, str) and 0 < len(key) < 200:
        case.headers["idempotency-key"] = f"{key}{next(NUMBERS)}"


@schemathesis.hook
def map_body(context, body):
    """Writes 2.0 as 2: for a schema both are integers, for our reader the first is none."""
    return whole(body)


def whole(value):
    """Returns a value with its whole numbers written as such."""
    if isinstance(value, dict):
        return {name: whole(field) for name, field in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
