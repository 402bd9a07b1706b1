"""What all forms share, where only a browser can tell: the focus, the password that is shown, the time zone."""

from playwright.sync_api import Page, expect

from tests.e2e.axe import SIZES, broken_rules
from tests.e2e.conftest import PASSWORD, get_cookie
from tests.e2e.server import Server
from tests.fakes.chat import ChatServer


def test_every_error_of_a_form_is_shown_at_once(page: Page, app: Server) -> None:
    page.goto(app.setup_link)
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Email", exact=True).fill("alice")
    page.get_by_label("Password", exact=True).fill("short")
    page.get_by_label("Time zone", exact=True).fill("Atlantis")
    page.get_by_role("button", name="Create account", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="Enter a name")).to_be_visible()
    for label in ("Name", "Email", "Password", "Time zone"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()


def test_the_time_zone_is_the_browsers(page: Page, app: Server) -> None:
    page.goto(app.setup_link)
    expect(page.get_by_label("Time zone", exact=True)).to_have_value("Europe/Berlin")


def test_a_password_is_shown_and_hidden_again(page: Page, app: Server) -> None:
    app.add_member("alice@example.org", "Alice", PASSWORD)
    page.goto("/login")
    expect(page.get_by_label("Email", exact=True)).to_be_focused()
    password = page.get_by_label("Password", exact=True)
    password.fill("secret")
    show = page.get_by_role("button", name="Show password", exact=True)
    show.click()
    expect(password).to_have_attribute("type", "text")
    expect(show).to_have_attribute("aria-pressed", "true")
    show.click()
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_value("secret")


def test_a_new_connection_begins_at_its_first_field(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    for product in ("ics", "caldav"):
        page.goto(f"/calendar_connections/new/{product}")
        expect(page.get_by_label("Nickname", exact=True)).to_be_focused()
    page.get_by_role("button", name="Create", exact=True).click()
    for label in ("Server address", "User name", "Password"):
        expect(page.get_by_label(label, exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Server address", exact=True)).to_be_focused()


def test_a_city_is_enough_for_a_time_zone(page: Page, app: Server) -> None:
    get_cookie(page, app, "alice@example.org")
    page.goto("/you")
    zone = page.get_by_label("Time zone", exact=True)
    zone.fill("new york")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(zone).to_have_value("America/New_York")


def test_a_channel_is_tried_added_and_chosen_with_the_keyboard_and_a_click(page: Page, app: Server) -> None:
    app.add_member("dora@example.org", "Dora", PASSWORD)
    get_cookie(page, app, "dora@example.org")
    page.goto("/you/notifications")
    with ChatServer() as chat:
        page.get_by_role("button", name="Add channel", exact=True).click()
        dialog = page.get_by_role("dialog", name="Add a channel")
        dialog.get_by_role("button", name="Teams", exact=True).click()
        expect(dialog.get_by_label("Nickname", exact=True)).to_have_value("Teams")
        dialog.get_by_label("Webhook URL", exact=True).fill(chat.url("/teams"))
        dialog.get_by_role("button", name="Send test", exact=True).click()
        expect(dialog.get_by_role("status")).to_contain_text("Test message delivered")
        assert broken_rules(page, SIZES[:1]) == []
        dialog.get_by_label("Nickname", exact=True).press("Enter")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("columnheader", name="Teams", exact=True)).to_be_visible()
        box = page.get_by_role("checkbox", name="Week ahead, Teams", exact=True)
        expect(box).not_to_be_checked()
        box.check()
        page.reload()
        expect(box).to_be_checked()
        page.get_by_role("button", name="Test Teams", exact=True).click()
        expect(page.get_by_role("listitem").filter(has_text="Teams")).to_contain_text("sent just now")
        assert len(chat.messages) == 2


def test_a_nickname_typed_right_after_the_kind_is_kept(page: Page, app: Server) -> None:
    app.add_member("gus@example.org", "Gus", PASSWORD)
    get_cookie(page, app, "gus@example.org")
    page.goto("/you/notifications")
    page.get_by_role("button", name="Add channel", exact=True).click()
    dialog = page.get_by_role("dialog", name="Add a channel")
    nickname = dialog.get_by_label("Nickname", exact=True)
    for kind in ("ntfy", "Teams"):
        dialog.get_by_role("button", name=kind, exact=True).click()
        expect(nickname).to_have_value(kind)
    # Both before an answer of the server can come.
    dialog.evaluate("""(dialog) => {
        [...dialog.querySelectorAll('button')].find(each => each.textContent === 'ntfy').click();
        const nickname = dialog.querySelector('[aria-label="Nickname"]');
        nickname.value = 'Night shift';
        nickname.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    expect(dialog.get_by_role("button", name="ntfy", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(nickname).to_have_value("Night shift")


def test_a_select_never_takes_the_focus_back(page: Page, app: Server) -> None:
    app.add_member("erin@example.org", "Erin", PASSWORD)
    get_cookie(page, app, "erin@example.org")
    page.clock.install()
    page.goto("/you")
    page.get_by_label("Country", exact=True).fill("United States")
    page.get_by_role("option", name="United States", exact=True).click()
    expect(page.get_by_label("Region", exact=True)).to_be_visible()
    expect(page.locator(".q-menu")).to_have_count(0)
    page.evaluate("""() => {
        const field = label => document.querySelector(`[aria-label="${label}"]`);
        new MutationObserver((_, observer) => {
            const option = document.querySelector('[role=option]');
            if (!option) return;
            observer.disconnect();
            setTimeout(() => {
                option.click();
                field('Region').click();
                setTimeout(() => { field('Address').focus(); window.moved = true; });
            });
        }).observe(document.body, {childList: true, subtree: true});
    }""")
    page.get_by_label("Country", exact=True).click()
    page.wait_for_function("window.moved")
    page.clock.run_for(1000)  # longer than Quasar lets a popup come
    expect(page.get_by_label("Address", exact=True)).to_be_focused(timeout=5000)


def test_a_dialog_holds_the_focus_from_the_start(page: Page, app: Server) -> None:
    app.add_member("frank@example.org", "Frank", PASSWORD)
    get_cookie(page, app, "frank@example.org")
    page.goto("/you/notifications")
    expect(page.get_by_role("button", name="Add channel", exact=True)).to_be_visible()
    page.evaluate("""() => new MutationObserver((_, observer) => {
        const field = document.querySelector('[role=dialog] input');
        if (!field) return;
        observer.disconnect();
        const link = document.querySelector('a[href]');
        setTimeout(() => {
            link.focus();
            window.escaped = document.activeElement === link;
        });
    }).observe(document.body, {childList: true, subtree: true})""")
    page.get_by_role("button", name="Add channel", exact=True).click()
    page.wait_for_function("window.escaped !== undefined")
    assert not page.evaluate("window.escaped")
