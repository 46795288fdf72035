"""Two servers on one machine: browsers keep their cookies for all ports of a host."""

from portique.server.config.environment import cookie_mark


def test_each_school_has_cookies_of_its_own(tmp_path):
    """The same whichever way its folder is named: pages and streams must agree."""
    one, other, link = tmp_path / "one", tmp_path / "other", tmp_path / "link"
    link.symlink_to(one)

    assert cookie_mark(one) != cookie_mark(other)
    assert cookie_mark(link) == cookie_mark(one)
    assert cookie_mark(None) == ""
