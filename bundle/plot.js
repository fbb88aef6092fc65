// The parts of Observable Plot that archiver/web/static/plots.js draws with.
export {axisX, axisY, barX, barY, gridX, gridY, plot, pointerX, pointerY, rectY, ruleX, ruleY, tip} from '@observablehq/plot';
