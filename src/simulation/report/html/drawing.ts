import type { EChartsCoreOption } from 'echarts/core';

/** A chart as ECharts is asked for it. */
export interface Drawing {
  readonly option: EChartsCoreOption;
  readonly height: number;
}
