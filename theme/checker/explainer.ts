// The worker that explains findings: loaded when a reader first asks why, since
// it brings the texts of all expressions with it.

import { explain } from "../runtime/checks";
import { serve } from "./serve";

serve({ check: async (text, options) => ({ result: await explain(text, options) }) });
