// The table of all rows: owns reading the block of data, filters, search, order, pages, details and links to a row.
// Every value becomes text of a node, never markup. It computes nothing of an offer and sends no request.
(() => {
  "use strict";
  const PAGE = 100;
  const PRINTED = 2000;
  const element = (id) => document.getElementById(id);
  if (!element("Data")) return;

  const rows = [];
  const filters = [];
  const opened = new Set();
  const order = { column: -1, descending: false };
  const collator = new Intl.Collator("en", { numeric: true });
  let columns = [];
  let shown = [];
  let page = 0;
  let target = null;

  const make = (name, properties = {}, ...children) => {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  };

  async function read() {
    const block = element("Data");
    if (block.dataset.encoding !== "gzip") return JSON.parse(block.textContent);
    const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
    const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(unpacked).text());
  }

  function decode(data) {
    const text = (index) => data.texts[index];
    columns = data.columns;
    data.rows.forEach(([key, cells, options, numbers, details], at) => {
      const row = { at, key: text(key), cells: cells.map((lines) => lines.map(text)), options, numbers };
      row.details = () => details.map((detail) => detail.map((part) =>
        Array.isArray(part) ? part.map(text) : part === null ? null : text(part)));
      row.search = [row.key, ...row.cells.flat(), ...details.flat(2).filter((part) => part !== null).map(text)]
        .join("\n").toLowerCase();
      rows.push(row);
    });
  }

  // Filters.

  function makeFilters(data) {
    const reset = element("Filters").querySelector("button");
    data.filters.forEach(({ label, options }, at) => {
      if (options.length === 0) return;
      const select = make("select");
      select.append(make("option", { value: "", textContent: "all" }));
      const counts = options.map(() => 0);
      rows.forEach((row) => row.options[at].forEach((option) => { counts[option] += 1; }));
      options.map((option, index) => [option, index]).sort(([one], [other]) => collator.compare(one, other))
        .forEach(([option, index]) => select.append(
          make("option", { value: String(index), textContent: `${option || "not known"} (${counts[index]})` })));
      select.addEventListener("change", apply);
      filters.push({ at, select });
      element("Filters").insertBefore(make("label", {}, `${label} `, select), reset);
    });
  }

  function apply() {
    const words = element("Search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = filters.filter(({ select }) => select.value !== "")
      .map(({ at, select }) => [at, Number(select.value)]);
    shown = rows.filter((row) =>
      chosen.every(([at, option]) => row.options[at].includes(option)) && words.every((word) => row.search.includes(word)));
    sort();
    page = 0;
    draw();
  }

  function sort() {
    const { column, descending } = order;
    if (column < 0) return;
    const { sort: by } = columns[column];
    const sign = descending ? -1 : 1;
    const compareNumbers = (one, other) => {
      // What is not known is last in both directions.
      if (one === null || other === null) return (one === null) - (other === null);
      return sign * (one - other);
    };
    const value = typeof by === "object" ? (row) => row.numbers[by.number] : (row) => row.cells[column].join(" ");
    const values = new Map(shown.map((row) => [row, value(row)]));
    if (by === "given") {
      shown.sort((one, other) => sign * (one.at - other.at));
    } else if (by === "text") {
      shown.sort((one, other) => sign * collator.compare(values.get(one), values.get(other)) || one.at - other.at);
    } else {
      shown.sort((one, other) => compareNumbers(values.get(one), values.get(other)) || one.at - other.at);
    }
  }

  function makeHead() {
    columns.forEach(({ label, sort: by }, column) => {
      const button = make("button", { type: "button", textContent: label });
      const cell = make("th", { scope: "col" }, button);
      button.addEventListener("click", () => {
        // The largest change is what a first click looks for.
        const first = typeof by === "object";
        order.descending = order.column === column ? !order.descending : first;
        order.column = column;
        [...cell.parentNode.children].forEach((other) => other.removeAttribute("aria-sort"));
        cell.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
        sort();
        page = 0;
        draw();
      });
      element("Rows").tHead.rows[0].append(cell);
    });
  }

  // Drawing.

  function draw(first = page * PAGE, most = PAGE) {
    const part = shown.slice(first, first + most);
    element("Rows").tBodies[0].replaceChildren(...part.flatMap((row) =>
      opened.has(row) ? [drawRow(row), drawDetails(row)] : [drawRow(row)]));
    const all = shown.length === rows.length ? `${rows.length}` : `${shown.length} of ${rows.length}`;
    const last = first + part.length;
    element("Status").textContent = part.length === 0 ? `${all} shown` : `${all} shown, here ${first + 1} to ${last}`;
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    element("Page").textContent = `Page ${page + 1} of ${pages}`;
    element("Previous").disabled = page === 0;
    element("Next").disabled = page + 1 >= pages;
    element("Pages").hidden = pages === 1;
  }

  function drawRow(row) {
    const line = make("tr");
    line.dataset.key = row.key;
    if (row === target) line.className = "target";
    columns.forEach(({ label }, column) => {
      const lines = row.cells[column];
      if (label !== "Offer") {
        const cell = make("td", { className: label === "Why" ? "why" : "" });
        lines.forEach((text, at) => cell.append(...(at ? [make("br"), text] : [text])));
        line.append(cell);
        return;
      }
      const toggle = make("button", { type: "button", className: "toggle", textContent: opened.has(row) ? "▾" : "▸" });
      toggle.setAttribute("aria-expanded", String(opened.has(row)));
      toggle.setAttribute("aria-label", `Details of ${row.key}`);
      toggle.addEventListener("click", () => toggleDetails(row, line));
      const link = make("a", { href: `#${row.key}`, textContent: row.key });
      const cell = make("th", { scope: "row" }, toggle, link);
      lines.slice(1).forEach((text) => cell.append(make("br"), make("span", { className: "quiet", textContent: text })));
      line.append(cell);
    });
    return line;
  }

  function toggleDetails(row, line) {
    const open = !opened.has(row);
    if (open) opened.add(row); else opened.delete(row);
    if (open) line.after(drawDetails(row)); else line.nextSibling.remove();
    const toggle = line.querySelector(".toggle");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = open ? "▾" : "▸";
  }

  function drawDetails(row) {
    const list = make("dl");
    row.details().forEach(([label, first, second, note]) => {
      const value = make("dd");
      if (Array.isArray(first)) {
        const kinds = { "+": "plus", "-": "minus" };
        value.append(make("pre", {}, ...first.map((line) =>
          make("span", { className: kinds[line[0]] || "", textContent: `${line}\n` }))));
      } else if (second === undefined) {
        value.append(first);
      } else if (first === null || second === null) {
        value.append(make("code", { textContent: first === null ? second : first }));
      } else {
        const [before, after] = differences(first, second);
        value.append(make("code", {}, make("del", {}, ...before)), " → ", make("code", {}, make("ins", {}, ...after)));
      }
      if (note) value.append(make("span", { className: "quiet", textContent: ` (${note})` }));
      list.append(make("dt", { textContent: label }), value);
    });
    return make("tr", { className: "detail" }, make("td", { colSpan: columns.length }, list));
  }

  // Both texts, with the part in which they differ marked.
  function differences(before, after) {
    const [old, now] = [[...before], [...after]];
    const least = Math.min(old.length, now.length);
    let start = 0;
    while (start < least && old[start] === now[start]) start += 1;
    let end = 0;
    while (end < least - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
    return [old, now].map((letters) => [
      letters.slice(0, start).join(""),
      make("mark", { textContent: letters.slice(start, letters.length - end).join("") }),
      letters.slice(letters.length - end).join(""),
    ]);
  }

  // Links to a row.

  function follow() {
    const key = location.hash.slice(1);
    const found = rows.find((row) => row.key === key);
    if (!found) {
      if (key && !element(key)) element("Status").textContent = `No row has the key ${key}.`;
      return;
    }
    if (!shown.includes(found)) element("Filters").reset();
    if (!shown.includes(found)) apply();
    target = found;
    // A key can have two rows, such as a new offer and the old one that it replaces.
    rows.filter((row) => row.key === key).forEach((row) => opened.add(row));
    page = Math.floor(shown.indexOf(found) / PAGE);
    draw();
    const line = element("Rows").querySelector("tr.target");
    line.scrollIntoView({ block: "center" });
    line.querySelector("a").focus({ preventScroll: true });
  }

  function turn(by) {
    page += by;
    draw();
    element("Region").focus({ preventScroll: true });
    element("All").scrollIntoView();
  }

  function print() {
    draw(0, PRINTED);
    const part = shown.length > PRINTED ? `the first ${PRINTED} of ${shown.length}` : `all ${shown.length}`;
    element("Printed").textContent = `Printed: ${part} that the filters show, of ${rows.length} in all.`;
  }

  async function start() {
    let data;
    try {
      data = await read();
    } catch (error) {
      document.querySelector(".no-script").textContent = `The rows cannot be unpacked by this browser: ${error.message}`;
      return;
    }
    decode(data);
    makeFilters(data);
    makeHead();
    document.querySelector(".no-script").remove();
    for (const id of ["Filters", "Region"]) element(id).hidden = false;
    element("Search").addEventListener("input", apply);
    element("Filters").addEventListener("submit", (event) => event.preventDefault());
    element("Filters").addEventListener("reset", () => {
      // The values are cleared after this event.
      for (const { select } of filters) select.value = "";
      element("Search").value = "";
      apply();
    });
    element("Previous").addEventListener("click", () => turn(-1));
    element("Next").addEventListener("click", () => turn(1));
    addEventListener("keydown", (event) => {
      const typing = event.target.matches("input, select");
      if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        element("Search").focus();
      }
    });
    addEventListener("hashchange", follow);
    addEventListener("beforeprint", print);
    addEventListener("afterprint", () => draw());
    apply();
    follow();
    document.documentElement.dataset.ready = "true";
  }

  start();
})();
