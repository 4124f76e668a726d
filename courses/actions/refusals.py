"""What all refusals share: a sentence that the person who is refused can act on."""


class ActionRefused(Exception):
    """An expected refusal. Its text is shown to the person as it is."""

    @property
    def sentence(self) -> str:
        return str(self)
