// Scrolls a table inside its own box; scrollIntoView would move the whole page. The corner's size is
// what the sticky headers cover.
const reveal = (table, cell) => {
  const box = table.parentNode;
  const corner = table.querySelector("thead td");
  const outer = box.getBoundingClientRect();
  const inner = cell.getBoundingClientRect();
  const top = inner.top - outer.top - corner.offsetHeight;
  const bottom = inner.bottom - outer.top - box.clientHeight;
  const left = inner.left - outer.left - corner.offsetWidth;
  const right = inner.right - outer.left - box.clientWidth;
  box.scrollTop += top < 0 ? top : Math.max(bottom, 0);
  box.scrollLeft += left < 0 ? left : Math.max(right, 0);
};

// As parts.py writes them: a weight as a text of two decimals, and the cell of a weight.
const shown = (weight, { blank }) => (weight >= blank ? weight.toFixed(2).replace(/^0/, "") : "");

const fill = (cell, weight, given) => {
  cell.replaceChildren(shown(weight, given), ...cell.children);
  cell.style.setProperty("--w", weight);
  cell.classList.toggle("f", weight >= given.flip);
};
