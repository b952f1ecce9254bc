// The tables are the data: nothing is stored twice, so what is read out is what is shown.
const read = (table) => [...table.tBodies[0].rows].map((row) => {
  const [head, ...cells] = row.cells;
  const [steps, remainder] = cells.splice(-2).map((cell) => parseFloat(cell.textContent));
  const weights = cells.slice(0, steps).map((cell) => parseFloat(cell.style.getPropertyValue("--w")) || 0);
  return { row, word: head.textContent, steps, remainder, weights };
});

const counted = (steps) => `${steps} step${steps > 1 ? "s" : ""}`;

// What a step added to the sum; the last adds what is left of 1, if the word halted at all.
const added = ({ steps, remainder, weights }, n) => {
  const left = n === steps - 1 && !isNaN(remainder);
  const before = weights.slice(0, n).reduce((a, b) => a + b, 0);
  return { left, before, weight: weights[n], sum: left ? 1 : before + weights[n] };
};

const sentence = (words, i) => {
  const word = words[i];
  const each = word.weights.map((_, n) => added(word, n));
  const own = each.filter(({ left }) => !left);
  const probabilities = own.length
    ? ` Halting probabilities ${own.map(({ weight }) => weight.toFixed(2)).join(", ")};` +
      ` sum ${own.at(-1).sum.toFixed(2)}.`
    : "";
  const end = isNaN(word.remainder)
    ? " It never halted: the steps ran out."
    : ` Remainder ${word.remainder.toFixed(2)}.`;
  const shown = name(words.map((other) => other.word), i);
  return `“${shown}”: ${counted(word.steps)}.${probabilities}${end}`;
};

// A square for each step, the first at the bottom, over the word.
const barred = ({ word, steps, weights }) => {
  const node = button("");
  const bar = make("span", "pb-bar");
  bar.append(...weights.map((weight) => {
    const square = make("i", "");
    square.style.setProperty("--w", weight);
    return square;
  }));
  node.append(bar, make("small", "", steps), word);
  node.setAttribute("aria-label", `${word}: ${counted(steps)}`);
  return node;
};

// How the chosen word's sum grew: a line for each step, on a scale from 0 to 1.
const addLines = (view, most) => {
  const chart = make("div", "pb-lines");
  chart.setAttribute("aria-hidden", true);
  const lines = Array.from({ length: most }, (_, n) => {
    const track = make("div", "pb-track");
    const parts = [make("span", "pb-before"), make("span", "pb-weight")];
    const text = make("span", "pb-text");
    track.append(...parts);
    chart.append(make("span", "", `step ${n + 1}`), track, text);
    return { track, parts, text };
  });
  view.append(chart);
  return (word) => lines.forEach(({ track, parts: [before, weight], text }, n) => {
    const made = n < word.steps;
    const step = made ? added(word, n) : { before: 0, weight: 0 };
    track.classList.toggle("pb-halted", !made);
    before.style.width = `${100 * step.before}%`;
    weight.style.width = `${100 * step.weight}%`;
    weight.classList.toggle("pb-left", !!step.left);
    if (!made) text.textContent = "halted";
    else if (step.left) text.textContent = `remainder ${step.weight.toFixed(2)}`;
    else text.textContent = `+ ${step.weight.toFixed(2)} = ${step.sum.toFixed(2)}`;
  });
};

const enhance = (example) => {
  const tables = [...example.querySelectorAll("table")];
  const labels = [...example.querySelectorAll(".am-label")];
  const sides = tables.map(read);
  const most = tables[0].tHead.rows[0].cells.length - 3;
  const view = make("div", "am-view");
  const said = make("p", "am-said");
  said.setAttribute("role", "status");
  const buttons = sides.map((words, side) => {
    const nodes = words.map(barred);
    addWords(view, labels[side].textContent, nodes);
    return nodes;
  });
  view.style.setProperty("--most", most);
  const draw = addLines(view, most);
  view.append(said);

  const choose = (side, i) => {
    const word = sides[side][i];
    buttons.forEach((nodes, other) => press(nodes, other === side ? i : null));
    tabStop(buttons[side], i);
    sides.flat().forEach(({ row }) =>
      [...row.cells].forEach((cell) => cell.classList.toggle("on", row === word.row)));
    draw(word);
    said.textContent = sentence(sides[side], i);
  };
  onTouch(example, (event) => sides.forEach((words, side) => {
    let i = buttons[side].indexOf(event.target.closest("button"));
    if (i < 0) i = words.findIndex(({ row }) => row === event.target.closest("tr"));
    if (i >= 0) choose(side, i);
  }));
  tables.forEach((table) => { table.className = "row"; });
  choose(0, 0);
  example.querySelector(".pb-tables").before(view);
};

takeUp(".ponder-bars", (root, bar, examples) => examples.forEach(enhance));
