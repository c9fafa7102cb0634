// A radio group of pictures: the value is the chosen one's, and "input" tells of a choice that the visitor made.
const group = `${Math.random()}`; // one page may hold several groups of one name
const radios = () => [...element.querySelectorAll("input[type=radio]")];

function show() {
  for (const radio of radios()) {
    radio.name = group;
    radio.checked = radio.value === props.value;
  }
}

element.addEventListener("change", (event) => {
  props.value = event.target.value;
  trigger('input');
});
watch("value", show);
show();
