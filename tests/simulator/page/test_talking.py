"""A conversation on the page of the phones."""

from aiogram import Bot
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup
from playwright.async_api import Page, expect

from simulator.memory.users import User
from tests.simulator.page.handset import Handset
from tests.simulator_server import RunningSimulator

SURE = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="I am sure", callback_data="sure")]]
)


async def pressed(bot: Bot) -> CallbackQuery:
    """The press that the bot hears of next."""
    updates = await bot.get_updates(timeout=5, allowed_updates=["callback_query"])
    assert updates[-1].callback_query
    await bot.get_updates(offset=updates[-1].update_id + 1)
    return updates[-1].callback_query


async def test_a_new_phone_starts_the_bot_and_is_answered(
    page: Page, telegram: RunningSimulator, talkative: Bot
) -> None:
    phone = Handset(page, telegram.add_user("Arta"))
    await talkative.set_my_description("Help on your way home")
    await page.goto("/")
    await expect(phone.place).to_contain_text("Help on your way home")
    await phone.button("Start").click()
    await phone.sees("/start")
    await expect(phone.message("Welcome home.").locator("strong")).to_have_text("Welcome home.")
    await phone.say("Is there a doctor?")
    answer = phone.message("Is there a doctor?")
    await expect(answer.locator(".quote")).to_contain_text("Arta")
    await phone.button("I am safe").click()
    await phone.sees("You are safe. We are glad.")
    await expect(phone.message("You are safe.")).to_contain_text("edited")
    await expect(phone.toast).to_have_text("Thank you for telling us")


