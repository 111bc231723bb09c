//! Codes of `import`: offers from CAKE and rows of spreadsheets.

use crate::diagnostic::code::codes;

codes! {
    LEFT_OUT = "import::left-out", "an offer of CAKE was not imported",
        "The offer cannot be written as YAML that means the same, or more than one YAML file could belong to it. All other offers were \
         imported, and the exit code is 7.\n\n\
         Follow the help line of the message, then run `offersync import` again: it imports only what is still missing.";
    UNFINISHED = "import::unfinished", "an import was interrupted before it recorded its offers",
        "`offersync import` writes the YAML of CAKE's offers first and records their ids afterwards. It was interrupted in between, so these \
         offers have YAML and no record, and an apply would create them a second time. Nothing was sent.\n\n\
         Run the import again, with the command of the message: it records the offers whose YAML is there, writes what is missing, and leaves \
         out the offers whose name, advertiser or vertical is another by now in CAKE or in the YAML. Record such an offer with `offersync \
         state adopt KEY --offer-id N`. Until each offer is recorded, no create of any key is sent, because its file may have been renamed.\n\n\
         An offer that was recorded under another key meanwhile, such as by an import in another clone, has two files now. Remove the one \
         that has no record.";
    STATUS_NOT_LISTED = "import::status-not-listed", "offers of a status could not be listed",
        "CAKE's listing may show active offers only, unless it is asked for others. Here it was asked for another status, and did not \
         answer with offers, so offers of that status may be missing from the result.\n\n\
         If CAKE has such offers, run the command again. To import a single one: `offersync import --offer-id N`.";
    NOT_MANAGED = "import::not-managed", "a value of CAKE that YAML cannot hold",
        "CAKE shows a value that its own API does not accept, such as the status `Expired`. The offer is imported without it, and \
         offersync neither compares nor sends that field.\n\n\
         For the status, import writes this into the YAML, because an offer without a status would become active:\n\n    \
         sync:\n      ignore_changes: [offer_status]\n\n\
         To manage the status, write the one that the offer shall have, and take `offer_status` off the list:\n\n    \
         offer_status: inactive\n\n\
         With the list removed and no status in its place, the next apply would make the offer active: it takes traffic again.";
    SPREADSHEET = "import::spreadsheet", "the file is not a spreadsheet of offers",
        "The file must be an Excel workbook (.xlsx), or CSV in UTF-8 or UTF-16 with `,`, `;` or a tab as the separator. The first row names the columns: CAKE's field names, \
         `advertiser`, `vertical` and `currency` for configured names, `key` and `offer_id`. A column with another name needs `--map \
         NAME=COLUMN`, or `--ignore-column NAME` if it says nothing of the offers. A row that ends before the last column that is read may be \
         cut off, so it is not taken for one with empty cells. Of a workbook, one sheet is read: the only one that has cells, or the one of \
         `--sheet NAME`. Merged cells have one value in place of several, so they have to be split. Nothing was written.\n\n\
         Correct the file, then run the import again. To see the expected form, export your offers:\n\n    \
         offersync export --format csv";
    UNKNOWN_ID = "import::unknown-id", "a spreadsheet has an offer id that is not recorded",
        "The column `offer_id` says that CAKE has these offers already, but no key has these ids in the state. As new YAML files they would \
         be created a second time. Nothing was written.\n\n\
         Record the offers first, then import the spreadsheet again. To import them from CAKE, one or all:\n\n    \
         offersync import --offer-id N\n    \
         offersync import\n\n\
         If their YAML exists: `offersync state adopt KEY --offer-id N`. If CAKE has them with exactly the values of the spreadsheet, \
         `offersync import --from-csv FILE --state-ids` records them without a look in CAKE. If they are new offers, for example in \
         another CAKE account, remove the ids.";
    CELL = "import::cell", "a cell has an invalid value",
        "The value is not allowed in its column. All invalid cells of the file are reported at once, each with its row and column. \
         Nothing was written.\n\n\
         Correct the cells in the spreadsheet, then run the import again.\n\n\
         Amounts may have a currency's sign, a decimal comma and separators between thousands, where the file shows which mark is the decimal \
         one. It does not for `1.234`, if no other amount does: say it with `--locale en` (1.234) or `--locale de` (1234). A sign that is not \
         that of the offer's currency is refused; of offers without a currency, it is not kept, and a warning says so.\n\n\
         Dates are `YYYY-MM-DD HH:MM:SS`, or as `--date-format` says.\n\n\
         A cell of a workbook is what it shows. It is refused if it holds something else than that, such as 24.105 and shows 24.11, or \
         no exact decimal, such as a third of 100, or if its formula has no result in the file.";
}
