const KEY = "Framed in each small map: the line of the chosen word. Below: its largest weight.";

// By a click or by the arrows: a mouse passes many of these buttons on its way.
const onChoice = (place, buttons, choose) => ["click", "focusin"].forEach((kind) => {
  place.addEventListener(kind, (event) => {
    const i = buttons.indexOf(event.target.closest("button"));
    if (i >= 0) choose(i);
  });
});

const addKinds = (bar, examples) => {
  const buttons = examples.map((example) => button(example.dataset.title));
  const place = make("div", "");
  addWords(place, "Who looks at whom", buttons);
  onChoice(place, buttons, (i) => {
    press(buttons, i);
    tabStop(buttons, i);
    showOnly(examples, i);
  });
  press(buttons, 0);
  bar.append(place);
};

// A small map as a button, and under it where the chosen word looks most.
const headButton = (small) => {
  const node = button("");
  small.before(node);
  node.append(small, make("span", "ae-word"), make("span", "ae-number"));
  return node;
};

const explore = (root, example, layers, given) => {
  const [overview, table] = example.querySelectorAll("table");
  const title = example.querySelector(".ae-shown");
  const maps = layers.flat();
  const smalls = [...overview.querySelectorAll(".ae-map")];
  const names = smalls.map((small) => small.getAttribute("aria-label"));
  const buttons = smalls.map(headButton);
  let head = maps.length - 1;
  let chosen, kept;

  const told = (axis, i) => {
    chosen = [axis, i];
    overview.className = axis.isTarget ? "ae-row" : "ae-column";
    overview.style.setProperty("--at", i / axis.words.length);
    overview.style.setProperty("--part", 1 / axis.words.length);
    maps.forEach((weights, h) => {
      const line = axis.isTarget ? weights[i] : weights.map((row) => row[i]);
      const most = line.indexOf(Math.max(...line));
      const number = shown(line[most] / 1000, given);
      buttons[h].children[1].textContent = axis.other.words[most];
      buttons[h].children[2].textContent = number;
      buttons[h].setAttribute("aria-label", `${names[h]}: ${name(axis.other.words, most)} ${number}`);
    });
    return `${names[head]}. `;
  };
  const labels = ["Words that are looked at", "Words that look, one at a time"];
  const map = addMap(root, example, table, labels, told);

  example.querySelector(".am-view").append(make("p", "am-label ae-key", KEY));

  onChoice(overview, buttons, (h) => {
    head = h;
    maps[h].forEach((row, t) => row.forEach((w, s) => fill(map.cells[t][s], w / 1000, given)));
    title.textContent = names[h];
    press(buttons, h);
    tabStop(buttons, h);
    map.again();
  });
  addKeys(overview, buttons, layers[0].length);
  tabStop(buttons, head);
  press(buttons, head);

  // The mouse crosses other words on its way to another head; a click keeps the word it was on.
  ["click", "focusin"].forEach((kind) => example.addEventListener(kind, () => { kept = chosen; }));
  [...example.querySelectorAll(".am-words"), table].forEach((place) => {
    place.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && kept) map.choose(...kept);
    });
  });
};

takeUp(".attention-explorer", (root, bar, examples) => {
  const given = JSON.parse(root.dataset.given);
  examples.forEach((example, i) => explore(root, example, given.maps[i], given));
}, addKinds);
