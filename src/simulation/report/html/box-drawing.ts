import type { BoxPlot } from '../report.js';
import { boxOf } from '../box.js';
import { categoryAxis, extentWithLines, type Frame, isShown, valueAxis, widthOfNames, widthOfTicks } from './axes.js';
import { liesDown } from './bar-drawing.js';
import type { Drawing } from './drawing.js';
import { referenceLines } from './reference-lines.js';

export function boxDrawing(chart: BoxPlot, frame: Frame): Drawing {
  const { boxes, lines = [] } = chart;
  const names = boxes.map(({ name }) => name);
  const lying = liesDown(names, frame);
  const along = lying ? 'x' : 'y';
  const all = boxes.flatMap(({ values }) => values);
  const y = extentWithLines(chart.y, 'y', chart, all, frame, along);
  const categories = categoryAxis(names, frame, lying);
  return {
    height: lying ? 48 + boxes.length * 30 : frame.height,
    option: {
      grid: { left: lying ? widthOfNames(names, frame) : widthOfTicks(y, frame), right: 24, top: 12, bottom: 32 },
      xAxis: lying ? valueAxis(y, frame) : categories,
      yAxis: lying ? categories : valueAxis(y, frame),
      series: [
        {
          type: 'boxplot',
          silent: true,
          boxWidth: [6, 36],
          data: boxes.map(({ values }) => {
            const box = boxOf(values.filter((value) => isShown(y, value)));
            return box ? [box.low, box.lowerQuartile, box.median, box.upperQuartile, box.high] : [];
          }),
          itemStyle: { color: 'var(--box)', borderColor: 'var(--series-0)', borderWidth: 1.5 },
        },
        referenceLines(lines.filter((line) => line.axis === 'y').map((line) => ({ line, axis: along, extent: y }))),
      ],
    },
  };
}
