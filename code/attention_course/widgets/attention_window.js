const READ_OUT = 3;
const STEP = 0.25;

const sum = (numbers) => numbers.reduce((a, b) => a + b);

// The same numbers as AttentionWindow.weights, for one target word; `soft` is the softmax alone.
const weigh = ({ scores, p, D, sigma, renormalise }) => {
  const middle = Math.min(Math.floor(p), scores.length - 1);
  const inside = scores.map((_, s) => Math.abs(s - middle) <= D);
  const near = scores.map((_, s) => Math.exp(-((s - p) ** 2) / (2 * sigma ** 2)));
  const e = scores.map((score, s) => {
    if (!inside[s]) return -Infinity;
    return renormalise ? score * near[s] : score;
  });
  const largest = Math.max(...e);
  const all = e.map((score) => Math.exp(score - largest));
  const total = sum(all);
  const soft = all.map((a) => a / total);
  const weights = renormalise ? soft : soft.map((a, s) => a * near[s]);
  return { middle, inside, soft, weights };
};

// Bars, curve and edges in a plane where a word is one wide and a weight of 1 is one high.
const drawing = (set, found) => {
  const count = found.weights.length;
  const bar = (kind, top) => (a, s) =>
    `<rect class="${kind}" x="${s + top / 2}" y="${1 - a}" width="${1 - top}" height="${a}"/>`;
  const line = (kind, x, y, x2, y2) => `<path class="${kind}" d="M${x} ${y}L${x2} ${y2}"/>`;
  const curve = Array.from({ length: count * 20 + 1 }, (_, i) => {
    const x = i / 20;
    return `${x} ${1 - Math.exp(-((x - 0.5 - set.p) ** 2) / (2 * set.sigma ** 2))}`;
  });
  const edges = [found.middle - set.D, found.middle + set.D + 1];
  const upright = (kind, x) => (x >= 0 && x <= count ? line(kind, x, 0, x, 1) : "");
  return [
    ...[0, 0.5, 1].map((y) => line("aw-grid", 0, y, count, y)),
    ...found.weights.map(bar("aw-bar", 0.3)),
    ...(set.renormalise ? [] : found.soft.map(bar("aw-soft", 0.3))),
    `<path class="aw-curve" d="M${curve.join("L")}"/>`,
    upright("aw-centre-line", set.p + 0.5),
    ...edges.map((x) => upright("aw-edge", x)),
  ].join("");
};

const addChart = (view, words) => {
  const chart = make("div", "aw-chart");
  const axis = make("div", "aw-axis");
  const plot = make("div", "aw-plot");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const [before, after] = [make("div", "o"), make("div", "o")];
  const centre = make("span", "aw-centre");
  const scroll = make("div", "aw-scroll");
  chart.style.setProperty("--n", words.length);
  svg.setAttribute("viewBox", `0 0 ${words.length} 1`);
  svg.setAttribute("preserveAspectRatio", "none");
  chart.setAttribute("role", "img");
  scroll.tabIndex = 0;
  before.style.left = after.style.right = 0;
  axis.append(...["1", "0.5", "0"].map((text) => make("span", "", text)));
  plot.append(before, after, svg, centre);
  const columns = words.map((word, s) => {
    const column = make("div", "aw-word");
    column.append(make("small", ""), make("span", "", word));
    column.style.gridColumn = s + 2;
    return column;
  });
  chart.append(axis, plot, ...columns);
  scroll.append(chart);
  view.append(scroll);

  return (set, found, said) => {
    const part = (share) => `${100 * Math.max(share, 0) / words.length}%`;
    svg.innerHTML = drawing(set, found);
    before.style.width = part(found.middle - set.D);
    after.style.width = part(words.length - 1 - found.middle - set.D);
    centre.textContent = `p = ${set.p.toFixed(2)}`;
    centre.style.left = `clamp(28px, ${part(set.p + 0.5)}, calc(100% - 28px))`;
    chart.setAttribute("aria-label", said);
    columns.forEach((column, s) => {
      column.firstChild.textContent = found.texts[s];
      column.classList.toggle("aw-outside", !found.inside[s]);
    });
    scroll.scrollLeft = columns[found.middle].offsetLeft - scroll.clientWidth / 2;
  };
};

const addKey = (view) => {
  const key = make("p", "am-label aw-key");
  key.append(
    make("span", "aw-key-bar", "weight"),
    make("span", "aw-key-soft", "softmax inside the window"),
    make("span", "aw-key-curve", "Gaussian around p"),
    make("span", "aw-key-out", "outside the window"),
  );
  view.append(key);
};

