import { createRunner } from "../../exec/runner.ts";
import { captureContract } from "../../ports/capture.contract.ts";
import { layersContract } from "../../ports/layers.contract.ts";
import { createTarCapture } from "./tar-capture.ts";

const environment = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/" };
const runner = createRunner({ environment, monotonic: () => performance.now() });

captureContract("tar on this host", () => createTarCapture({ runner }));
layersContract("tar on this host", () => createTarCapture({ runner }));
