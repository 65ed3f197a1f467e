// Where this page stands in the site, and links that work from every place a
// site can be opened from.

const html = document.documentElement;

/** Path from this page to the site's root: "../../", or "./". */
export const root = html.dataset["root"] ?? "./";

/** Names the rules of this site. Results of another version are stale. */
export const version = html.dataset["version"] ?? "";

/** Tells this site's entries in the browser's storage from those of its neighbours. */
export const siteKey = new URL(root, document.baseURI).pathname;

const fromFile = location.protocol === "file:";

/** A link to a page of the site, `path` as in the site's root: "rules/x/#y". */
export function pageHref(path: string): string {
  return folderHref(root + path);
}

/** Adds index.html to a folder link where nothing serves folders. */
export function folderHref(href: string): string {
  return fromFile ? href.replace(/(^|\/)(?=[?#]|$)/, "$1index.html") : href;
}

/** Makes the folder links of a freshly made part of the page work from file://. */
export function fixFolderLinks(within: ParentNode): void {
  if (!fromFile) return;
  for (const a of within.querySelectorAll<HTMLAnchorElement>("a[href]")) {
    const href = a.getAttribute("href") ?? "";
    if (href === "" || href.startsWith("#") || /^[a-z][a-z0-9+.-]*:/i.test(href)) continue;
    const fixed = folderHref(href);
    if (fixed !== href) a.setAttribute("href", fixed);
  }
}

const loading = new Map<string, Promise<void>>();

/** Loads a classic script of the site once. Data travels this way because file:// has no fetch. */
export function loadScript(path: string): Promise<void> {
  let done = loading.get(path);
  if (done === undefined) {
    done = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = root + path;
      script.onload = (): void => resolve();
      script.onerror = (): void => {
        loading.delete(path);
        script.remove();
        reject(new Error(`${path} could not be loaded`));
      };
      document.head.append(script);
    });
    loading.set(path, done);
  }
  return done;
}
