"""Texts that want to run, to look like something else, or to be taken for markup."""

from itertools import product

#: A page that lets itself be fooled has an element of this id, or calls this.
MARK = "pwned"
_RUNS = "ran()"

_ELEMENTS = (
    f"<script id={MARK}>{_RUNS}</script>",
    f"<script id={MARK} src=//example.org/x.js></script>",
    f"<img id={MARK} src=x onerror={_RUNS}>",
    f"<svg id={MARK} onload={_RUNS}>",
    f"<svg id={MARK}><script>{_RUNS}</script></svg>",
    f"<svg id={MARK}><animate onbegin={_RUNS} attributeName=x dur=1s>",
    f"<iframe id={MARK} src=javascript:{_RUNS}></iframe>",
    f'<iframe id={MARK} srcdoc="<script>parent.{_RUNS}</script>"></iframe>',
    f"<object id={MARK} data=javascript:{_RUNS}></object>",
    f"<embed id={MARK} src=javascript:{_RUNS}>",
    f"<a id={MARK} href=javascript:{_RUNS}>x</a>",
    f"<form id={MARK} action=javascript:{_RUNS}><button>x</button></form>",
    f"<input id={MARK} onfocus={_RUNS} autofocus>",
    f"<details id={MARK} open ontoggle={_RUNS}>x</details>",
    f"<body id={MARK} onpageshow={_RUNS}>",
    f"<math id={MARK}><mtext><style><img src=x onerror={_RUNS}></style></mtext></math>",
    f"<style id={MARK}>@import '//example.org/x.css';</style>",
    f"<link id={MARK} rel=stylesheet href=//example.org/x.css>",
    f"<base id={MARK} href=//example.org/>",
    f'<meta id={MARK} http-equiv=refresh content="0;url=javascript:{_RUNS}">',
    f"<video id={MARK}><source onerror={_RUNS}></video>",
    f"<template id={MARK}><img src=x onerror={_RUNS}></template>",
    f"<marquee id={MARK} onstart={_RUNS}>x</marquee>",
    f"<noscript><p id={MARK} title='</noscript><img src=x onerror={_RUNS}>'>",
    f"<dialog id={MARK} open><button popovertarget=x onclick={_RUNS}>x</button></dialog>",
)
#: What stands before it, to get out of where a page has put it.
_WAYS_OUT = (
    "",
    '">',
    "'>",
    "`>",
    "-->",
    "]]>",
    "</title>",
    "</textarea>",
    "</bdi></p>",
    "</script>",
    "</style>",
    "\\x3c",
    "\u2028",
    "{{ 7*7 }}{% raw %}",
    "%(name)s{name}${name}",
    "<!--",
    "<![CDATA[",
    "&lt;",
    "\ufeff<",
    "\u202e",
)
_BARE = (
    f'" onmouseover="{_RUNS}" x="',
    f"' onmouseover='{_RUNS}' x='",
    f"javascript:{_RUNS}",
    f"data:text/html,<script>{_RUNS}</script>",
    f"<scr<script>ipt>{_RUNS}</scr</script>ipt>",
    f"＜script＞{_RUNS}＜/script＞",
    f"<sCrIpT id={MARK}>{_RUNS}</ScRiPt>",
    f"<img/id={MARK}/src=x/onerror={_RUNS}>",
    f"&#60;script&#62;{_RUNS}&#60;/script&#62;",
    f"\\u003cscript\\u003e{_RUNS}",
)

SHORT = (*_ELEMENTS, *_BARE)
#: Five hundred and some.
SCRIPTS = (*(before + element for before, element in product(_WAYS_OUT, _ELEMENTS)), *_BARE)

#: What Telegram's HTML would take for more than text.
ENTITIES = (
    "<b>bold</b>",
    "<a href='tg://user?id=1'>somebody</a>",
    '<a href="https://example.org/">bank</a>',
    "<code>/start</code>",
    "<tg-spoiler>hidden</tg-spoiler>",
    "<blockquote expandable>said</blockquote>",
    "</b></i></code><i>",
    "<pre><code class='language-x'>x</code></pre>",
    "&lt;b&gt;already escaped&lt;/b&gt;",
    "&amp;&quot;&#39;&#x3c;b&#x3e;",
    "<",
    "&",
    "<b",
    "**bold** __under__ [link](tg://user?id=1) `code` ||spoiler||",
    "{words} {name} %(name)s {0} {{",
)

ODD_NAMES = (
    "Ve\u202era",
    "\u2066Vera\u2069\u2069",
    "Ve\u200bra\u2060",
    "Vera\x00",
    "Ve\ud800ra",
    "V\u00ade\ufeffr\u180ea",
    "\u061cVera\u200e\u200f",
    "Ve\u2028ra\u2029",
    "Vera" + "\u0301" * 80,
    "\ufff9Vera\ufffb\U000e0041",
    "Vera\r\n\tHoxha",
)
