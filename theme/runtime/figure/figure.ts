// What a site draws, as internal/rulejs writes it from rules/figure.yaml.

import type { Expr } from "../evaluate";

export interface Figure {
  /** Data of paths by name, in a square of 16 units. */
  icons: Record<string, string>;
  places: PlaceSpec[];
  /** Boxes in file order, then nodes. */
  shapes: ShapeSpec[];
  /** The short word of an object, by kind. */
  tags: Record<string, string>;
  edges: EdgeSpec[];
  also: { kind: string; title: string }[];
}

/** Something outside of every topology. */
export interface PlaceSpec {
  name: string;
  title: string;
  icon: string;
}

export interface ShapeSpec {
  kind: string;
  title: string;
  box: boolean;
  icon: string;
  group: string;
  across: boolean;
  in: Expr | null;
  row: Expr | null;
  label: Expr | null;
  note: Expr | null;
  tags: Expr | null;
}

export type LineStyle = "plain" | "double" | "strong" | "danger" | "faint";

export interface EdgeSpec {
  name: string;
  title: string;
  verb: string;
  kind: string;
  line: LineStyle;
  fromPlace: string;
  toPlace: string;
  oneWay: string;
  from: Expr | null;
  to: Expr | null;
  when: Expr | null;
  label: Expr | null;
}
