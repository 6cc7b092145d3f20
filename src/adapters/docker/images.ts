import { z } from "zod";
import { isErrorCode } from "../../errors.ts";
import type { Image } from "../../ports/engine.ts";
import type { Client } from "./client.ts";

const imageSchema = z.looseObject({
  Id: z.string(),
  RepoTags: z.array(z.string()).nullish(),
  RepoDigests: z.array(z.string()).nullish(),
  Size: z.number().nullish(),
});

export interface Images {
  list(): Promise<Image[]>;
  find(reference: string): Promise<Image | undefined>;
  /** As `find`; callers that ask for one image at the same time share one request. */
  byId(id: string): Promise<Image | undefined>;
}

export function engineImages(client: Client): Images {
  const asked = new Map<string, Promise<Image | undefined>>();
  const find = (reference: string) => findImage(reference, client);
  return {
    find,
    async list() {
      const what = "the list of images";
      const call = { method: "GET", path: "/images/json", what } as const;
      return (await client.json(call, z.array(imageSchema))).map(toImage);
    },
    byId(id) {
      const shared = asked.get(id) ?? find(id).finally(() => asked.delete(id));
      asked.set(id, shared);
      return shared;
    },
  };
}

/** Slashes of a reference stay: the engine's router takes the rest of the path. */
export function imagePath(reference: string): string {
  return `/images/${reference.split("/").map(encodeURIComponent).join("/")}`;
}

/** Of a reference without a digest. */
export function splitTag(reference: string): { repository: string; tag: string } {
  const [, name, tag] = /^(.+):([^/:]+)$/.exec(reference) ?? [];
  return { repository: name ?? reference, tag: tag ?? "latest" };
}

export async function tagImage(image: string, reference: string, client: Client): Promise<void> {
  const { repository, tag } = splitTag(reference);
  await client.ask({
    method: "POST",
    path: `${imagePath(image)}/tag`,
    query: { repo: repository, tag },
    what: `naming of image ${reference}`,
    missing: "IMAGE_MISSING",
  });
}

/** Of an image's digests the one of the repository that the container was made from. */
export function digestFor(reference: string, digests: readonly string[]): string | undefined {
  const repository = repositoryOf(reference);
  return digests.find((digest) => repositoryOf(digest) === repository) ?? digests[0];
}

/** `docker.io/library/redis:7@sha256:…` and `redis` are one repository. */
function repositoryOf(reference: string): string {
  const bare = reference.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
  return bare.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "");
}

async function findImage(reference: string, client: Client): Promise<Image | undefined> {
  const what = `image ${reference}`;
  const path = `${imagePath(reference)}/json`;
  try {
    const call = { method: "GET", path, what, missing: "IMAGE_MISSING" } as const;
    return toImage(await client.json(call, imageSchema));
  } catch (thrown) {
    if (isErrorCode(thrown, "IMAGE_MISSING")) return undefined;
    throw thrown;
  }
}

/** `<none>` stands for an image without a name. */
function toImage(raw: z.infer<typeof imageSchema>): Image {
  const named = (names: readonly string[] | null | undefined) =>
    (names ?? []).filter((name) => !name.startsWith("<none>"));
  const { Id: id, Size } = raw;
  return { id, tags: named(raw.RepoTags), digests: named(raw.RepoDigests), bytes: Size ?? 0 };
}
