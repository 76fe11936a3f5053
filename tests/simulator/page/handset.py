"""A phone on the page, in the hands of a test."""

from playwright.async_api import Locator, Page, expect

from simulator.memory.users import User


class Handset:
    def __init__(self, page: Page, user: User) -> None:
        self.page = page
        self.place = page.locator(f'.phone[data-user="{user.id}"]')
        self.field = self.place.get_by_label("Message", exact=True)
        self.toast = self.place.get_by_role("status")

    def message(self, words: str) -> Locator:
        """The newest that contains these words."""
        return self.place.get_by_role("article").filter(has_text=words).last

    def button(self, label: str) -> Locator:
        return self.place.get_by_role("button", name=label, exact=True)

    async def say(self, words: str) -> None:
        await self.field.fill(words)
        await self.field.press("Enter")

    async def sees(self, words: str) -> None:
        await expect(self.message(words)).to_be_visible()

    async def choose(self, opener: str, choice: str) -> None:
        """Open a menu by a button of the phone, and take a choice in it."""
        await self.button(opener).click()
        await self.page.get_by_role("menuitem", name=choice).click()
