// Data that the site loads as scripts: each sets one member of `plumblineData`.

export interface SampleData {
  name: string;
  title: string;
  text: string;
}

export interface ExampleData {
  name: string;
  expect: string;
  text: string;
  /** What makes the example differ from its sample. */
  note: string;
}

export interface RuleData {
  id: string;
  title: string;
  severity: string;
  tags: string[];
  /** Rendered Markdown. */
  fix: string;
  page: string;
  pageTitle: string;
}

declare global {
  interface Window {
    plumblineData?: {
      search?: { index: object; stopWords: string[] };
      samples?: SampleData[];
      rules?: RuleData[];
      kinds?: Record<string, string>;
      examples?: Record<string, ExampleData[]>;
    };
    plumblineWorker?: () => void;
    plumblineExplainer?: () => void;
  }
}
