"""Verification on a real server: an honest log is all right, and every change is named by its place."""


def test_an_honest_log_is_all_right(kept):
    answer = kept.verify()
    assert answer.problems == ()
    assert answer.ok
    assert answer.events == len(kept.rows) > 100
