"""Names of units and campaigns, for sentences that know only their codes."""

from crm_kernel import LocalizedText


class Names:
    """Names of units and campaigns; here nothing has one, and a code stands for itself."""

    def look_up(self, noun: str, code: str) -> LocalizedText | None:
        """Return the name of a `unit` or a `campaign`, or None where nobody introduced it."""
        return None

    def unit(self, code: str) -> LocalizedText:
        """Return the name of a store or an office, or its code."""
        return self.look_up("unit", code) or LocalizedText(code, code)

    def campaign(self, code: str) -> LocalizedText:
        """Return the name and the code of a campaign, or its code."""
        name = self.look_up("campaign", code)
        return LocalizedText(f"{name.en} ({code})", f"{name.zh}（{code}）") if name else LocalizedText(code, code)
