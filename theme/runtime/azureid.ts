// Ids of Azure resources. Mirrors internal/topology/azureid.go.

import { normalID } from "./link";
import { lowerASCII } from "./source";

/** The id of a resource, cut where its parts begin. */
export interface AzureID {
  /** Lower-case. */
  typ: string;
  name: string;
  /** Id of the parent of a child resource, or "". */
  parent: string;
  /** Id of the resource that it extends, or "". */
  scope: string;
  /** What stands before its last "/providers/". */
  where: string;
  /** The input has it without its properties. */
  bare: boolean;
}

const PROVIDERS = "/providers/";

/** Whether a text is the id of something in Azure: ids of other systems do not begin with a slash. */
export function isAzureID(id: string): boolean {
  return /^\/(?:subscriptions|providers)\//i.test(id);
}

/** Reads /subscriptions/…/providers/NAMESPACE/TYPE/NAME[/TYPE/NAME…]. */
export function parseID(text: string): AzureID {
  const id = text.endsWith("/") || text.includes("//") ? text.replace(/\/+$/, "").replace(/\/{2,}/g, "/") : text;
  const lower = lowerASCII(id);
  const last = lower.lastIndexOf(PROVIDERS);
  const out: AzureID = { typ: "", name: id.slice(id.lastIndexOf("/") + 1), parent: "", scope: "", where: "", bare: false };
  if (last < 0) return out;
  out.where = id.slice(0, last);
  if (lower.lastIndexOf(PROVIDERS, last - PROVIDERS.length) >= 0) out.scope = out.where;
  const parts = lower.slice(last + PROVIDERS.length).split("/");
  out.typ = parts.length === 3 ? `${parts[0]!}/${parts[1]!}` : parts[0]!;
  if (parts.length !== 3) for (let i = 1; i < parts.length; i += 2) out.typ += `/${parts[i]!}`;
  if (parts.length >= 5) {
    const parent = id.slice(0, id.lastIndexOf("/"));
    out.parent = parent.slice(0, parent.lastIndexOf("/"));
  }
  return out;
}

/** The identity of what a list of such resources is limited to: their parent, or the resource or subscription that they extend; "" for a resource that stands in a resource group by itself. */
export function ownerOf(id: AzureID): string {
  const slash = id.typ.indexOf("/");
  const namespace = slash < 0 ? id.typ : id.typ.slice(0, slash);
  const rest = slash < 0 ? "" : id.typ.slice(slash + 1);
  if (id.parent !== "" && !rest.startsWith("locations/")) return normalID(id.parent);
  if (id.scope !== "" || extends_(namespace, rest)) return normalID(id.where);
  return "";
}

/** Whether resources of a type belong to what stands before their type in the id, which may be a subscription. */
function extends_(namespace: string, name: string): boolean {
  return (namespace === "microsoft.insights" && name === "diagnosticsettings") || namespace === "microsoft.authorization";
}
