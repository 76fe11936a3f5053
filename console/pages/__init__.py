"""Every page that there is, and who may see it."""

from console.pages import account, home, set_up, sign_in
from console.routing import Access, Page
from domain.actors import Right

PAGES = [
    Page("/", home.first_page, Access.STAFF),
    Page("/sign-in", sign_in.show, Access.ANYBODY),
    Page("/sign-in", sign_in.with_password, Access.ANYBODY, form=True),
    Page("/sign-in/passkey/offer", sign_in.offer_passkey, Access.ANYBODY, form=True),
    Page("/sign-in/passkey", sign_in.with_passkey, Access.ANYBODY, form=True),
    Page("/sign-out", sign_in.leave, Access.STAFF, form=True),
    Page("/set-up/{token}", set_up.show, Access.ANYBODY),
    Page("/set-up/{token}", set_up.with_password, Access.ANYBODY, form=True),
    Page("/set-up/{token}/passkey/offer", set_up.offer_passkey, Access.ANYBODY, form=True),
    Page("/set-up/{token}/passkey", set_up.with_passkey, Access.ANYBODY, form=True),
    Page("/account", account.show, Access.STAFF),
    Page("/account/language", account.speak, Access.STAFF, form=True),
    Page("/account/password/new", account.add_password, Access.STAFF, form=True),
    Page("/account/password", account.change_password, Access.STAFF, form=True),
    Page("/account/passkey/offer", account.offer_passkey, Access.STAFF, form=True),
    Page("/account/passkey", account.add_passkey, Access.STAFF, form=True),
    Page("/account/passkeys/{id:uuid}/remove", account.remove_passkey, Access.STAFF, form=True),
    Page("/duty", home.change_duty, Right.WORK_ON_CASES, form=True),
]
