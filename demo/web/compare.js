// Two pictures over each other. The value is {before, after, size, focus}; the view is a point of the picture (shares
// of its width and height) and a scale (screen pixels a picture pixel), the line a share of the view's width. A finger
// moves the picture once it is zoomed in; before, it moves the line, and a vertical swipe scrolls the page.
const figure = element.querySelector("figure"), view = element.querySelector(".iris-compare-view");
const [before, after] = element.querySelectorAll("img"), line = element.querySelector("i");
const slider = element.querySelector("input"), pointers = new Map();
const LARGEST = 8, STEP = 1.25, NUDGE = 0.1, SLOP = 6;
let size = [1, 1], centre = [0.5, 0.5], scale = 1, gap = 0, drag = "picture";

const whole = () => Math.min(view.clientWidth / size[0], view.clientHeight / size[1]);
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const markZoomed = (zoomed) => figure.classList.toggle("iris-compare-zoomed", zoomed);
const movesPicture = (event) => event.pointerType === "mouse" || figure.matches(".iris-compare-zoomed, :fullscreen");

function draw() {
  const box = [view.clientWidth, view.clientHeight];
  if (!box[0]) return;
  scale = clamp(scale, Math.min(1, whole()), LARGEST);
  const shown = size.map((side) => side * scale);
  centre = centre.map((at, axis) => {
    const edge = box[axis] / 2 / shown[axis];
    return edge >= 0.5 ? 0.5 : clamp(at, edge, 1 - edge);
  });
  for (const picture of [before, after]) {
    picture.style.width = `${shown[0]}px`;
    picture.style.height = `${shown[1]}px`;
    picture.style.transform = `translate(${box[0] / 2 - centre[0] * shown[0]}px, ${box[1] / 2 - centre[1] * shown[1]}px)`;
    picture.style.imageRendering = scale > 2 ? "pixelated" : "auto";
  }
  const share = slider.value / 100, edge = share * box[0] - (box[0] / 2 - centre[0] * shown[0]);
  before.style.clipPath = `inset(0 ${Math.max(0, shown[0] - edge)}px 0 0)`;
  line.style.left = `${100 * share}%`;
}

function scaleTo(wanted) {
  scale = wanted;
  markZoomed(scale > whole());
  draw();
}

function zoom(factor, at = [0.5, 0.5]) {
  const box = [view.clientWidth, view.clientHeight], old = scale;
  const wanted = clamp(old * factor, Math.min(1, whole()), LARGEST);
  centre = centre.map((c, axis) => c + (at[axis] - 0.5) * box[axis] * (1 / old - 1 / wanted) / size[axis]);
  scaleTo(wanted);
}

function move(by) {
  centre = centre.map((c, axis) => c - by[axis] / (size[axis] * scale));
  draw();
}

function show() {
  const value = props.value;
  figure.classList.toggle("iris-compare-empty", !value);
  if (!value || before.getAttribute("src") === value.before) return;
  [before.src, after.src, size, centre, scale] = [value.before, value.after, value.size, value.focus, 1];
  slider.value = 50;
  markZoomed(false);
  requestAnimationFrame(draw);
}

const place = (event) => {
  const box = view.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
};
const distance = () => {
  const [one, two] = [...pointers.values()];
  return Math.hypot(one[0] - two[0], one[1] - two[1]);
};
view.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(event.deltaY < 0 ? STEP : 1 / STEP, place(event));
}, { passive: false });
view.onpointerdown = (event) => {
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  view.setPointerCapture(event.pointerId);
  const isNear = Math.abs(place(event)[0] - slider.value / 100) * view.clientWidth < 24;
  drag = pointers.size > 1 ? "picture" : !movesPicture(event) ? "swipe" : isNear ? "line" : "picture";
  gap = pointers.size === 2 ? distance() : 0;
};
view.onpointermove = (event) => {
  const old = pointers.get(event.pointerId);
  if (!old) return;
  const by = [event.clientX - old[0], event.clientY - old[1]];
  if (drag === "swipe" && Math.hypot(...by) < SLOP) return;
  pointers.set(event.pointerId, [event.clientX, event.clientY]);
  if (drag === "swipe") drag = Math.abs(by[0]) > Math.abs(by[1]) ? "line" : "page"; // which the browser scrolls
  if (pointers.size === 2) {
    const now = distance();
    if (gap) zoom(now / gap);
    gap = now;
  } else if (drag === "line") {
    slider.value = 100 * clamp(place(event)[0], 0, 1);
    draw();
  } else if (drag === "picture") move(by);
};
view.onpointerup = view.onpointercancel = (event) => pointers.delete(event.pointerId);
view.onkeydown = (event) => {
  const nudges = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  if (event.key === "+" || event.key === "=") zoom(STEP);
  else if (event.key === "-") zoom(1 / STEP);
  else if (nudges[event.key]) move(nudges[event.key].map((step) => step * NUDGE * view.clientWidth));
  else return;
  event.preventDefault();
};
slider.oninput = draw;
element.querySelector("[name=whole]").onclick = () => scaleTo(whole());
element.querySelector("[name=full]").onclick = () => scaleTo(1);
element.querySelector("[name=screen]").onclick = () => (document.fullscreenElement ? document.exitFullscreen() : figure.requestFullscreen());
new ResizeObserver(draw).observe(view);
watch("value", show);
show();
