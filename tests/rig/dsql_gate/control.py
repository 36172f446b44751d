"""The gate's commands beside the door's."""

from __future__ import annotations

from datetime import timedelta

from tests.rig.dsql_gate.state import (
    CONFLICTS,
    LOST_COMMIT,
    LOST_REPLY,
    LOST_SET_UP,
    REFUSED_SET_UP,
    GateState,
)
from tests.rig.front_door.control import Commands


class GateCommands(Commands):
    """What a test can order of the gate."""

    _state: GateState

    def set_clock(self, offset: float) -> None:
        super().set_clock(offset)
        self._state.end_old_sessions()

    def age_sessions(self, seconds: float) -> None:
        self._state.age_sessions(timedelta(seconds=seconds))

    def fail_commits(self, count: int, fault: str) -> None:
        if fault not in {*CONFLICTS, LOST_REPLY, LOST_COMMIT}:
            raise ValueError(f"no such fault: {fault}")
        self._state.commit_faults.extend([fault] * count)

    def fail_set_ups(self, count: int, fault: str) -> None:
        if fault not in {REFUSED_SET_UP, LOST_SET_UP}:
            raise ValueError(f"no such fault: {fault}")
        self._state.set_up_faults.extend([fault] * count)

    def set_catalog_conflicts(self, on: bool) -> None:
        self._state.catalog_conflicts = on

    def set_job_seconds(self, seconds: float) -> None:
        self._state.job_seconds = seconds

    def set_round_trip(self, seconds: float) -> None:
        self._state.round_trip = seconds

    def lose(self, silently: bool) -> None:
        self._state.lose(silently=silently)

    def come_back(self) -> None:
        self._state.come_back()

    def refused_statements(self) -> list[dict[str, str]]:
        return self._state.refused_statements

    def ddl(self) -> list[str]:
        return self._state.ddl

    def faults_left(self) -> int:
        return len(self._state.commit_faults) + len(self._state.set_up_faults)
