"""What a browser complains about: broken policy, broken scripts, missing files, other people's servers."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# Pages and saves may be refused on purpose; the tests look at what is shown then.
MAY_BE_REFUSED = {"document", "fetch"}
# A reader who goes on before the last picture has come has done nothing wrong; nor has one whose
# network a test has cut.
NOBODYS_FAULT = {"net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED"}


@dataclass
class Watch:
    """Everything that went wrong in the pages of one browser context."""

    address: str
    complaints: list[str] = field(default_factory=list)
    # Servers of others that a test sends people to on purpose, as to pay.
    others: set[str] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    def _console(self, message: ConsoleMessage) -> None:
        # Answers like "404" are told here as well; `_response` knows which of them matter.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"console of {message.page and message.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, *self.others, "data:", "blob:")):
            self.complaints.append(f"asked another server: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500 or (
            response.status >= 400 and response.request.resource_type not in MAY_BE_REFUSED
        ):
            self.complaints.append(f"{response.status}: {response.url}")

    def _failed(self, request: Request) -> None:
        if request.resource_type not in MAY_BE_REFUSED and request.failure not in NOBODYS_FAULT:
            self.complaints.append(f"{request.failure}: {request.url}")
