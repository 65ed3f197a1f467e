// Live reload: what `plumbline serve` adds to each page. It reloads the page when
// the site has changed, and lays what stops a build over it.
"use strict";
(() => {
  const shown = document.currentScript.dataset.version; // of the site that this page is of
  let stream = null;
  let overlay = null;

  function listen() {
    stream = new EventSource("/_live/events");
    stream.onmessage = (event) => {
      const { version, problems } = JSON.parse(event.data);
      if (version !== shown) location.reload();
      else show(problems);
    };
  }

  // A browser keeps few connections to one server: a page that nobody looks at
  // gives its own back, and asks again when it is looked at.
  function attend() {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (stream === null) {
      listen();
    }
  }

  const style = `
    :host { all: initial; color-scheme: dark; }
    dialog {
      position: fixed; inset: 0; width: auto; height: auto; max-width: none; max-height: none; margin: 0; padding: 0; border: 0;
      overflow: auto; background: #0c1117f2; color: #e3e6ea; font: 15px/1.5 system-ui, sans-serif;
    }
    dialog::backdrop { background: none; }
    main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem; }
    h1 { margin: 0; font-size: 1.5rem; font-weight: 600; }
    header p { margin: 0.25rem 0 1.5rem; color: #b0b9c5; }
    ul { margin: 0; padding: 0; list-style: none; }
    li { margin: 0 0 0.75rem; padding: 0.9rem 1.1rem; border-left: 4px solid #86b8f0; border-radius: 6px; background: #181f29; overflow-wrap: anywhere; }
    li.error { border-color: #ff9389; }
    li.warning { border-color: #f0ac62; }
    .place { color: #8dbaf0; font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; }
    .message { margin: 0.25rem 0 0; }
    .severity { font-weight: 600; color: #86b8f0; }
    .error .severity { color: #ff9389; }
    .warning .severity { color: #f0ac62; }
    .code { color: #8f9aa8; font: 13px/1.4 ui-monospace, Menlo, Consolas, monospace; }
    .hint { margin: 0.25rem 0 0; color: #b0b9c5; }
    button {
      float: right; padding: 0.3rem 0.9rem; border: 1px solid #42505f; border-radius: 6px; background: none; color: inherit; font: inherit; cursor: pointer;
    }
    button:focus-visible { outline: 2px solid #e9c27c; outline-offset: 2px; }
  `;

  function el(name, attributes, ...children) {
    const e = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
    e.append(...children);
    return e;
  }

  function problem(p) {
    const place = [p.file, p.line, p.column].filter((x) => x !== undefined && x !== "").join(":");
    const rule = p.rule ? ` (rule ${p.rule})` : "";
    return el("li", { class: p.severity },
      el("span", { class: "place" }, place),
      el("p", { class: "message" }, el("span", { class: "severity" }, p.severity), ": ", p.message, rule, " ", el("span", { class: "code" }, `[${p.code}]`)),
      ...(p.hint ? [el("p", { class: "hint" }, "hint: ", p.hint)] : []));
  }

  function show(problems) {
    overlay?.remove();
    overlay = null;
    if (problems.length === 0) return;
    overlay = el("plumbline-problems", {});
    const root = overlay.attachShadow({ mode: "open" });
    // A style made by script needs no leave of the page's policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
    const close = el("button", { type: "button" }, "Hide");
    const errors = problems.filter((p) => p.severity === "error").length;
    const dialog = el("dialog", { "aria-labelledby": "title" },
      el("main", {},
        el("header", {}, close, el("h1", { id: "title" }, "The site was not built"),
          el("p", {}, `${errors} ${errors === 1 ? "error" : "errors"}. This goes away once the files are mended; the last good site is below.`)),
        el("ul", {}, ...problems.map(problem))));
    close.addEventListener("click", () => dialog.close());
    root.append(dialog);
    document.body.append(overlay);
    dialog.showModal();
  }

  document.addEventListener("visibilitychange", attend);
  attend();
})();
