// What is seen and read out comes from the strip of small pictures that Python made.
const enhance = (example) => {
  const strip = example.querySelector(".pa-strip");
  const words = [...strip.children];
  const pictures = words.map((figure) => figure.querySelector(".pa-picture"));
  const view = make("div", "am-view pa-view");
  const large = make("div", "pa-large");
  const side = make("div", "pa-side");
  const said = make("p", "am-said");
  said.setAttribute("role", "status");

  const buttons = words.map((figure) => {
    const node = button("");
    const small = figure.querySelector(".pa-picture").cloneNode(true);
    small.removeAttribute("role");
    small.removeAttribute("aria-label");
    node.append(small, ...figure.querySelector("figcaption").cloneNode(true).childNodes);
    return node;
  });
  const choose = (i) => {
    large.replaceChildren(pictures[i].cloneNode(true));
    press(buttons, i);
    tabStop(buttons, i);
    said.textContent = pictures[i].getAttribute("aria-label");
  };

  addWords(side, "Words, one at a time", buttons);
  side.append(said);
  view.append(large, side);
  onTouch(side, (event) => {
    const i = buttons.indexOf(event.target.closest("button"));
    if (i >= 0) choose(i);
  });
  choose(0);
  strip.before(view);
};

takeUp(".picture-attention", (root, bar, examples) => examples.forEach(enhance));