async def test_enter_sends_and_shift_enter_begins_a_line(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.field.press_sequentially("One")
    await phone.field.press("Shift+Enter")
    await phone.field.press_sequentially("Two")
    await phone.field.press("Enter")
    await phone.sees("Two")
    assert telegram.messages(amal)[-1].words == "One\nTwo"
    await expect(phone.field).to_have_value("")


async def test_a_press_waits_until_the_bot_answers(page: Page, bot: Bot, amal: User) -> None:
    phone = Handset(page, amal)
    await bot.send_message(amal.id, "Really?", reply_markup=SURE)
    await page.goto("/")
    await phone.button("I am sure").click()
    await expect(phone.button("I am sure")).to_have_attribute("aria-busy", "true")
    await bot.answer_callback_query((await pressed(bot)).id, "Noted")
    await expect(phone.toast).to_have_text("Noted")
    await expect(phone.button("I am sure")).not_to_have_attribute("aria-busy", "true")
    await phone.button("I am sure").click()
    await bot.answer_callback_query((await pressed(bot)).id, "Think again", show_alert=True)
    alert = phone.place.get_by_role("alertdialog")
    await expect(alert).to_contain_text("Think again")
    await page.keyboard.press("Escape")
    await expect(alert).to_be_hidden()


async def test_what_the_bot_edits_and_deletes_changes_on_the_phone(
    page: Page, bot: Bot, amal: User
) -> None:
    phone = Handset(page, amal)
    message = await bot.send_message(amal.id, "The office opens at nine.")
    await page.goto("/")
    await phone.sees("at nine")
    await bot.edit_message_text(
        "The office opens at ten.", chat_id=amal.id, message_id=message.message_id
    )
    await phone.sees("at ten")
    await expect(phone.message("at nine")).to_have_count(0)
    await bot.delete_message(amal.id, message.message_id)
    await expect(phone.message("at ten")).to_have_count(0)


async def test_a_person_edits_and_deletes_her_own_words_by_keyboard(
    page: Page, telegram: RunningSimulator, amal: User
) -> None:
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.say("I live at the hotl")
    await phone.sees("I live at the hotl")
    await phone.field.press("ArrowUp")
    await expect(phone.field).to_have_value("I live at the hotl")
    await phone.say("I live at the hotel")
    await expect(phone.message("I live at the hotel")).to_contain_text("معدّلة")
    await phone.place.get_by_role("log").focus()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await page.keyboard.press("End")
    await page.keyboard.press("Enter")
    await expect(phone.message("I live at")).to_have_count(0)
    assert [message.words for message in telegram.messages(amal)] == ["/start"]


async def test_a_message_can_be_answered(page: Page, bot: Bot, amal: User) -> None:
    phone = Handset(page, amal)
    await bot.send_message(amal.id, "How are you?")
    await page.goto("/")
    await phone.message("How are you?").dblclick()
    await phone.say("Tired")
    await expect(phone.message("Tired").locator(".quote")).to_contain_text("How are you?")
    [update] = await bot.get_updates(offset=-1)
    assert update.message
    assert update.message.reply_to_message


async def test_commands_are_offered_in_the_language_of_the_phone(
    page: Page, telegram: RunningSimulator, talkative: Bot, amal: User
) -> None:
    phone = Handset(page, amal)
    await page.goto("/")
    await phone.field.press_sequentially("/")
    options = phone.place.get_by_role("option")
    await expect(options).to_have_text(["/helpشخص تتحدث إليه", "/servicesأماكن تساعد"])
    await phone.field.press_sequentially("s")
    await expect(options).to_have_count(1)
    await phone.field.press("Enter")
    await phone.sees("What do you need?")
    await phone.button("The bot's commands").click()
    await expect(options).to_have_count(2)


async def test_the_bots_keyboard_takes_the_place_of_the_phones(
    page: Page, telegram: RunningSimulator, talkative: Bot
) -> None:
    arta = telegram.add_user("Arta")
    phone = Handset(page, arta)
    telegram.send_text(arta, "/services")
    await page.goto("/")
    await expect(phone.field).to_have_attribute("placeholder", "Choose a need")
    await phone.button("My contact").click()
    await expect(phone.message("+999")).to_be_visible()
    await phone.button("Health").click()
    await expect(phone.message("clinic").get_by_role("link")).to_have_attribute(
        "href", "https://example.org/clinic"
    )
    await expect(phone.button("Work")).to_be_hidden()


async def test_whoever_blocks_the_bot_must_unblock_it_to_write(
    page: Page, telegram: RunningSimulator
) -> None:
    arta = telegram.add_user("Arta")
    telegram.send_text(arta, "/start")
    phone = Handset(page, arta)
    await page.goto("/")
    await phone.choose("More on this phone", "Block the bot")
    await expect(phone.field).to_be_hidden()
    await phone.button("Unblock").click()
    await expect(phone.field).to_be_visible()
    assert not arta.blocked


async def test_an_invite_link_starts_the_bot_with_its_code(
    page: Page, telegram: RunningSimulator
) -> None:
    arta = telegram.add_user("Arta")
    phone = Handset(page, arta)
    await page.goto("/")
    for link in ("https://example.org/?start=r-1", "https://t.me/wayhome_bot?start=r-2", "r-3"):
        await phone.choose("More on this phone", "Open a link")
        await page.get_by_label("Link to the bot").fill(link)
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("dialog")).to_be_hidden()
    await phone.sees("/start r-3")
    assert [message.words for message in telegram.messages(arta)] == ["/start r-2", "/start r-3"]


async def test_staff_talk_in_the_topics_of_their_group(
    page: Page, telegram: RunningSimulator, bot: Bot
) -> None:
    mira = telegram.add_user("Mira")
    group = telegram.add_group("Staff", mira, is_forum=True)
    topic = await bot.create_forum_topic(group.id, "mirabo")
    await bot.send_message(
        group.id, "New case", message_thread_id=topic.message_thread_id, reply_markup=SURE
    )
    phone = Handset(page, mira)
    await page.goto("/")
    await phone.place.get_by_role("button", name="Staff").click()
    await phone.place.get_by_role("button", name="mirabo").click()
    await phone.sees("New case")
    await phone.say("Mine")
    await phone.sees("Mine")
    assert telegram.messages(group)[-1].thread_id == topic.message_thread_id
    await phone.button("Back").click()
    await phone.button("Back").click()
    await expect(phone.place.get_by_role("heading")).to_have_text("Mira")
    await expect(phone.place.get_by_role("button", name="Wayhome")).to_be_visible()
