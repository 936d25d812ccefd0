// A regrade's page: while it is worked on, shows how far it is.
import { watch } from "./watching.js";

watch({ part: "#regrade", waiting: "#regrade[data-at-work]", said: "said", quickest: 400, slowest: 4000, slower: 1.3, isLive: true });
