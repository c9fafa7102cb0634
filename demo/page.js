// What the whole page needs in the browser: addresses of tabs, arrow keys between them, pictures pasted or dropped
// anywhere, the results of this visit, and a look at the result where it is out of sight.
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

  const HOME = "style/paintings"; // behind an address without a place
  const place = () => tabs(false).map(slug).join("/");
  async function open() {
    for (const name of (location.hash.slice(1).split("?")[0] || HOME).split("/")) {
      const named = () => tabs(true).find((one) => slug(one) === name);
      if (!(await until(named, 40))) return;
      const tab = named();
      if (!selected(tab)) tab.click();
      await until(() => selected(tab));
    }
    tidy();
  }

  // What is asked for in a tab stands behind its address.
  const links = {};
  function link(place, asked) {
    links[place] = asked;
    const [here, before] = location.hash.slice(1).split("?");
    if (here === place && before !== asked) history[before ? "pushState" : "replaceState"](null, "", `#${place}?${asked}`);
  }

  document.addEventListener("click", async (event) => {
    const tab = event.target.closest?.("[role=tab]"), before = place();
    if (!tab && !event.target.closest?.(".iris-send button")) return; // which leads to another tab, too
    await until(() => (tab ? selected(tab) : place() !== before));
    await wait(25); // its panel has tabs, too
    tidy();
    const there = place(), here = `#${there}${links[there] ? `?${links[there]}` : ""}`;
    if (location.hash !== here) event.isTrusted ? history.pushState(null, "", here) : history.replaceState(null, "", here);
  });
  addEventListener("popstate", open);

  // Each row of tabs or icons is one stop of the Tab key; arrow keys go along it, and a tab shows its panel at once.
  const TOOLBARS = ".iris-photo .icon-button-wrapper, .iris-photo .source-selection";
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.("[role=tab]"), bar = event.target.closest?.(TOOLBARS);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!(tab || bar) || !step) return;
    const row = [...(tab ? tab.parentElement.querySelectorAll("[role=tab]") : bar.querySelectorAll("button"))];
    const next = row[(row.indexOf(tab || event.target) + step + row.length) % row.length];
    next.focus();
    if (tab) next.click();
    event.preventDefault();
  });

  function gather() {
    for (const bar of document.querySelectorAll(TOOLBARS)) {
      bar.role = "toolbar";
      bar.ariaLabel = bar.matches(".source-selection") ? "Where a picture comes from" : "The picture in the field";
      bar.querySelectorAll("button").forEach((button, row) => { button.tabIndex = row ? -1 : 0; });
    }
    for (const group of document.querySelectorAll("fieldset.block")) { // Gradio gives each radio a name of its own
      const [first, ...others] = group.querySelectorAll("input[type=radio]");
      for (const radio of others) radio.name = first.name;
    }
  }

  // Pictures that are pasted or dropped anywhere: one goes into the field in sight, several where several go.
  const HEIC = /\.(hei[cf]|hif)$/i; // of which most systems know no type
  const named = (file) => /^(image|video)\//.test(file.type) || HEIC.test(file.name) || /\.(avif|tiff?)$/i.test(file.name);
  const filesOf = (data) => [...(data?.files || [])].filter(named);
  const shown = (selector) => [...document.querySelectorAll(selector)].find(visible);

  // Gradio refuses files without a type.
  const typed = (file) => (HEIC.test(file.name) && !file.type ? new File([file], file.name, { type: "image/heic" }) : file);
  const isForPictures = (input) => input.matches?.("input[type=file]") && /image\/\*/.test(input.accept);
  addEventListener("change", ({ target }) => {
    if (!isForPictures(target)) return;
    const files = [...target.files], list = new DataTransfer();
    for (const file of files) list.items.add(typed(file));
    if (files.some((file) => typed(file) !== file)) target.files = list.files;
  }, true);

  async function put(field, files) {
    const input = () => field.querySelector("input[type=file]");
    if (!input()) field.querySelector("button[aria-label=Clear]")?.click(); // a clip leaves no place for another one
    if (!(await until(input))) return;
    const list = new DataTransfer();
    for (const file of files) list.items.add(typed(file));
    input().files = list.files;
    input().dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function give(files) {
    const fold = files.length > 1 && shown(".iris-several");
    if (fold && !fold.querySelector("input[type=file]")?.checkVisibility()) fold.querySelector("button").click();
    const field = fold || shown(".iris-photo");
    if (field && files.length) await put(field, fold ? files : files.slice(0, 1));
  }

  addEventListener("paste", (event) => {
    const files = filesOf(event.clipboardData);
    if (!files.length || event.target.closest?.(".iris-photo")) return;
    event.preventDefault();
    give(files);
  });
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const files = filesOf(event.dataTransfer);
    if (files.length > 1 || files.some((file) => typed(file) !== file) || !event.target.closest?.(".iris-photo input, .iris-photo button")) give(files);
  });

  // The results of this visit, and a picture seen large.
  const KEPT = "iris results", MOST_KEPT = 24;
  const kept = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");
  const isClip = (name) => /\.mp4$/i.test(name);
  const make = (tag, facts, ...parts) => {
    const made = Object.assign(document.createElement(tag), facts);
    made.append(...parts);
    return made;
  };
  const seen = ({ url, name }) => (isClip(name) ? make("video", { src: url, muted: true, controls: true }) : make("img", { src: url, alt: name }));

  function openLarge(file) {
    if (!file) return;
    const name = file.name || file.orig_name, picture = seen({ url: file.url, name });
    const close = make("button", { type: "button", textContent: "Close", autofocus: true });
    const use = make("button", { type: "button", textContent: "Use it here" });
    const words = make("span", { textContent: name });
    const save = make("a", { href: file.url, download: name, textContent: "Save" });
    const box = make("dialog", { className: "iris-large", ariaLabel: name }, picture, make("p", {}, words, save, use, close));
    use.onclick = async () => {
      box.close();
      give([new File([await (await fetch(file.url)).blob()], name, { type: isClip(name) ? "video/mp4" : `image/${name.split(".").pop()}` })]);
    };
    close.onclick = () => box.close();
    box.onclick = (event) => event.target === box && box.close();
    box.onclose = () => box.remove();
    document.querySelector(".gradio-container").append(box);
    box.showModal();
  }

  function drawKept() {
    const strip = document.querySelector(".iris-visit");
    if (!strip) return;
    const tiles = kept().map((one) => {
      const tile = make("button", { type: "button", title: one.name, ariaLabel: `${one.name}, large` }, seen(one));
      const picture = tile.firstChild;
      picture.removeAttribute("controls");
      picture.alt = "";
      picture.onerror = () => { // the server has forgotten it
        sessionStorage.setItem(KEPT, JSON.stringify(kept().filter((other) => other.url !== one.url)));
        drawKept();
      };
      tile.onclick = () => openLarge(one);
      return tile;
    });
    strip.hidden = !tiles.length;
    strip.querySelector("div").replaceChildren(...tiles);
  }

  function keep(result) {
    const others = kept().filter((one) => one.source !== result.source); // what was made again stands there once
    sessionStorage.setItem(KEPT, JSON.stringify([result, ...others].slice(0, MOST_KEPT)));
    drawKept();
  }

  async function copyPicture(file) {
    const picture = await createImageBitmap(await (await fetch(file.url)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    canvas.getContext("2d").drawImage(picture, 0, 0);
    await navigator.clipboard.write([new ClipboardItem({ "image/png": canvas.convertToBlob() })]);
  }

  // A picture that was given is there again after a reload, as long as the server has it.
  const remember = (place, file) => {
    if (file) sessionStorage.setItem(`iris ${place}`, JSON.stringify(file));
  };
  async function remembered(place) {
    const file = JSON.parse(sessionStorage.getItem(`iris ${place}`) || "null");
    return file && (await fetch(file.url, { method: "HEAD" })).ok ? file : null;
  }
  // Which sample of a served folder lies in a field.
  const sampleOf = (file, folder) => file?.path?.match(new RegExp(`/${folder}/([^/]+)\\.\\w+$`))?.[1].replaceAll("-", " ") ?? null;
  window.iris = { sampleOf, link, keep, openLarge, copyPicture, remember, remembered };

  document.addEventListener("click", async (event) => {
    const work = event.target.closest?.(".iris-run button, .iris-chips button, .iris-choices label")?.closest(".iris-work");
    if (!work || event.target.closest(".iris-strip, .iris-stop")) return;
    await wait(400);
    const result = work.querySelector(".iris-result"), box = result.getBoundingClientRect();
    if (box.top > innerHeight * 0.7 || box.bottom < innerHeight * 0.2)
      result.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
  });

  // A file that is refused while it is uploaded leaves its field empty: the panel in sight says why, in place of
  // Gradio's message, which covers the page and goes.
  const UPLOAD_REFUSED = /^(HTTP \d+: |File\(s\) exceed .*)/s, FAR_TOO_LARGE = "the file is much too large; make it smaller first";
  function tellRefusals() {
    for (const message of document.querySelectorAll("[data-testid=toast-text]")) {
      const words = message.textContent.trim();
      const panel = [...document.querySelectorAll("[role=tabpanel]")].filter(visible).at(-1);
      const refusal = panel?.querySelector(".iris-refusal .iris-refusal");
      if (!UPLOAD_REFUSED.test(words) || !refusal?.refuse) continue;
      message.dataset.testid = "told";
      message.closest("[data-testid=toast-body]").querySelector("[data-testid=toast-close]").click();
      refusal.refuse(words.replace(UPLOAD_REFUSED, "") || FAR_TOO_LARGE);
      panel.querySelector(".iris-status").scrollIntoView({ block: "nearest" });
    }
  }

  // Where Gradio takes no words of ours: its own, and what stands there instead.
  const WORDS = {
    "Drop File Here": "Drop it here", "Drop Video Here": "Drop a clip here", "- or -": "", "Click to Upload": "or click to choose one",
    "Click to Access Webcam": "Allow the webcam", "Record": "Start",
  };
  const OF_GRADIO = ".wrap:has(> .icon-wrap), .wrap > .or, .iris-camera .wrap, .iris-camera .icon-with-text";
  function reword() {
    for (const part of document.querySelectorAll(OF_GRADIO)) {
      for (const text of part.childNodes) {
        const ours = WORDS[text.nodeValue?.trim()];
        if (text.nodeType === Node.TEXT_NODE && ours !== undefined) text.nodeValue = ` ${ours} `;
      }
    }
  }

  // A file that the browser cannot show, such as a TIFF, may be a picture all the same.
  addEventListener("error", ({ target }) => {
    if (target.matches?.(".iris-photo img")) target.alt = "This browser shows no preview of the file.";
  }, true);

  // Gradio names its drop fields otherwise than they read, which those who speak to their machine cannot say.
  // Its fields for pictures do not offer what this server reads and some systems do not know as pictures.
  new MutationObserver(() => {
    gather();
    reword();
    tellRefusals();
    for (const field of document.querySelectorAll(".upload-container[aria-label], .iris-camera button[aria-label='capture photo']")) field.removeAttribute("aria-label");
    for (const input of document.querySelectorAll("input[type=file][accept='image/*']")) input.accept += ",.heic,.heif,.avif";
  }).observe(document, { childList: true, subtree: true });

  new MutationObserver((_, watching) => {
    if (!tabs(true).length) return;
    watching.disconnect();
    open();
    drawKept();
  }).observe(document, { childList: true, subtree: true });
})();
