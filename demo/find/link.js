// A search and its link. The value is {words, like, copies}; "input" tells of a link that was opened.
let asked = "";
const packed = (value) => new URLSearchParams(Object.entries(value || {}).filter(([, one]) => one)).toString();

function ask() {
  const [tab, rest] = location.hash.slice(1).split("?"), link = Object.fromEntries(new URLSearchParams(rest));
  if (tab !== "find" || !rest || packed(link) === packed(props.value)) return;
  asked = packed(link);
  props.value = link;
  trigger("input");
}

function tell() { // the search that the page opens with does not come between
  if (asked && packed(props.value) !== asked) return;
  asked = "";
  iris.link("find", packed(props.value));
}

addEventListener("popstate", ask);
watch("value", tell);
setTimeout(ask);
