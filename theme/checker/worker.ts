// The worker: the rules of the site with their runtime. It has no address of its
// own and, under the page's policy, nothing to connect to.

import { check } from "../runtime/checks";
import { serve } from "./serve";

serve(check);
