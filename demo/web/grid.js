// A grid of pictures to press. The value is {tiles: [{value, title, url, note}], chosen}; "select" tells of a press.
const grid = element.querySelector(".iris-grid");

function tile({ value, title, url, note }) {
  const button = document.createElement("button"), picture = document.createElement("img"), name = document.createElement("span");
  [button.type, picture.src, picture.alt, name.textContent] = ["button", url, "", title];
  button.append(picture, name);
  if (note) button.append(Object.assign(document.createElement("small"), { textContent: note }));
  button.onclick = () => {
    props.value = { ...props.value, chosen: value };
    trigger("select");
  };
  return button;
}

let drawn = "";
function show() {
  const tiles = props.value?.tiles || [], now = JSON.stringify(tiles);
  if (now === drawn && grid.childElementCount === tiles.length) return;
  drawn = now;
  grid.replaceChildren(...tiles.map(tile));
}
watch("value", show);
show();
