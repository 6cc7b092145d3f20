import { fieldsOf } from "../recipe/lasting-inspection.ts";

export type Words = readonly string[];

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** Nothing where it is empty or 0, or what containers have who were not told. */
export function option(flag: string, value: unknown, ...usual: readonly unknown[]): Words[] {
  if (usual.includes(value)) return [];
  const given = typeof value === "number" ? String(value || "") : text(value);
  return given === "" ? [] : [[flag, given]];
}

export function each(flag: string, value: unknown): Words[] {
  return texts(value).map((one) => [flag, one]);
}

export function flag(name: string, value: unknown): Words[] {
  return value === true ? [[name]] : [];
}

export function pairs(flag: string, value: unknown): Words[] {
  return Object.entries(fieldsOf(value)).map(([key, one]) => [flag, `${key}=${text(one)}`]);
}