const enhance = (root, bar, example) => {
  const given = JSON.parse(root.dataset.given);
  const title = example.querySelector(".am-title");
  const table = example.querySelector("table");
  const [head, ...rows] = example.querySelectorAll("tr");
  const source = [...head.querySelectorAll("th")].slice(0, -1).map((th) => th.textContent);
  const heads = rows.map((row) => row.querySelector("th"));
  const target = heads.map((th) => th.textContent);
  const cells = rows.map((row) => [...row.querySelectorAll("td")]);
  const follows = given.sigma === null;
  const set = { D: given.D, sigma: follows ? given.D / 2 : given.sigma, half: follows, renormalise: false };
  const view = make("div", "am-view");
  const said = make("p", "am-said");
  let chosen = 0;
  said.setAttribute("role", "status");

  const at = (t) => ({ ...set, p: given.centres[t], scores: given.scores[t] });
  const weightsOf = (t) => {
    const found = weigh(at(t));
    found.mass = sum(found.weights).toFixed(2);
    found.rounded = found.weights.map((w) => Number(w.toFixed(3)));
    found.texts = found.rounded.map((w) => shown(w, given));
    return found;
  };
  const sentence = (t, found) => {
    const [first, last] = [found.inside.indexOf(true), found.inside.lastIndexOf(true)];
    const largest = source
      .map((_, s) => [found.rounded[s], `${name(source, s)} ${found.rounded[s].toFixed(2)}`])
      .filter(([w]) => w >= given.blank)
      .sort((a, b) => b[0] - a[0])
      .slice(0, READ_OUT)
      .map(([, text]) => text);
    return `“${name(target, t)}”: p = ${given.centres[t].toFixed(2)}, window from “${name(source, first)}”` +
      ` to “${name(source, last)}”. Weights: ${largest.join(", ") || "none reaches 0.01"}.` +
      ` Mass: ${found.mass}.`;
  };
  const fillRow = (row, found) => row.forEach((cell, s) => {
    if (s === source.length) {
      cell.textContent = found.mass;
      return;
    }
    fill(cell, found.rounded[s], given);
    cell.classList.toggle("o", !found.inside[s]);
  });

  const buttons = target.map(button);
  addWords(view, "Target words, one at a time", buttons);
  const draw = addChart(view, source);
  addKey(view);
  view.append(said);

  const show = () => {
    const found = weightsOf(chosen);
    said.textContent = sentence(chosen, found);
    draw(at(chosen), found, said.textContent);
    press(buttons, chosen);
    tabStop(buttons, chosen);
    rows.forEach((row, t) => {
      fillRow(cells[t], weightsOf(t));
      [heads[t], ...cells[t]].forEach((cell) => cell.classList.toggle("on", t === chosen));
    });
    showD(set.D);
    showSigma(set.sigma);
    half.checked = set.half;
    title.textContent = `D = ${set.D}, σ = ${set.sigma}${set.renormalise ? ", renormalised" : ""}`;
    root.classList.toggle("aw-renormalised", set.renormalise);
  };
  const change = (changes) => {
    Object.assign(set, changes);
    if (set.half) set.sigma = set.D / 2;
    show();
  };
  const choose = (list, node, scroll) => {
    const t = list.indexOf(node);
    if (t < 0) return;
    chosen = t;
    show();
    if (scroll) reveal(table, cells[t][weigh(at(t)).middle]);
  };

  const most = Math.max(source.length, given.D);
  const showD = addSlider(bar, "Half-width D", { min: 1, max: most, step: 1 }, (D) => change({ D }));
  const showSigma = addSlider(
    bar,
    "Width σ",
    { min: STEP, max: Math.max(most, Math.ceil(set.sigma)), step: STEP },
    (sigma) => change({ sigma, half: false }),
  );
  const half = addCheckbox(bar, "σ = D/2", set.half, () => change({ half: half.checked }));
  addCheckbox(bar, "Renormalise (softmax last)", false, (event) => change({ renormalise: event.target.checked }));
  buttons[0].parentNode.addEventListener("focusin", (event) => choose(buttons, event.target, true));
  buttons[0].parentNode.addEventListener("click", (event) => choose(buttons, event.target, true));
  table.addEventListener("click", (event) => choose(rows, event.target.closest("tr")));
  table.className = "row";
  // The controls say it; on paper, where they are not, the title does.
  root.classList.add("am-titled");
  table.parentNode.before(view);
  show();
};

takeUp(".attention-window", (root, bar, [example]) => enhance(root, bar, example));
