// The table of contents follows the reader: the line is let down to the section
// whose heading was the last to pass the top of the window.

import { el } from "../../page/element";

class TableOfContents extends HTMLElement {
  private readonly line = el("span", { class: "toc-line", "aria-hidden": "true" });
  private entries: { link: HTMLAnchorElement; heading: HTMLElement }[] = [];
  private waiting = false;

  connectedCallback(): void {
    for (const link of this.querySelectorAll<HTMLAnchorElement>("a[href^='#']")) {
      const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (heading !== null) this.entries.push({ link, heading });
    }
    this.querySelector("ul")?.append(el("li", { role: "presentation" }, this.line));
    const later = (): void => {
      if (this.waiting) return;
      this.waiting = true;
      requestAnimationFrame(() => {
        this.waiting = false;
        this.follow();
      });
    };
    addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later, { passive: true });
    this.follow();
  }

  private follow(): void {
    const top = innerHeight * 0.25;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2 && scrollY > 0;
    let current = this.entries[0];
    for (const e of this.entries) {
      if (atEnd || e.heading.getBoundingClientRect().top <= top) current = e;
    }
    for (const e of this.entries) {
      if (e === current) e.link.setAttribute("aria-current", "true");
      else e.link.removeAttribute("aria-current");
    }
    if (current !== undefined) {
      this.line.style.height = `${current.link.offsetTop + current.link.offsetHeight / 2 - 4}px`;
    }
  }
}

customElements.define("pl-toc", TableOfContents);
