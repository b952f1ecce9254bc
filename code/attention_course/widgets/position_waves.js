// PE(pos, 2i) = sin(pos / base^(2i/d)), PE(pos, 2i+1) = cos(pos / base^(2i/d)).
const sinusoids = (positions, d, base) => Array.from({ length: positions }, (_, pos) =>
  Array.from({ length: d }, (_, j) => (j % 2 ? Math.cos : Math.sin)(pos / base ** ((j - j % 2) / d))));

const dot = (a, b) => a.reduce((sum, value, j) => sum + value * b[j], 0);

const short = (value) => String(Number(value.toPrecision(3)));

const signed = (value, digits) => value.toFixed(digits).replace("-", "−");

// Those bars that are asked for, in a plane where one is one wide; the chart's matrix turns it as it lies.
const bars = (values, wanted) =>
  values.map((value, i) => (wanted(value, i) ? `M${i} 0V${short(value)}h.8V0z` : "")).join("");

const paint = (canvas, vectors, colours) => {
  canvas.width = vectors[0].length;
  canvas.height = vectors.length;
  const pixels = vectors.flat().flatMap((value) => [...colours[value > 0 ? 0 : 1], Math.round(255 * Math.abs(value))]);
  const image = new ImageData(Uint8ClampedArray.from(pixels), canvas.width);
  canvas.getContext("2d").putImageData(image, 0, 0);
};

const sentence = ({ d, base, position, number }, vectors, products) => {
  const wave = `${number % 2 ? "cos" : "sin"}(${position} / ${base}^(${number - number % 2}/${d}))`;
  const length = 2 * Math.PI * base ** ((number - number % 2) / d);
  const last = products.length - 1;
  const others = [position < last ? position + 1 : position - 1, position < last / 2 ? last : 0];
  const product = (other) => `${signed(products[other], 2)} with ${other === position ? "itself" : `position ${other}`}`;
  return `Position ${position}, number ${number}: ${wave} = ${signed(vectors[position][number], 3)}; ` +
    `this number repeats every ${short(length)} positions. ` +
    `Dot product: ${[position, ...others].map(product).join(", ")}.`;
};

const enhance = (root, bar, example) => {
  const given = JSON.parse(root.dataset.given);
  const last = given.positions - 1;
  const set = { d: given.d, base: given.base, position: Math.floor(given.positions / 2), number: 0 };
  const find = (selector) => example.querySelector(selector);
  const [chart, map, title] = [".pw-chart", ".pw-map", ".am-title"].map(find);
  const [canvas, row, column] = ["canvas", "i", "i"].map((tag) => make(tag, ""));
  const [numberAxis, productAxis] = example.querySelectorAll(".pw-along");
  const [productHead, foot] = [find(".pw-head ~ .pw-head"), find(".pw-foot")];
  const said = make("p", "am-said");
  said.setAttribute("role", "status");

  // Takes up the chart that Python drew; gives the function that draws it anew.
  const redraw = (svg) => {
    const [plus, minus] = svg.querySelectorAll("path");
    const chosen = plus.cloneNode();
    chosen.setAttribute("class", "pw-chosen");
    minus.after(chosen);
    return (view, values, at) => {
      svg.setAttribute("viewBox", view);
      plus.setAttribute("d", bars(values, (value) => value > 0));
      minus.setAttribute("d", bars(values, (value) => value <= 0));
      chosen.setAttribute("d", bars(values, (_, i) => i === at));
    };
  };
  const drawValues = redraw(find(".pw-values"));
  const drawProducts = redraw(find(".pw-products"));

  const show = () => {
    const vectors = sinusoids(given.positions, set.d, set.base);
    const products = vectors.map((vector) => dot(vector, vectors[set.position]));
    const low = Math.min(0, ...vectors.map((vector) => dot(vector, vectors[0])));
    paint(canvas, vectors, given.colours);
    drawValues(`0 -1 ${set.d} 2`, vectors[set.position], set.number);
    drawProducts(`${low} 0 ${set.d / 2 - low} ${given.positions}`, products, set.position);
    row.style.inset = `${100 * set.position / given.positions}% 0 ${100 * (last - set.position) / given.positions}%`;
    column.style.inset = `0 ${100 * (set.d - 1 - set.number) / set.d}% 0 ${100 * set.number / set.d}%`;
    numberAxis.lastChild.textContent = set.d - 1;
    productAxis.firstChild.textContent = signed(low, 1).replace(/\.0$/, "");
    productAxis.lastChild.textContent = set.d / 2;
    productHead.textContent = `Dot product with position ${set.position}`;
    foot.textContent = `The numbers of position ${set.position}`;
    title.textContent = `d = ${set.d}, base = ${set.base}`;
    said.textContent = sentence(set, vectors, products);
    chart.setAttribute("aria-label", said.textContent);
    showD(set.d);
    showBase(given.bases.indexOf(set.base), String(set.base));
    showPosition(set.position);
    showNumber(set.number);
  };
  const change = (changes) => {
    Object.assign(set, changes);
    set.number = Math.min(set.number, set.d - 1);
    numbers.max = set.d - 1;
    show();
  };
  const slider = (label, max, changes, min = 0, step = 1) =>
    addSlider(bar, label, { min, max, step }, (value) => change(changes(value)));
  const showD = slider("Size d", given.most, (d) => ({ d }), 2, 2);
  const showBase = slider("Base", given.bases.length - 1, (i) => ({ base: given.bases[i] }));
  const showPosition = slider("Position", last, (position) => ({ position }));
  const showNumber = slider("Number", set.d - 1, (number) => ({ number }));
  const numbers = bar.querySelectorAll("input")[3];

  const at = (start, length, pointer, count) =>
    Math.min(Math.max(Math.floor((pointer - start) / length * count), 0), count - 1);
  const point = (event) => {
    const box = map.getBoundingClientRect();
    const position = at(box.top, box.height, event.clientY, given.positions);
    const over = map.contains(event.target);
    change({ position, ...(over && { number: at(box.left, box.width, event.clientX, set.d) }) });
  };
  [map, find(".pw-products")].forEach((place) => {
    place.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(event));
    place.addEventListener("click", point);
  });
  map.append(canvas, row, column);
  map.style.background = "none";
  // The controls say it; on paper, where they are not, the title does.
  root.classList.add("am-titled");
  chart.after(said);
  show();
};

takeUp(".position-waves", (root, bar, [example]) => enhance(root, bar, example));
