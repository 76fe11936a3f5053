"""Somebody at a page who has a keyboard and no mouse."""

from dataclasses import dataclass
from datetime import datetime

from playwright.async_api import Locator, Page

# More stops than any page has.
_MOST_STOPS = 400
_AT_ONCE = 25

# Watches where the focus goes, and says what is wrong with it where it stands.
_WATCH = """() => {
  const WORKED = "a[href], button:enabled, input:enabled:not([type=hidden]), select, textarea,"
    + " summary, audio[controls], [tabindex='0']";
  for (const each of document.querySelectorAll("details")) each.open = true;
  const said = node => node.outerHTML.slice(0, 120);
  const group = node => node.type === "radio" ? `${node.name} ${node.form?.action}` : node;
  const marked = node => {
    for (let at = node; at; at = at.parentElement) {
      const { outlineStyle, outlineWidth } = getComputedStyle(at);
      if (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) return true;
    }
    return false;
  };
  const hidden = node => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    const points = [[(left + right) / 2, (top + bottom) / 2], [left + 2, top + 2],
      [right - 2, top + 2], [left + 2, bottom - 2], [right - 2, bottom - 2]];
    return !points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      const label = hit?.closest("label");
      return hit && (node.contains(hit) || hit.contains(node) || label?.control === node);
    });
  };
  const reached = new Set(), wrong = new Set();
  document.addEventListener("keyup", () => {
    const node = document.activeElement;
    if (!node || node === document.body) return;
    reached.add(group(node));
    if (node.matches("audio")) return;
    if (!marked(node)) wrong.add("no mark: " + said(node));
    if (hidden(node)) wrong.add("covered: " + said(node));
  });
  window.missed = () => [...document.querySelectorAll(WORKED)]
    .filter(node => node.checkVisibility({ visibilityProperty: true }) && !reached.has(group(node)))
    .map(node => "never reached: " + said(node));
  window.wrong = () => [...wrong];
}"""


async def stumbles(page: Page) -> list[str]:
    """What of an open page can't be reached by Tab, or shows not where the focus is."""
    await page.evaluate(_WATCH)
    missed: list[str] = ["nothing was pressed yet"]
    for _ in range(0, _MOST_STOPS, _AT_ONCE):
        for _ in range(_AT_ONCE):
            await page.keyboard.press("Tab")
        missed = await page.evaluate("missed()")
        if not missed:
            break
    return [*missed, *await page.evaluate("wrong()")]


@dataclass(frozen=True, slots=True)
class Hands:
    page: Page

    async def reach(self, wanted: Locator) -> None:
        """By Tab alone, past the end of the page to its beginning if need be."""
        await wanted.wait_for()
        for _ in range(_MOST_STOPS):
            if await wanted.evaluate("node => node === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"no Tab leads to {wanted}")

    async def press(self, wanted: Locator, key: str = "Enter") -> None:
        await self.reach(wanted)
        await self.page.keyboard.press(key)

    async def go(self, wanted: Locator) -> None:
        """By a link, or with a form, to the page that comes of it."""
        await self.reach(wanted)
        async with self.page.expect_event("load"):
            await self.page.keyboard.press("Enter")

    async def unfold(self, title: str) -> None:
        await self.press(self.page.locator("summary", has_text=title))

    async def choose(self, wanted: Locator, words: str) -> None:
        """In a list, by its first letters."""
        await self.reach(wanted)
        await self.page.keyboard.type(words)

    async def write(self, wanted: Locator, words: str) -> None:
        await self.reach(wanted)
        await self.page.keyboard.type(words)

    async def set_day(self, wanted: Locator, day: datetime) -> None:
        """Part by part, as an American browser asks."""
        await self.reach(wanted)
        await self.page.keyboard.type(f"{day:%m%d%Y}")

    async def set_time(self, wanted: Locator, at: datetime) -> None:
        """The same with an hour, where the field says until when."""
        await self.reach(wanted)
        await self.page.keyboard.type(f"{at:%m%d%Y%I%M%p}")
