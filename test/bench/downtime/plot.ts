import { LineChart, type LineSeriesOption } from "echarts/charts";
import { GraphicComponent, GridComponent, TitleComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { SVGRenderer } from "echarts/renderers";
import type { Downtime, Way } from "./facts.ts";
import type { FileSystem } from "./places.ts";

use([LineChart, GraphicComponent, GridComponent, LabelLayout, SVGRenderer, TitleComponent]);

const width = 860;
const height = 460;
const ink = { paper: "#0f172a", text: "#e2e8f0", faint: "#94a3b8", rule: "#1e293b" };
const words = "Downtime against size, both axes logarithmic";

/** One line each, from the longest outage to the shortest. */
const lines: readonly { name: string; way: Way; on: FileSystem; colour: string; dash?: boolean }[] =
  [
    { name: "script: down, tar, up", way: "script", on: "ext4", colour: "#f87171" },
    { name: "kopi-docka, first run", way: "kopi-docka", on: "ext4", colour: "#fbbf24" },
    { name: "Stackhold, two passes", way: "two-phase", on: "ext4", colour: "#5eead4" },
    { name: "Stackhold, btrfs snapshot", way: "snapshot", on: "btrfs", colour: "#60a5fa" },
    { name: "bare stop and start", way: "bare", on: "ext4", colour: "#94a3b8", dash: true },
  ];

/** Gigabytes and seconds of idle backups that stop, by size. */
function pointsOf(downtimes: readonly Downtime[], way: Way, on: FileSystem): [number, number][] {
  return downtimes
    .filter((each) => each.way === way && each.fileSystem === on && each.quiesce === "stop")
    .filter(({ set, isChanged }) => set.endsWith("gb") && !isChanged)
    .map(({ bytes, ms }): [number, number] => [bytes / 1e9, ms / 1000])
    .sort(([one], [other]) => one - other);
}

/** The plot as an SVG document; undefined before several sizes were measured. */
export function plotDowntimes(downtimes: readonly Downtime[]): string | undefined {
  const series = lines.map(({ name, way, on, colour, dash = false }): LineSeriesOption => {
    const data = pointsOf(downtimes, way, on);
    return {
      type: "line",
      name,
      data,
      symbol: "circle",
      symbolSize: 8,
      color: colour,
      lineStyle: { width: 2.5, type: dash ? "dashed" : "solid" },
      endLabel: { show: true, formatter: "{a}", color: colour, fontSize: 13, distance: 10 },
      labelLayout: { moveOverlap: "shiftY" },
    };
  });
  const sizes = [...new Set(series.flatMap(({ data }) => (data as [number, number][]).map(first)))];
  if (sizes.length < 2) return undefined;
  sizes.sort((one, other) => one - other);
  const axis = { type: "log" as const, axisLine: { show: false }, axisTick: { show: false } };
  const label = { color: ink.faint, fontSize: 13 };
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "system-ui, -apple-system, 'Segoe UI', sans-serif" },
    graphic: {
      type: "rect",
      shape: { x: 0, y: 0, width, height, r: 12 },
      style: { fill: ink.paper },
      z: -1,
    },
    title: {
      text: "How long the stack is down, in seconds",
      left: 28,
      top: 20,
      textStyle: { color: ink.text, fontSize: 17, fontWeight: 600 },
      subtext: "nothing changed meanwhile; both axes logarithmic",
      subtextStyle: { color: ink.faint, fontSize: 13 },
    },
    grid: { left: 64, right: 220, top: 96, bottom: 62 },
    xAxis: {
      ...axis,
      name: "size of the data",
      nameLocation: "middle",
      nameGap: 34,
      nameTextStyle: label,
      min: sizes[0],
      max: sizes.at(-1),
      splitLine: { show: false },
      axisLabel: { ...label, customValues: sizes, formatter: (size: number) => `${size} GB` },
    },
    yAxis: {
      ...axis,
      min: 0.1,
      splitLine: { lineStyle: { color: ink.rule } },
      axisLabel: { ...label, formatter: (value: number) => `${value}` },
    },
    series,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg.replace("<svg ", `<svg role="img" aria-label="${words}" `)}\n`;
}

const first = ([size]: readonly [number, number]) => size;
