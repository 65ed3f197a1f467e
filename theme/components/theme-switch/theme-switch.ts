// Light, as the system, dark: a radio group. On narrow screens only the chosen
// button shows, and pressing it moves on to the next.

import { saveTheme, savedTheme } from "../../page/theme";
import type { Theme } from "../../page/theme";

class ThemeSwitch extends HTMLElement {
  connectedCallback(): void {
    this.show(savedTheme());
    this.addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
      if (button === null) return;
      const pressed = button.getAttribute("aria-checked") === "true";
      this.choose(pressed ? this.next(button, 1) : button);
    });
    this.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
      if (step === undefined || button === null) return;
      event.preventDefault();
      this.choose(this.next(button, step));
    });
  }

  private buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("[data-theme-choice]")];
  }

  private next(from: HTMLElement, step: number): HTMLElement {
    const all = this.buttons();
    return all[(all.indexOf(from) + step + all.length) % all.length] ?? from;
  }

  private choose(button: HTMLElement): void {
    const theme = button.dataset["themeChoice"] as Theme;
    saveTheme(theme);
    this.show(theme);
    button.focus();
  }

  private show(theme: Theme): void {
    for (const b of this.buttons()) {
      const on = b.dataset["themeChoice"] === theme;
      b.setAttribute("aria-checked", String(on));
      b.tabIndex = on ? 0 : -1;
    }
  }
}

customElements.define("pl-theme", ThemeSwitch);
