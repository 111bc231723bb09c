//! Codes of CAKE itself: the API key, the connection, the list of offers, and the sandbox in its place.

use crate::diagnostic::code::codes;

codes! {
    KEY_MISSING = "cake::key-missing", "no API key in the environment",
        "`apply`, `drift` and `import` send requests to CAKE and need its API key. They read it from the environment variable that \
         `cake.api_key_env` names (default: CAKE_API_KEY). `plan` and `validate` need no key.\n\n    \
         export CAKE_API_KEY=...\n    \
         offersync apply\n\n\
         To try offersync without a key, run `offersync apply --sandbox`.";
    KEY_UNUSABLE = "cake::key-unusable", "what is in the environment cannot be an API key",
        "The variable that `cake.api_key_env` names (default: CAKE_API_KEY) is set, but its content cannot be sent as a key: it has a line \
         break or another control character in the middle. Nothing was sent.\n\n\
         Set the variable to the key alone:\n\n    \
         export CAKE_API_KEY=...";
    OTHER_KEY_HOST = "cake::other-key-host", "the API key belongs to another host",
        "OFFERSYNC_KEY_HOST names the host that may receive the API key, and `cake.url` (or CAKE_URL) names another one. Nothing was sent.\n\n\
         A pull request can change `cake.url`, but not the variable. So find out who changed the address and why, before you change the \
         variable where the API key is set:\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com\n\n\
         Several hosts are separated by commas. A port is part of the host, if it is not 443.";
    KEY_HOST_UNUSABLE = "cake::key-host-unusable", "the variable for the host of the API key is not a host",
        "OFFERSYNC_KEY_HOST names the hosts that may receive the API key, separated by commas. Each is a name or an address without a \
         path, with the port if it is not 443. Nothing was sent.\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com";
    NEW_KEY_HOST = "cake::new-key-host", "the host may not receive the API key yet",
        "offersync sends the API key only to a host that you have confirmed, because a pull request can change `cake.url`, and \
         its author would receive the key. Nothing was sent.\n\n\
         On your machine, run the command in a terminal: it asks once for each host, and keeps the answer in `offersync/cake-hosts` in \
         your configuration folder (`~/.config`, or `%APPDATA%` on Windows). `--auto-approve` does not answer this question. In CI, \
         where nothing is asked, set the host as a variable, where the API key is set and outside the repository:\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com\n\n\
         Loopback addresses, such as that of `offersync sandbox`, need no confirmation.";
    KEY_HOST_DECLINED = "cake::key-host-declined", "the host was not confirmed",
        "The question whether the API key may be sent to this host was not answered with `yes`. Nothing was sent, and nothing was recorded: \
         the next command that needs the key asks again.\n\n\
         If you did not expect a new host, find out who has changed `cake.url` in offersync.toml:\n\n    \
         git log -p -- offersync.toml";
    NO_KEY_HOSTS = "cake::no-key-hosts", "there is no configuration folder for the confirmed hosts",
        "The hosts that may receive the API key are kept in your configuration folder, and none of XDG_CONFIG_HOME, HOME and (on Windows) \
         APPDATA is an absolute path. Nothing was sent.\n\n\
         Set HOME, or name the host where the API key is set:\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com";
    KEY_HOSTS_IN_REPOSITORY = "cake::key-hosts-in-repository", "the confirmed hosts would be inside the repository",
        "The hosts that may receive the API key are kept in your configuration folder. Here this folder is inside the repository, where a \
         pull request could add a host. It is not used, and nothing was sent.\n\n\
         Set XDG_CONFIG_HOME or HOME to a folder outside the repository, or name the host where the API key is set:\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com";
    KEY_HOSTS_FILE = "cake::key-hosts-file", "the confirmed hosts cannot be read or written",
        "The hosts that may receive the API key are in `offersync/cake-hosts` in your configuration folder, one on each line. The file \
         cannot be read or written, or is not a regular file (a link is not followed). Nothing was sent.\n\n\
         Correct the file, or name the host in the environment:\n\n    \
         OFFERSYNC_KEY_HOST=yourdomain.cakemarketing.com";
    KEY_REFUSED = "cake::key-refused", "CAKE refused the API key",
        "CAKE answered that the key is invalid or is not allowed to do this. offersync sent no further request.\n\n\
         Check the key, the permissions of its user, and that the IP address of this machine is on CAKE's list of allowed addresses. \
         Then run the command again: it continues where it stopped.";
    CLIENT = "cake::client", "the connection to CAKE cannot be set up",
        "No request was sent: the HTTP client does not start. The message says why. On Linux, the certificates of the certificate \
         authorities are often missing, for example in a small container image.\n\n\
         Install them:\n\n    \
         apt-get install ca-certificates";
    UNREACHABLE = "cake::unreachable", "CAKE cannot be reached",
        "Several writes in a row could not be sent, so the apply did not start any other.\n\n\
         Check `cake.url` in offersync.toml and the network. CAKE may not answer an address that is not on its list of allowed \
         addresses, so check that the IP address of this machine is on it.";
    NO_LISTING = "cake::no-listing", "this CAKE has no list of offers",
        "CAKE answered that it does not have the call that lists offers. `import`, `drift` and `--refresh` need it. An apply needs it to \
         find duplicates before it creates an offer, and to compare the offers that it changes with their records.\n\n\
         Check `cake.url` first: a wrong address gives the same answer. If your CAKE really has no listing, turn these checks off in \
         offersync.toml. An offer that CAKE has already is then created a second time:\n\n    \
         cake.duplicate_check = \"off\"\n    \
         cake.verify = \"off\"";
    LISTING_FAILED = "cake::listing-failed", "CAKE's list of offers could not be read",
        "CAKE answered the request for its list of offers with an error or with a page that is not a list, or the connection failed, also \
         when the request was repeated. No write was sent because of it.\n\n\
         Check `cake.url` and the network, and run the command again.";
    LISTING_INCOMPLETE = "cake::listing-incomplete", "CAKE's list of offers is incomplete",
        "CAKE says how many offers it has, and its pages hold fewer, or the rows moved from page to page while they were read. A list \
         with gaps does not prove that an offer is missing, so offersync does not use it.\n\n\
         Run the command again while no other user changes offers in CAKE. If the list stays incomplete, the API key's user may not be \
         allowed to see every offer.";
    LISTING_EMPTY = "cake::listing-empty", "CAKE's list of offers is empty, and CAKE does not say that it has none",
        "A CAKE without offers says that it has 0 rows. This list has no rows and no such number, so it may as well be an error of CAKE \
         or of the API key's permissions.\n\n\
         Check that the API key's user may see offers. If CAKE really has none yet, create the first one in CAKE, or turn the check off \
         for one apply:\n\n    \
         cake.duplicate_check = \"off\"";
    NO_ROWS = "cake::no-rows", "CAKE answered with a message in place of its list of offers",
        "The message, such as \"No offers found\", may mean that the account has no offers, or that the key may not see them. It does not \
         prove that an offer is absent, so nothing was written.\n\n\
         If CAKE has offers, give the user of the key the right to see them. If it has none yet, and your CAKE never shows an empty \
         list, create the first one with\n\n    \
         cake.duplicate_check = \"off\"";
    EXISTS = "cake::exists", "CAKE already has an offer with this name",
        "CAKE has an offer with the same advertiser, and with the same or a similar name or the same URL, that is not in your state. Creating it again would make a duplicate. \
         Nothing was written.\n\n\
         If it is the same offer, record it for the YAML that you have. The command looks the offer up and prints what differs:\n\n    \
         offersync state adopt KEY --offer-id 12345\n\n\
         If it is a different one, give your offer another `offer_name`, or another `offer_url` if only the URL is the same.";
    SANDBOX = "sandbox::failed", "the sandbox cannot be started",
        "The local imitation of CAKE does not start: its port is in use, or its data under `.offersync/sandbox/` cannot be read. The \
         message says which.\n\n\
         Choose another port (`offersync sandbox --port 0` takes a free one). If the data are damaged, remove the folder to start with an \
         empty sandbox:\n\n    \
         rm -r .offersync/sandbox";
}
