//! Codes of the lints of URLs and of the macros in them.

use crate::diagnostic::code::codes;

codes! {
    UNKNOWN_MACRO = "url::unknown-macro", "a macro that no platform has",
        "Text between `#…#` or `{…}` is a macro, which is replaced at the click. This name is neither one of CAKE's nor a common one of another \
         platform, so it would reach the advertiser as it is.\n\n\
         Correct the name; the help line names the nearest one. In offer links CAKE replaces `#affid#`, `#oid#`, `#campid#`, `#cid#`, `#s1#` to \
         `#s5#`, `#reqid#`, `#oreqid#` and `#vstid#`.";
    MIXED_DIALECT = "url::mixed-dialect", "macros of two platforms in one URL",
        "The URL has macros in both forms, `#…#` and `{…}`. One platform replaces only one of them, so a part of the URL was probably copied from \
         elsewhere, and its macros would reach the advertiser as they are.\n\n\
         Write all of them in the form that your CAKE replaces.";
    OPEN_MACRO = "url::open-macro", "a macro of which one `#` is missing",
        "CAKE's macros have a `#` on both sides. Here one of the two is missing, so the rest of the URL is a fragment: browsers do not send it, \
         and the advertiser does not get it.\n\n\
         Write `#reqid#`. A fragment such as `/page#prices` is not reported.";
    NO_CLICK_ID = "url::no-click-id", "an active offer does not pass the click's id",
        "The `offer_url` has no macro for the id of the click (`#reqid#`, `#oreqid#`, `#vstid#`, `#s2#` to `#s5#`, `{transaction_id}`, `{click_id}` …). \
         An advertiser that reports conversions by postback has to send that id back; without it, no conversion can be attributed.\n\n\
         Add it in the parameter that the advertiser names:\n\n    \
         offer_url: \"https://shop.example/lp?r=#reqid#\"\n\n\
         A URL with `{offer_id}` is itself a tracking link and is not reported. For an advertiser with pixels only:\n\n    \
         sync:\n      allow: [{lint: url::no-click-id, reason: pixel}]";
    ENCODED_MACRO = "url::encoded-macro", "a macro is percent-encoded",
        "`%23affid%23` or `%7Baff_id%7D` is a macro whose signs were encoded, usually by a browser or a spreadsheet. It is not replaced.\n\n\
         Write the macro with its own signs, `#affid#` or `{aff_id}`, and put the URL into quotes in YAML. An offer that has this URL in CAKE \
         already is a warning, because CAKE's API cannot change a URL.";
    DUPLICATE_PARAMETER = "url::duplicate-parameter", "a parameter is given twice",
        "The query has two parameters of the same name. Which of the two the advertiser reads is not known.\n\n\
         Remove one of them. A name that ends in `[]` is a list and may repeat.";
    EMPTY_PARAMETER = "url::empty-parameter", "a parameter has no value",
        "The query has `name=` without a value. The macro or the value was probably forgotten.\n\n\
         Write the value, or remove the parameter.";
    QUERY_SYNTAX = "url::query-syntax", "the query of a URL is not well formed",
        "A query begins with one `?`, and its parameters are separated by one `&`. This URL has a second `?`, a `&` before the `?`, `&&`, or \
         `&amp;` from an HTML page, so the parameters arrive otherwise than they look.\n\n\
         Write `https://shop.example/lp?first=1&second=2`.";
    PLACEHOLDER = "url::placeholder", "a placeholder is left in the URL",
        "The URL of an active offer still has a text that was meant to be replaced, such as `REPLACE_ME`, `YOUR_ID`, `INSERT_ID`, `TODO`, `sub=xxx`, \
         `aff=[AFFID]`, `transaction_id=transaction_id`, or a host that cannot be an advertiser's: `example.com`, `yourdomain.com`, `localhost`, a \
         name in `.local` or `.invalid`, an address of a local network.\n\n\
         Put the real value in, or make the offer `pending` until it is known. An offer that has this URL in CAKE already is a warning.";
    LITERAL_ID = "url::literal-id", "a parameter for a macro has a fixed value",
        "A parameter whose name means the affiliate, a sub id or the click has a fixed value, so every click carries the same one. The link was \
         probably copied from one affiliate.\n\n\
         Write the macro, such as `aff=#affid#`. A fixed affiliate id is not reported where another parameter passes the affiliate: then it \
         is your own id at the advertiser's platform.";
    HTTP = "url::http", "a URL without encryption",
        "The URL begins with `http://`. Browsers warn of such pages, and on the way anybody can read and change the click's ids.\n\n\
         Write `https://`, after a look whether the page answers there. To make this an error, write in offersync.toml:\n\n    \
         [lints]\n    \
         \"url::http\" = \"deny\"";
    SHARED = "url::shared", "two active offers of one advertiser have the same URL",
        "Two active offers of one advertiser lead to the same `offer_url`, and no macro in it tells them apart. One of them is probably a copy \
         whose URL was not replaced. An offer whose expiration date has passed is not compared. What `sync.schedule` brings later is told with its \
         time; where that time has come, an apply and a plan without `--since` take it for a warning, whatever the level.\n\n\
         Correct the URL. If both are meant, add the offer's id (`#oid#`) to the URL, or say why:\n\n    \
         sync:\n      allow: [{lint: url::shared, reason: two payouts for one page}]";
}
