const READ_OUT = 3;

// The table is the data: nothing is stored twice, so what is read out is what is shown.
const read = (table) => {
  const [head, ...rows] = table.querySelectorAll("tr");
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
  button.style.cssText = cell.style.cssText;
  button.className = cell.className;
  button.lastChild.innerHTML = cell.innerHTML;
};

const addSentence = (view, axis, label) => {
  axis.buttons = axis.words.map((word) => {
    const node = button(word);
    node.append(make("small", ""));
    return node;
  });
  addWords(view, label, axis.buttons);
};

// Makes the words of a table answer. `labels` are those of source and target words; `told` is called
// with what is chosen and gives what is to be read out before it.
const addMap = (root, example, table, labels, told = () => "") => {
  const map = read(table);
  map.target.isTarget = true;
  const view = make("div", "am-view am-shaded");
  const said = make("p", "am-said");
  said.setAttribute("role", "status");
  const blank = make("td", "");
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
      wear(button, side === axis ? blank : line[j]);
    }));
    tabStop(axis.buttons, i);
    said.textContent = told(axis, i) + sentence(axis, i, !root.matches(".am-plain"));
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

  addSentence(view, map.source, labels[0]);
  addSentence(view, map.target, labels[1]);
  view.append(said);
  onTouch(example, touch);
  example.querySelector(".am-box").before(view);
  choose(map.target, 0);
  return { cells: map.cells, choose, again: () => choose(...chosen) };
};

takeUp(".attention-map", (root, bar, examples) => {
  if (root.querySelector(".g")) {
    const toggle = (event) => root.classList.toggle("am-plain", !event.target.checked);
    addCheckbox(bar, "Outline the gold alignment", true, toggle);
  }
  examples.forEach((example) => {
    const labels = ["Source words", "Target words, one at a time"];
    root.addEventListener("change", addMap(root, example, example.querySelector("table"), labels).again);
  });
});
