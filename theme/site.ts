// What every page runs: the components, and folder links that work from file://.

import "plumbline:components";
import { fixFolderLinks } from "./page/site";
import { enhanceProse } from "./page/prose";

fixFolderLinks(document);
enhanceProse();
