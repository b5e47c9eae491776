import { HostConfig } from "adaptivecards";

// Measures of Teams' own cards. Colours are CSS variables (page.css), so that a
// card changes between light and dark without being drawn again.
const ink = (name) => ({ default: `var(--card-${name})`, subtle: `var(--card-${name}-subtle, var(--card-${name}))` });
const inks = () => ({
  default: { default: "var(--text)", subtle: "var(--text-2)" },
  dark: { default: "var(--text)", subtle: "var(--text-2)" },
  light: { default: "var(--text-3)", subtle: "var(--text-3)" },
  accent: ink("accent"),
  attention: ink("attention"),
  good: ink("good"),
  warning: ink("warning"),
});
const style = (background) => ({ backgroundColor: background, foregroundColors: inks() });
const sizes = { small: 12, default: 14, medium: 16, large: 20, extraLarge: 26 };
const weights = { lighter: 300, default: 400, bolder: 600 };

export const hostConfig = new HostConfig({
  supportsInteractivity: true,
  spacing: { small: 4, default: 10, medium: 16, large: 24, extraLarge: 32, padding: 16 },
  separator: { lineThickness: 1, lineColor: "var(--line)" },
  fontTypes: {
    default: { fontFamily: "var(--sans)", fontSizes: sizes, fontWeights: weights },
    monospace: { fontFamily: "var(--mono)", fontSizes: sizes, fontWeights: weights },
  },
  lineHeights: { small: 16, default: 20, medium: 22, large: 28, extraLarge: 34 },
  imageSizes: { small: 32, medium: 52, large: 100 },
  containerStyles: {
    default: style("transparent"),
    emphasis: style("var(--card-emphasis)"),
    accent: style("var(--card-accent-back)"),
    good: style("var(--card-good-back)"),
    attention: style("var(--card-attention-back)"),
    warning: style("var(--card-warning-back)"),
  },
  inputs: {
    label: {
      inputSpacing: "small",
      requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" },
      optionalInputs: { weight: "bolder" },
    },
    errorMessage: { color: "attention", weight: "default", size: "small", spacing: "small" },
  },
  actions: {
    maxActions: 6,
    spacing: "medium",
    buttonSpacing: 8,
    showCard: { actionMode: "inline", inlineTopMargin: 12 },
    actionsOrientation: "horizontal",
    actionAlignment: "left",
  },
  adaptiveCard: { allowCustomStyle: false },
  imageSet: { imageSize: "medium", maxImageHeight: 100 },
  factSet: {
    title: { weight: "bolder", wrap: true, maxWidth: 140 },
    value: { wrap: true },
    spacing: 12,
  },
  textBlock: { headingLevel: 3 },
  textStyles: { heading: { size: "medium", weight: "bolder" }, columnHeader: { weight: "bolder" } },
});
