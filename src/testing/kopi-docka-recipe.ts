import type { StoredFile } from "../adapters/kopia/kopi-docka/stored-file.ts";

/** What `docker inspect` says of a running container of a stack at /opt/stacks/shop. */
export function anInspection(over: {
  readonly name?: string;
  readonly running?: boolean;
  readonly labels?: Readonly<Record<string, string>> | null;
  readonly mounts?: readonly Readonly<Record<string, unknown>>[];
  readonly env?: readonly string[];
  readonly networks?: Readonly<Record<string, unknown>>;
}): Record<string, unknown> {
  const { name = "shop-web-1", running = true, mounts = [], env = [], networks = {} } = over;
  const labels = {
    "com.docker.compose.project": "shop",
    "com.docker.compose.service": "web",
    "com.docker.compose.container-number": "1",
    "com.docker.compose.project.working_dir": "/opt/stacks/shop",
    "com.docker.compose.project.config_files": "/opt/stacks/shop/compose.yaml",
    ...over.labels,
  };
  return {
    Id: "0123456789abcdef".repeat(4),
    Name: `/${name}`,
    Image: `sha256:${"ab".repeat(32)}`,
    State: { Status: running ? "running" : "exited", Running: running, ExitCode: 0 },
    Config: { Image: "shop:1", Env: env, Labels: over.labels === null ? {} : labels },
    HostConfig: { NetworkMode: "shop_default", RestartPolicy: { Name: "always" } },
    Mounts: mounts,
    NetworkSettings: { Networks: networks },
  };
}

export function aStoredFile(path: string, content: unknown): StoredFile {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  return { path, content: Buffer.from(text), mode: 0o644, mtime: 1_700_000_000 };
}

/** As `docker inspect` prints it and Kopi-Docka stores it. */
export function inspectionFile(inspection: Readonly<Record<string, unknown>>): StoredFile {
  const name = String(inspection.Name).slice(1);
  return aStoredFile(`${name}_inspect.json`, [inspection]);
}
