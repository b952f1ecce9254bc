// A slider with its value beside it; gives the function that shows a value. Where what a slider counts
// is not what a reader is to see, `text` is.
const addSlider = (bar, label, given, change) => {
  const place = make("span", "am-slider");
  const slider = make("input", "");
  const output = make("span", "");
  Object.assign(slider, { type: "range", ...given });
  slider.addEventListener("input", () => change(Number(slider.value)));
  addControl(place, label, slider, true);
  place.append(output);
  bar.append(place);
  return (value, text = String(Number(value.toFixed(3)))) => {
    slider.value = value;
    slider.setAttribute("aria-valuetext", text);
    output.textContent = text;
  };
};
