"""Reading the address of a video. Nothing is asked of the provider: the address alone must say it all."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

YOUTUBE_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "www.youtube-nocookie.com"})
YOUTUBE_SHORT_HOST = "youtu.be"
VIMEO_HOSTS = frozenset({"vimeo.com", "www.vimeo.com"})
VIMEO_PLAYER_HOST = "player.vimeo.com"
YOUTUBE_PLAYER_HOST = "www.youtube-nocookie.com"
# The only hosts that a page with such a video may show a frame of.
PLAYER_HOSTS = (YOUTUBE_PLAYER_HOST, VIMEO_PLAYER_HOST)

YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
YOUTUBE_PATH = re.compile(r"/(?:embed|shorts|live)/(?P<id>[A-Za-z0-9_-]{11})/?")
VIMEO_PATH = re.compile(r"/(?:video/)?(?P<id>[0-9]{1,12})(?:/(?P<key>[0-9a-f]{6,20}))?/?")
VIMEO_KEY = re.compile(r"[0-9a-f]{6,20}")


class VideoAddressError(ValueError):
    """This is not the address of one video at YouTube or Vimeo."""


@dataclass(frozen=True, slots=True)
class VideoAddress:
    """One video. `key` opens a Vimeo video that is not listed."""

    provider: str
    video_id: str
    key: str = ""

    @property
    def host(self) -> str:
        """The host whose player shows it."""
        return YOUTUBE_PLAYER_HOST if self.provider == "YouTube" else VIMEO_PLAYER_HOST

    @property
    def player_url(self) -> str:
        """The player, in the provider's form that follows people least."""
        if self.provider == "YouTube":
            return f"https://{YOUTUBE_PLAYER_HOST}/embed/{self.video_id}?rel=0"
        key = f"&h={self.key}" if self.key else ""
        return f"https://{VIMEO_PLAYER_HOST}/video/{self.video_id}?dnt=1{key}"

    @property
    def watch_url(self) -> str:
        """The video's own page."""
        if self.provider == "YouTube":
            return f"https://www.youtube.com/watch?v={self.video_id}"
        return f"https://vimeo.com/{self.video_id}" + (f"/{self.key}" if self.key else "")


def read(address: str) -> VideoAddress:
    """What an address names. Raises VideoAddressError for anything but one video at a known provider."""
    try:
        parts = urlsplit(address.strip())
        has_extras = parts.port is not None or "@" in parts.netloc
    except ValueError as wrong:
        raise VideoAddressError(address) from wrong
    if parts.scheme not in ("http", "https") or has_extras:
        raise VideoAddressError(address)
    found = _youtube(parts) or _vimeo(parts)
    if found is None:
        raise VideoAddressError(address)
    return found


def _youtube(parts: SplitResult) -> VideoAddress | None:
    video_id = ""
    if parts.hostname == YOUTUBE_SHORT_HOST:
        video_id = parts.path.strip("/")
    elif parts.hostname in YOUTUBE_HOSTS and parts.path == "/watch":
        video_id = parse_qs(parts.query).get("v", [""])[0]
    elif parts.hostname in YOUTUBE_HOSTS:
        match = YOUTUBE_PATH.fullmatch(parts.path)
        video_id = match["id"] if match else ""
    return VideoAddress("YouTube", video_id) if YOUTUBE_ID.fullmatch(video_id) else None


def _vimeo(parts: SplitResult) -> VideoAddress | None:
    if parts.hostname not in VIMEO_HOSTS and parts.hostname != VIMEO_PLAYER_HOST:
        return None
    match = VIMEO_PATH.fullmatch(parts.path)
    if match is None:
        return None
    key = match["key"] or parse_qs(parts.query).get("h", [""])[0]
    return VideoAddress("Vimeo", match["id"], key if VIMEO_KEY.fullmatch(key) else "")
