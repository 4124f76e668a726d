"""The page on which somebody pays, and the page on which the demo's bank sends debits. Plain HTML.

What is typed as a card number decides what happens next and is forgotten at once: it is stored nowhere.
"""

from html import escape

from scripts.stripe_stand_in.state import Thing

PAYS = "4242424242424242"
DECLINED = "4000000000000002"
SIGNS = {"gbp": "£", "eur": "€", "usd": "$"}
DEBITS = {"bacs_debit": "Bank debit (Bacs)", "sepa_debit": "Bank debit (SEPA)"}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
STYLE = """
:root { color-scheme: light; font: 100%/1.5 system-ui, sans-serif; }
body { margin: 0; background: #fff; color: #1d1d1d; }
.demo { margin: 0; padding: .75rem 1rem; background: #ffe48a; font-weight: 700; }
main { max-width: 32rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; line-height: 1.25; }
table { width: 100%; border-collapse: collapse; }
caption { text-align: start; font-weight: 700; }
th, td { padding: .5rem 0; border-bottom: 1px solid #767676; text-align: start; vertical-align: top; }
td { text-align: end; white-space: nowrap; padding-inline-start: 1rem; }
fieldset { margin: 1.5rem 0; padding: 0 1rem 1rem; border: 1px solid #767676; }
label, legend { font-weight: 700; }
.choice { display: block; padding: .5rem 0; }
.hint { margin: 0 0 .5rem; color: #444; }
input[type=text] { box-sizing: border-box; width: 100%; padding: .6rem; font: inherit;
  border: 2px solid #555; }
input[type=radio] { width: 1.25rem; height: 1.25rem; vertical-align: text-bottom; }
button { padding: .75rem 1.25rem; font: inherit; font-weight: 700; border: 0; cursor: pointer;
  background: #12504b; color: #fff; }
a { color: #12504b; }
a, button { display: inline-block; min-height: 1.5rem; }
:focus-visible { outline: 3px solid #8a4700; outline-offset: 2px; }
.wrong { margin: 1rem 0; padding: .75rem 1rem; border: 2px solid #a3140e; }
.wrong p { margin: 0; }
"""


def money(amount: int, currency: str) -> str:
    return f"{SIGNS[currency]}{amount // 100:,}.{amount % 100:02}"


def to_pay(
    session: Thing, lines: list[Thing], *, merchant: str, wrong: str = "", method: str = "card"
) -> str:
    """The page of an open session. `wrong` says what to mend, in a sentence."""
    total = money(session["amount_total"], session["currency"])
    debits = [one for one in session["payment_method_types"] if one in DEBITS]
    parts = [
        f"<h1>Pay {escape(merchant)}</h1>",
        _wrong(wrong),
        _lines(session, lines, total),
        '<form method="post" novalidate>',
        _choice(debits, method) if debits else '<input type="hidden" name="method" value="card">',
        _card(wrong, is_choice=bool(debits)),
        f'<p><button type="submit">Pay {total}</button></p>',
        "</form>",
        f'<p><a href="{escape(session["cancel_url"])}">Go back without paying</a></p>',
    ]
    return whole(f"{'Error: ' if wrong else ''}Pay {merchant}", "\n".join(parts))


def closed(session: Thing, *, merchant: str) -> str:
    """The page of a session at which nobody can pay any more."""
    is_paid = session["status"] == "complete"
    said = "You have paid already." if is_paid else "The time to pay is over. Nothing was taken."
    back = session["success_url"] if is_paid else session["cancel_url"]
    way = f'<p><a href="{escape(back)}">Go back to {escape(merchant)}</a></p>'
    return whole(f"Pay {merchant}", f"<h1>Pay {escape(merchant)}</h1><p>{said}</p>{way}")


def nothing() -> str:
    return whole(
        "Not found", "<h1>There is nothing to pay here</h1><p>Go back to the site and try again.</p>"
    )


def bank(payments: list[Thing]) -> str:
    """The bank debits that are under way in the demo, to be sent or refused by whoever plays bank."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(one['id'])}</th>"
        f"<td>{money(one['amount'], one['currency'])}</td><td>"
        f"<form method='post' action='/_control/bank'>"
        f"<input type='hidden' name='payment' value='{escape(one['id'])}'>"
        f"<button name='what' value='succeed'>The money comes</button> "
        f"<button name='what' value='fail'>It does not</button></form></td></tr>"
        for one in payments
    )
    table = f"<table><caption>Bank debits under way</caption><tbody>{rows}</tbody></table>"
    empty = "<p>No bank debit is under way. Choose bank debit when you pay, and come back.</p>"
    return whole("Play bank", f"<h1>Play bank</h1>{table if payments else empty}")


def whole(title: str, inside: str) -> str:
    return (
        f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)} (demo)</title>'
        f"<style>{STYLE}</style></head><body>"
        f'<header><p class="demo">Demo. No real money. Not Stripe.</p></header>'
        f"<main>{inside}</main></body></html>"
    )


def _wrong(sentence: str) -> str:
    if not sentence:
        return ""
    return f'<div class="wrong" role="alert"><p id="wrong">{escape(sentence)}</p></div>'


def _lines(session: Thing, lines: list[Thing], total: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(line["name"])}{_times(line)}</th>'
        f"<td>{money(line['amount'] * line['quantity'], session['currency'])}</td></tr>"
        for line in lines
    )
    end = f'<tfoot><tr><th scope="row">Total</th><td><strong>{total}</strong></td></tr></tfoot>'
    return f"<table><caption>What you pay for</caption><tbody>{rows}</tbody>{end}</table>"


def _times(line: Thing) -> str:
    return f" × {line['quantity']}" if line["quantity"] > 1 else ""


def _choice(debits: list[str], chosen: str) -> str:
    names = {"card": "Card", **{one: DEBITS[one] for one in debits}}
    rows = "".join(
        f'<label class="choice"><input type="radio" name="method" value="{method}"'
        f"{' checked' if method == chosen else ''}> {name}</label>"
        for method, name in names.items()
    )
    return (
        f"<fieldset><legend>How to pay</legend>{rows}"
        f'<p class="hint">A bank debit takes days in real life. Here somebody plays bank.</p></fieldset>'
    )


def _card(wrong: str, *, is_choice: bool) -> str:
    mark = ' aria-invalid="true"' if wrong else ""
    said = "wrong card-hint" if wrong else "card-hint"
    only = " Only for a card." if is_choice else ""
    return (
        f'<label for="card">Test card number</label>'
        f'<p class="hint" id="card-hint">4242 4242 4242 4242 pays. 4000 0000 0000 0002 is declined.{only} '
        f"Do not type a real card.</p>"
        f'<input type="text" id="card" name="card" inputmode="numeric" autocomplete="off"'
        f' aria-describedby="{said}"{mark}>'
    )
