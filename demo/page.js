// What the whole page needs in the browser: addresses of tabs, arrow keys between them, a picture pasted or dropped
// anywhere, and a look at the result where it is out of sight.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const slug = (tab) => tab.textContent.trim().toLowerCase().replace(/[^a-z]+/g, "-");
  const visible = (part) => part.getClientRects().length > 0;
  const tabs = (all) => [...document.querySelectorAll(`[role=tab]${all ? "" : "[aria-selected=true]"}`)].filter(visible);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const selected = (tab) => tab.ariaSelected === "true";

  async function until(test, tries = 200) { // a busy machine may take seconds to draw what was asked for
    while (!test() && tries--) await wait(25);
    return test();
  }

  function tidy() {
    for (const tab of document.querySelectorAll("[role=tab]")) tab.tabIndex = selected(tab) ? 0 : -1;
  }

  async function open() {
    for (const name of location.hash.slice(1).split("/").filter(Boolean)) {
      const named = () => tabs(true).find((one) => slug(one) === name);
      if (!(await until(named, 40))) return;
      const tab = named();
      if (!selected(tab)) tab.click();
      await until(() => selected(tab));
    }
    tidy();
  }

  document.addEventListener("click", async (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (!tab) return;
    await until(() => selected(tab));
    await wait(25); // its panel has tabs, too
    tidy();
    const here = `#${tabs(false).map(slug).join("/")}`;
    if (location.hash !== here) event.isTrusted ? history.pushState(null, "", here) : history.replaceState(null, "", here);
  });
  addEventListener("popstate", open);

  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]"), step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const row = [...tab.parentElement.querySelectorAll("[role=tab]")], next = row[(row.indexOf(tab) + step + row.length) % row.length];
    next.focus();
    next.click();
    event.preventDefault();
  });

  async function give(file) {
    const field = [...document.querySelectorAll(".iris-photo")].find(visible);
    if (!field) return;
    field.querySelector("button[aria-label=Clear], button[aria-label='Remove Image']")?.click();
    const input = await until(() => field.querySelector("input[type=file]"));
    if (!input) return;
    const list = new DataTransfer();
    list.items.add(file);
    input.files = list.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
  const pictureOf = (data) => [...(data?.files || [])].find((file) => /^(image|video)\//.test(file.type) || /\.hei[cf]$/i.test(file.name));

  addEventListener("paste", (event) => {
    const file = pictureOf(event.clipboardData);
    if (!file || event.target.closest?.(".iris-photo")) return;
    event.preventDefault();
    give(file);
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const file = pictureOf(event.dataTransfer);
    if (file && !event.target.closest?.(".iris-photo input, .iris-photo button")) give(file);
  });

  document.addEventListener("click", async (event) => {
    const work = event.target.closest?.(".iris-run button, .iris-chips button, .iris-choices label")?.closest(".iris-work");
    if (!work || event.target.closest(".iris-strip, .iris-stop")) return;
    await wait(400);
    const result = work.querySelector(".iris-result"), box = result.getBoundingClientRect();
    if (box.top > innerHeight * 0.7 || box.bottom < innerHeight * 0.2)
      result.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  });

  // Gradio names its drop fields otherwise than they read, which those who speak to their machine cannot say.
  new MutationObserver(() => {
    for (const field of document.querySelectorAll(".upload-container[aria-label]")) field.removeAttribute("aria-label");
  }).observe(document, { childList: true, subtree: true });

  new MutationObserver((_, watching) => {
    if (!tabs(true).length) return;
    watching.disconnect();
    open();
  }).observe(document, { childList: true, subtree: true });
})();
