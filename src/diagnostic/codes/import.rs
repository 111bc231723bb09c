//! Codes of what comes in: offers from CAKE and rows of spreadsheets.

use crate::diagnostic::code::codes;

codes! {
    LEFT_OUT = "import::left-out", "an offer of CAKE's that was not imported",
        "The offer cannot be written as YAML that means the same, or it is not certain which YAML it belongs to. Everything else was \
         imported. The message says what to do; running the import again takes up what was left out.";
    NOT_MANAGED = "import::not-managed", "a value of CAKE's that no YAML can hold",
        "CAKE shows a value that its own API does not take, such as the status Expired. The offer is imported without it: the value is \
         neither compared nor sent. For the status this is written into the YAML as `ignore_changes: [offer_status]`, because an absent \
         status would mean active.";
    SPREADSHEET = "import::spreadsheet", "a file that cannot be read as a spreadsheet of offers",
        "The file is CSV in UTF-8, with `,`, `;` or a tab between cells. Its first row names the columns: CAKE's names of the fields, \
         `advertiser`, `vertical` and `currency` for configured names, `key` and `offer_id`. Nothing was written.";
    CELL = "import::cell", "a cell that cannot be used",
        "The value breaks the rule of its column. Every such cell of the file is told at once, by its row and by its place in the file. \
         Nothing was written; correct the spreadsheet and import it again.";
}
