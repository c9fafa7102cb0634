// The choice of a format and its quality. The value is {format, quality}; "input" tells of a visitor's choice.
const [format, quality] = element.querySelectorAll("select");

function show() {
  const value = props.value || {};
  format.value = value.format || "PNG";
  quality.value = value.quality || 95;
  quality.parentElement.hidden = format.value === "PNG"; // which loses nothing
}

format.onchange = quality.onchange = () => {
  props.value = { format: format.value, quality: Number(quality.value) };
  show();
  trigger("input");
};
watch("value", show);
show();
