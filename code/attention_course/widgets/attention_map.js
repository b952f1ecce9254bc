const READ_OUT = 3;

// The table is the data: nothing is stored twice, so what is read out is what is shown.
const read = (example) => {
  const [head, ...rows] = example.querySelectorAll("tr");
  const cells = rows.map((row) => [...row.querySelectorAll("td")]);
  const axis = (heads, line) => ({ heads, line, words: heads.map((h) => h.textContent) });
  const target = axis(rows.map((row) => row.querySelector("th")), (t) => cells[t]);
  const source = axis([...head.querySelectorAll("th")], (s) => cells.map((row) => row[s]));
  target.other = source;
  source.other = target;
  return { target, source, cells };
};

// As the cell shows it, so that both agree where a last digit could be rounded either way; a
// blank cell has no number before the word for gold.
const number = (cell) => cell.firstChild?.data?.replace(/^\./, "0.");
const weight = (cell) => parseFloat(cell.style.getPropertyValue("--w")) || 0;

const sentence = (axis, i, showGold) => {
  const line = axis.line(i);
  const words = axis.other.words;
  const largest = line
    .map((cell, j) => [weight(cell), name(words, j), number(cell)])
    .filter(([, , shown]) => shown)
    .sort((a, b) => b[0] - a[0])
    .slice(0, READ_OUT)
    .map(([, word, shown]) => `${word} ${shown}`);
  const gold = line.flatMap((cell, j) => (cell.matches(".g") ? [name(words, j)] : []));
  const verb = axis.isTarget ? "looked at" : "was looked at by";
  return `“${name(axis.words, i)}” ${verb}: ${largest.join(", ") || "no weight reaches 0.01"}.` +
    (showGold && gold.length ? ` Gold: ${gold.join(", ")}.` : "");
};

// A cell's shade, number and outline, worn by the button of its word.
const wear = (button, cell) => {
  button.style.cssText = cell ? cell.style.cssText : "";
  button.classList.toggle("f", !!cell && cell.classList.contains("f"));
  button.classList.toggle("g", !!cell && cell.classList.contains("g"));
  button.lastChild.innerHTML = cell ? cell.innerHTML : "";
};

const addSentence = (view, axis, label) => {
  axis.buttons = axis.words.map((word) => {
    const node = button(word);
    node.append(make("small", ""));
    return node;
  });
  addWords(view, label, axis.buttons);
};

const enhance = (root, example) => {
  const map = read(example);
  map.target.isTarget = true;
    const table = example.querySelector("table");
  const view = make("div", "am-view am-shaded");
  const said = make("p", "am-said");
  said.setAttribute("role", "status");
  let chosen;

  // `across` is the word of the other sentence whose cell the mouse is on, if it is on one.
  const choose = (axis, i, across, scroll) => {
    chosen = [axis, i];
    const line = axis.line(i);
    table.className = axis.isTarget ? "row" : "column";
    map.cells.flat().forEach((cell) => cell.classList.toggle("on", line.includes(cell)));
    press(axis.buttons, i);
    press(axis.other.buttons, null);
    [axis, axis.other].forEach((side) => side.buttons.forEach((button, j) => {
      const own = side === axis && j === i;
      side.heads[j].classList.toggle("on", own || (side !== axis && j === across));
      wear(button, side === axis ? null : line[j]);
    }));
    tabStop(axis.buttons, i);
    said.textContent = sentence(axis, i, !root.matches(".am-plain"));
    if (scroll) reveal(table, line.reduce((a, b) => (weight(b) > weight(a) ? b : a)));
  };

  const at = (node) => {
    for (const axis of [map.target, map.source]) {
      let i = axis.buttons.indexOf(node.closest("button"));
      if (i < 0) i = axis.heads.indexOf(node.closest("th"));
      if (i >= 0) return [axis, i];
    }
    const cell = node.closest("td");
    const t = map.cells.findIndex((row) => row.includes(cell));
    return t < 0 ? null : [map.target, t, map.cells[t].indexOf(cell)];
  };
  const touch = (event) => {
    const [axis, i, across] = at(event.target) || [];
    if (axis) choose(axis, i, across, !!event.target.closest("button"));
  };

  addSentence(view, map.source, "Source words");
  addSentence(view, map.target, "Target words, one at a time");
  view.append(said);
  onTouch(example, touch);
  root.addEventListener("change", () => choose(...chosen));
  choose(map.target, 0);
  table.parentNode.before(view);
};

takeUp(".attention-map", (root, bar, examples) => {
  if (root.querySelector(".g")) {
    const toggle = (event) => root.classList.toggle("am-plain", !event.target.checked);
    addCheckbox(bar, "Outline the gold alignment", true, toggle);
  }
  examples.forEach((example) => enhance(root, example));
});
