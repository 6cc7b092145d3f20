import { contractOn } from "./contract-on.ts";

contractOn("rclone");
