"""What a token adds to a cold start; the benchmark in benchmarks/ prints the same figures."""

from benchmarks.cold_token import measure


def test_a_cold_process_signs_its_first_token_for_a_fraction_of_boto3s_cpu():
    medians = measure(rounds=3)
    assert medians["dbauth"] <= 0.15 * medians['boto3.client("rds")']
