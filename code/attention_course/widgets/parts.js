// Put before each figure's own script, inside one function: nothing here is seen by the page.

const make = (tag, className, text = "") => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
};

const button = (text) => {
  const node = make("button", "", text);
  node.type = "button";
  return node;
};

// A word that stands twice in its sentence needs its place to be told apart.
const name = (words, i) =>
  words.filter((word) => word === words[i]).length > 1 ? `${words[i]} (word ${i + 1})` : words[i];

const addWords = (view, label, buttons) => {
  const group = make("div", "am-words");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  group.append(...buttons);
  view.append(make("p", "am-label", label), group);
  addKeys(group, buttons);
};

// One stop of the Tab key for all the buttons; arrows move between them, in rows of `across`.
const addKeys = (group, buttons, across = 1) => {
  tabStop(buttons, 0);
  group.addEventListener("keydown", (event) => {
    const last = buttons.length - 1;
    const i = buttons.indexOf(document.activeElement);
    const to = {
      ArrowRight: i + 1, ArrowDown: i + across, ArrowLeft: i - 1, ArrowUp: i - across, Home: 0, End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    buttons[to]?.focus();
  });
};

const tabStop = (buttons, i) => buttons.forEach((node, j) => { node.tabIndex = j === i ? 0 : -1; });

const press = (buttons, i) => buttons.forEach((node, j) => node.setAttribute("aria-pressed", j === i));

// Calls `touch` where a mouse rests, where a finger or a mouse clicks, and where the focus is.
const onTouch = (place, touch) => {
  // A finger has no hover: its pointerover would choose a word on the way to scrolling.
  place.addEventListener("pointerover", (event) => event.pointerType === "mouse" && touch(event));
  place.addEventListener("click", touch);
  place.addEventListener("focusin", touch);
};

const addControl = (bar, text, control, textFirst) => {
  const label = make("label", "");
  label.append(...(textFirst ? [text, control] : [control, text]));
  bar.append(label);
};

const addCheckbox = (bar, text, checked, change) => {
  const box = make("input", "");
  box.type = "checkbox";
  box.checked = checked;
  box.addEventListener("change", change);
  addControl(bar, text, box, false);
  return box;
};

const showOnly = (examples, i) => examples.forEach((e, j) => { e.hidden = j !== i; });

const addChooser = (bar, examples) => {
  const select = make("select", "");
  examples.forEach((example) => select.append(make("option", "", example.dataset.title)));
  select.addEventListener("change", () => showOnly(examples, select.selectedIndex));
  addControl(bar, "Example", select, true);
};

// Every figure brings its script; each copy takes up the figures that no earlier copy has. `choice`
// adds what a reader chooses among several examples with.
const takeUp = (selector, enhance, choice = addChooser) => document.querySelectorAll(selector).forEach((root) => {
  if (root.attentionFigure) return;
  root.attentionFigure = true;
  const examples = [...root.querySelectorAll(".am-example")];
  const bar = make("div", "am-bar");
  if (examples.length > 1) {
    root.classList.add("am-titled");
    choice(bar, examples);
    showOnly(examples, 0);
  }
  examples[0].before(bar);
  enhance(root, bar, examples);
  bar.hidden = !bar.childNodes.length;
});
