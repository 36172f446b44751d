"""Exceptions lose the frames that hold secrets, and no others."""

import sys
import traceback

import pytest

from dbauth.frames import forget_frames


def fail(secret):
    raise ValueError("inner")


def fail_twice(secret):
    try:
        fail(secret)
    except ValueError as error:
        raise KeyError("outer") from error


def guarded(call, outer=None):
    try:
        call("token")
    except BaseException as error:
        forget_frames(error, outer)
        raise


def while_handling_another():
    try:
        fail("earlier")
    except ValueError:
        guarded(fail_twice, outer=sys.exception())


def names(error):
    return [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_the_frames_below_are_gone_and_those_above_stay():
    with pytest.raises(ValueError, match="inner") as caught:
        guarded(fail)
    assert names(caught.value) == ["test_the_frames_below_are_gone_and_those_above_stay"]


def test_the_frames_of_a_cause_are_gone_too():
    with pytest.raises(KeyError) as caught:
        guarded(fail_twice)
    assert names(caught.value.__cause__) == []


def test_an_exception_that_was_being_handled_before_keeps_its_frames():
    with pytest.raises(KeyError) as caught:
        while_handling_another()
    assert caught.value.__cause__ is not None
    earlier = caught.value.__cause__.__context__
    assert names(earlier) == ["while_handling_another", "fail"]


def test_a_chain_that_leads_back_to_itself_ends():
    first, second = ValueError("first"), ValueError("second")
    first.__context__, second.__context__ = second, first
    forget_frames(first, None)
    assert first.__traceback__ is None
