"""What a coordinator lets be heard."""

FORM = {
    "language": "en",
    "kind": "threat",
    "severity": "urgent",
    "phrase": "big aunties",
    "note": "<b>They collect debts</b>",
    "hears": "the big aunties came\r\n\r\nbig aunties again",
    "ignores": "my aunties are <i>well</i>",
}
