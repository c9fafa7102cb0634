// A brush over a picture. The value is {photo, strokes}: the picture's address, and what was painted on it as lines of
// points in shares of width and height, with a width in shares of the longer side, so that it fits any size.
const find = (name) => element.querySelector(name);
const photo = find("img"), canvas = find("canvas"), empty = find(".iris-brush-empty"), width = find("input");
const [erase, undo, clear] = element.querySelectorAll("button");
const LONGEST = 1024; // pixels of the canvas
const HIGHEST = 26; // rem on the page
let strokes = [], line = null;

function draw() {
  const pen = canvas.getContext("2d"), side = Math.max(canvas.width, canvas.height);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = getComputedStyle(element).getPropertyValue("--primary-500");
  for (const stroke of strokes) {
    pen.globalCompositeOperation = stroke.erase ? "destination-out" : "source-over";
    pen.lineWidth = stroke.width * side;
    pen.beginPath();
    const [first, ...rest] = stroke.points.map(([x, y]) => [x * canvas.width, y * canvas.height]);
    pen.moveTo(...first);
    for (const point of rest.length ? rest : [first]) pen.lineTo(...point);
    pen.stroke();
  }
  undo.disabled = clear.disabled = !strokes.length;
}

function place(event) {
  const box = canvas.getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return shares.map((share) => Math.round(Math.min(1, Math.max(0, share)) * 1e4) / 1e4);
}

function keep(changed) {
  strokes = changed;
  draw();
  props.value = { photo: photo.src, strokes: [...strokes] };
}

function show() {
  const address = props.value?.photo || "";
  strokes = [...(props.value?.strokes || [])];
  if (photo.getAttribute("src") !== address) photo.src = address;
  element.classList.toggle("iris-brush-ready", Boolean(address));
  draw();
}

photo.onload = () => {
  const scale = LONGEST / Math.max(photo.naturalWidth, photo.naturalHeight);
  [canvas.width, canvas.height] = [photo.naturalWidth * scale, photo.naturalHeight * scale].map(Math.ceil);
  find(".iris-brush-field").style.maxWidth = `${(HIGHEST * canvas.width) / canvas.height}rem`;
  draw();
};
photo.onerror = () => {
  if (!photo.getAttribute("src")) return;
  element.classList.remove("iris-brush-ready");
  empty.textContent = "This browser cannot show the picture; give a mask file instead.";
};
canvas.onpointerdown = (event) => {
  if (event.button) return;
  canvas.setPointerCapture(event.pointerId);
  line = { points: [place(event)], width: width.value / 100, erase: erase.getAttribute("aria-pressed") === "true" };
  strokes.push(line);
  draw();
};
canvas.onpointermove = (event) => {
  if (!line) return;
  line.points.push(place(event));
  draw();
};
canvas.onpointerup = canvas.onpointercancel = () => {
  if (line) keep(strokes);
  line = null;
};
erase.onclick = () => erase.setAttribute("aria-pressed", String(erase.getAttribute("aria-pressed") !== "true"));
undo.onclick = () => keep(strokes.slice(0, -1));
clear.onclick = () => keep([]);
watch("value", show);
show();
