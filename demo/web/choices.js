// A radio group of pictures: the value is the chosen one's, and "input" tells of a choice that the visitor made.
const group = `${Math.random()}`; // one page may hold several groups of one name
const radios = () => [...element.querySelectorAll("input[type=radio]")];

function show() {
  for (const radio of radios()) {
    radio.name = group;
    radio.checked = radio.value === props.value;
  }
  requestAnimationFrame(reveal);
}

function reveal() { // what is chosen in a row that is wider than its place
  const chosen = radios().find((radio) => radio.checked)?.parentElement, row = chosen?.parentElement;
  if (row) row.scrollLeft = chosen.offsetLeft - row.offsetLeft - (row.clientWidth - chosen.clientWidth) / 2;
}

element.addEventListener("change", (event) => {
  props.value = event.target.value;
  trigger('input');
});
watch("value", show);
show();
