"""With what somebody signed in, in plain words. Only these words are kept, never what the browser sent."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Browser(models.TextChoices):
    """The browsers we can name. Empty: another one."""

    EDGE = "edge", "Edge"
    OPERA = "opera", "Opera"
    SAMSUNG = "samsung", gettext_lazy("the Samsung browser")
    FIREFOX = "firefox", "Firefox"
    CHROME = "chrome", "Chrome"
    SAFARI = "safari", "Safari"


class System(models.TextChoices):
    """The kinds of device we can name. Empty: another one."""

    IPHONE = "iphone", gettext_lazy("an iPhone")
    IPAD = "ipad", gettext_lazy("an iPad")
    PHONE = "android_phone", gettext_lazy("an Android phone")
    TABLET = "android_tablet", gettext_lazy("an Android tablet")
    CHROMEBOOK = "chromebook", gettext_lazy("a Chromebook")
    WINDOWS = "windows", gettext_lazy("a Windows computer")
    MAC = "mac", gettext_lazy("a Mac")
    LINUX = "linux", gettext_lazy("a Linux computer")


# In this order: many browsers claim to be another one as well.
BROWSER_SIGNS = (
    (Browser.EDGE, ("Edg/", "EdgA/", "EdgiOS/", "Edge/")),
    (Browser.OPERA, ("OPR/", "Opera")),
    (Browser.SAMSUNG, ("SamsungBrowser/",)),
    (Browser.FIREFOX, ("Firefox/", "FxiOS/")),
    (Browser.CHROME, ("Chrome/", "CriOS/", "Chromium/", "HeadlessChrome/")),
    (Browser.SAFARI, ("Safari/",)),
)
SYSTEM_SIGNS = (
    (System.IPHONE, ("iPhone",)),
    (System.IPAD, ("iPad",)),
    (System.CHROMEBOOK, ("CrOS",)),
    (System.WINDOWS, ("Windows",)),
    (System.MAC, ("Macintosh",)),
    (System.LINUX, ("Linux", "X11")),
)


@dataclass(frozen=True, slots=True)
class Device:
    """What we can tell about a browser and the device it runs on."""

    browser: str
    system: str


def recognise(user_agent: str) -> Device:
    """Name the browser and the kind of device from what a browser says about itself."""
    browser = next((b for b, signs in BROWSER_SIGNS if any(sign in user_agent for sign in signs)), "")
    return Device(str(browser), str(_system(user_agent)))


def _system(user_agent: str) -> str:
    if "Android" in user_agent:
        return System.PHONE if "Mobile" in user_agent else System.TABLET
    return next((s for s, signs in SYSTEM_SIGNS if any(sign in user_agent for sign in signs)), "")


def words(device: Device) -> str:
    """Such as "Firefox on a Windows computer"."""
    browser = Browser(device.browser).label if device.browser in Browser.values else _("A web browser")
    system = System(device.system).label if device.system in System.values else _("a device we do not know")
    said = _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return said[:1].upper() + said[1:]
