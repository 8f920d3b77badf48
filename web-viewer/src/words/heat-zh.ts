/** Words of heat, Chinese. */
export const heatZh = {
  heat: '报警热力',
  layer_heat: '报警热力',
  heatDays: '热力的天数',
  heatLast: '近 {n} 天',
  heatAll: '全部',
  heatCount: '{n} 起',
  heatPeriod: '{from} 至 {to}',
  heatUnit: '起/平方公里，每起按 {m} 米平滑',
  heatLeftOut: '只画同类且相近的三起以上：占全部报警的 {percent}%，其余不显示',
  heatNone: '这些天没有可显示的热力：没有同类且相近的三起报警',
  heatAsking: '正在读取热力…',
  heatFailed: '没有取到热力，正在重试',
  heatLate: '未能更新，这是 {time} 取到的热力',
  heatMissing: '部分热力图没有取到',
  heatNear: '街道级不画热力，缩小后显示',
  help_heat: '报警热力',
} as const;
