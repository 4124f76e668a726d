"""Addresses of videos: what is read as one video, and everything else is refused."""

import pytest

from cms.core.blocks.video_addresses import PLAYER_HOSTS, VideoAddressError, read

YOUTUBE = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0"
VIMEO = "https://player.vimeo.com/video/76979871?dnt=1"


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", YOUTUBE),
        ("http://youtube.com/watch?list=PL1&v=dQw4w9WgXcQ&t=30", YOUTUBE),
        ("https://m.youtube.com/watch?v=dQw4w9WgXcQ", YOUTUBE),
        (" https://youtu.be/dQw4w9WgXcQ?si=tracking ", YOUTUBE),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", YOUTUBE),
        ("https://www.youtube.com/live/dQw4w9WgXcQ", YOUTUBE),
        ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", YOUTUBE),
        ("https://vimeo.com/76979871", VIMEO),
        ("https://player.vimeo.com/video/76979871?autoplay=1", VIMEO),
        ("https://vimeo.com/76979871/0a1b2c3d4e", f"{VIMEO}&h=0a1b2c3d4e"),
        ("https://player.vimeo.com/video/76979871?h=0a1b2c3d4e", f"{VIMEO}&h=0a1b2c3d4e"),
    ],
)
def test_the_address_of_a_video_becomes_its_quietest_player(address: str, player: str) -> None:
    found = read(address)
    assert found.player_url == player
    assert found.host in PLAYER_HOSTS
    assert found.player_url.startswith(f"https://{found.host}/")
    assert read(found.watch_url) == found


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dQw4w9WgXcQ",
        "javascript:alert(1)//www.youtube.com/watch?v=dQw4w9WgXcQ",
        "ftp://vimeo.com/76979871",
        "https://vimeo.com.example.org/76979871",
        "https://example.org/vimeo.com/76979871",
        "https://vimeo.com@example.org/76979871",
        "https://somebody@vimeo.com/76979871",
        "https://vimeo.com:8443/76979871",
        "https://vimeo.com:port/76979871",
        "https://[vimeo.com/76979871",
        "https://vimeo.com/about",
        "https://vimeo.com/76979871/../../login",
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ%22onload",
        "https://www.youtube.com/channel/UCdQw4w9WgXcQ",
        "https://youtu.be/",
        "https://127.0.0.1/watch?v=dQw4w9WgXcQ",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(VideoAddressError):
        read(address)
