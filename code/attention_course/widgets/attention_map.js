(() => {
  "use strict";

  const READ_OUT = 3;

  const make = (tag, className, text = "") => {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  };

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

  // A word that stands twice in its sentence needs its place to be told apart.
  const name = (words, i) =>
    words.filter((word) => word === words[i]).length > 1 ? `${words[i]} (word ${i + 1})` : words[i];

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

  // Scrolls the matrix inside its own box; scrollIntoView would move the whole page. The corner's
  // size is what the sticky headers cover.
  const reveal = (box, cell, corner) => {
    const outer = box.getBoundingClientRect();
    const inner = cell.getBoundingClientRect();
    const top = inner.top - outer.top - corner.offsetHeight;
    const bottom = inner.bottom - outer.top - box.clientHeight;
    const left = inner.left - outer.left - corner.offsetWidth;
    const right = inner.right - outer.left - box.clientWidth;
    box.scrollTop += top < 0 ? top : Math.max(bottom, 0);
    box.scrollLeft += left < 0 ? left : Math.max(right, 0);
  };

  // A cell's shade, number and outline, worn by the button of its word.
  const wear = (button, cell) => {
    button.style.cssText = cell ? cell.style.cssText : "";
    button.classList.toggle("f", !!cell && cell.classList.contains("f"));
    button.classList.toggle("g", !!cell && cell.classList.contains("g"));
    button.lastChild.innerHTML = cell ? cell.innerHTML : "";
  };

  const addWords = (view, axis, label) => {
    view.append(make("p", "am-label", label));
    const group = make("div", "am-words");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", label);
    axis.buttons = axis.words.map((word) => {
      const button = make("button", "", word);
      button.type = "button";
      button.append(make("small", ""));
      group.append(button);
      return button;
    });
    view.append(group);
  };

  const enhance = (root, example) => {
    const map = read(example);
    map.target.isTarget = true;
    const box = example.querySelector(".am-box");
    const table = example.querySelector("table");
    const corner = example.querySelector("thead td");
    const view = make("div", "am-view");
    const said = make("p", "am-said");
    said.setAttribute("role", "status");
    let chosen;

    // `across` is the word of the other sentence whose cell the mouse is on, if it is on one.
    const choose = (axis, i, across, scroll) => {
      chosen = [axis, i];
      const line = axis.line(i);
      table.className = axis.isTarget ? "row" : "column";
      map.cells.flat().forEach((cell) => cell.classList.toggle("on", line.includes(cell)));
      [axis, axis.other].forEach((side) => side.buttons.forEach((button, j) => {
        const own = side === axis && j === i;
        button.setAttribute("aria-pressed", own);
        side.heads[j].classList.toggle("on", own || (side !== axis && j === across));
        wear(button, side === axis ? null : line[j]);
      }));
      axis.buttons.forEach((button, j) => { button.tabIndex = j === i ? 0 : -1; });
      said.textContent = sentence(axis, i, !root.matches(".am-plain"));
      if (scroll) reveal(box, line.reduce((a, b) => (weight(b) > weight(a) ? b : a)), corner);
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

    const keys = (axis, event) => {
      const last = axis.buttons.length - 1;
      const i = axis.buttons.indexOf(document.activeElement);
      const to = {
        ArrowRight: i + 1, ArrowDown: i + 1, ArrowLeft: i - 1, ArrowUp: i - 1, Home: 0, End: last,
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      axis.buttons[Math.min(Math.max(to, 0), last)].focus();
    };

    addWords(view, map.source, "Source words");
    addWords(view, map.target, "Target words, one at a time");
    view.append(said);
    [map.target, map.source].forEach((axis) => {
      axis.buttons.forEach((button, j) => { button.tabIndex = j ? -1 : 0; });
      axis.buttons[0].parentNode.addEventListener("keydown", (event) => keys(axis, event));
    });
    // A finger has no hover: its pointerover would choose a word on the way to scrolling.
    example.addEventListener("pointerover", (event) => event.pointerType === "mouse" && touch(event));
    example.addEventListener("click", touch);
    example.addEventListener("focusin", touch);
    root.addEventListener("change", () => choose(...chosen));
    choose(map.target, 0);
    box.before(view);
  };

  const addControl = (bar, text, control, textFirst) => {
    const label = make("label", "");
    label.append(...(textFirst ? [text, control] : [control, text]));
    bar.append(label);
  };

  const addBar = (root, examples) => {
    const bar = make("div", "am-bar");
    if (examples.length > 1) {
      const select = make("select", "");
      examples.forEach((example) => select.append(make("option", "", example.dataset.title)));
      const show = () => examples.forEach((e, i) => { e.hidden = i !== select.selectedIndex; });
      root.classList.add("am-titled");
      select.addEventListener("change", show);
      show();
      addControl(bar, "Example", select, true);
    }
    if (root.querySelector(".g")) {
      const box = make("input", "");
      box.type = "checkbox";
      box.checked = true;
      box.addEventListener("change", () => root.classList.toggle("am-plain", !box.checked));
      addControl(bar, "Outline the gold alignment", box, false);
    }
    examples[0].before(bar);
  };

  // Every map brings this script; each copy takes up the maps that no earlier copy has.
  document.querySelectorAll(".attention-map").forEach((root) => {
    if (root.attentionMap) return;
    root.attentionMap = true;
    const examples = [...root.querySelectorAll(".am-example")];
    addBar(root, examples);
    examples.forEach((example) => enhance(root, example));
  });
})();
