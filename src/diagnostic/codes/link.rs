//! Codes of what `check-links` finds.

use crate::diagnostic::code::codes;

codes! {
    STATUS = "link::status", "a link answers with an error",
        "The page that the link leads to answers with an HTTP status that is no success, such as 404 (there is no such page) or 500 (the server \
         has failed). Clicks are paid for and lead to nothing.\n\n\
         Open the link in a browser. With 401 or 403, the host may refuse programs and show the page to people; then leave the offer out:\n\n    \
         offersync check-links --exclude KEY";
    REDIRECTS = "link::redirects", "a link's redirects do not end at a page",
        "The link redirects in a circle, more than 10 times, or to what is no address. Visitors see an error, or leave before the page is there.\n\n\
         Open the link in a private window of a browser. offersync keeps no cookies, so a page that redirects until a cookie is set goes in a \
         circle here; leave such an offer out:\n\n    \
         offersync check-links --exclude KEY";
    TLS = "link::tls", "a link's host has no valid certificate",
        "There is no encrypted connection to the host: for example, its certificate has expired, is for another name, or has a signature that \
         this machine does not trust. Browsers show a warning in place of the page.\n\n\
         Ask the advertiser for a valid certificate. If browsers do open the page, the certificates of the certificate authorities on this \
         machine may be old:\n\n    \
         apt-get install ca-certificates";
    UNREACHABLE = "link::unreachable", "a link's host does not answer",
        "There is no host of this name, it takes no connection, or its reply did not come in time. Proxies are not used.\n\n\
         Check the name, and the network of this machine. If the host is slow, wait longer:\n\n    \
         offersync check-links --timeout 60 KEY";
    NOT_PUBLIC = "link::not-public", "a link leads to an address that is not public",
        "The link, or a redirect, leads to an address of a private network, of this machine, or of a cloud's own services. Visitors cannot reach it, \
         and a link in a pull request could use a CI runner to reach what is hidden from outside. Nothing was sent to it.\n\n\
         A link that names this machine itself (`localhost`, 127.0.0.1) is followed, so that a page can be tried before it is public; a redirect \
         from elsewhere to this machine is not. Correct the link, or leave the offer out:\n\n    \
         offersync check-links --exclude KEY";
    NOT_CHECKED = "link::not-checked", "a link could not be checked",
        "Whether the link works is not known: its host is a macro, it leads to an app in place of a page, its host asks for fewer requests (HTTP \
         429, or a `Retry-After` of more than 30 seconds), or it did not answer three other requests in a row. The exit code is 7, if no link is broken.\n\n\
         Where a host asks for fewer requests or does not answer, check its offers later:\n\n    \
         offersync check-links KEY";
    NOT_ENCRYPTED = "link::not-encrypted", "a link is not encrypted all the way",
        "One of the addresses that the link leads over begins with `http://`. On the way anybody can read and change the click's parameters, and \
         browsers warn of such pages.\n\n\
         Write `https://`, or ask the advertiser for a link that stays encrypted.";
    OTHER_SITE = "link::other-site", "`offer_url` and `preview_url` lead to different sites",
        "Both links lead to a page, and the hosts of the two pages have different registrable domains: the part that one owner has registered, \
         by the Public Suffix List. `go.shop.co.uk` and `www.shop.co.uk` are one site; `shop.example` and `store.example` are two. Affiliates \
         choose an offer by its preview, so one of the links is often that of another offer.\n\n\
         Compare the two pages, and correct the link that is wrong. It is a warning, because a preview may lie elsewhere on purpose.";
    CLIENT = "link::client", "links cannot be followed on this machine",
        "No request was sent: the HTTP client does not start. The message says why. On Linux, the certificates of the certificate authorities are \
         often missing, for example in a small container image.\n\n\
         Install them:\n\n    \
         apt-get install ca-certificates";
}
