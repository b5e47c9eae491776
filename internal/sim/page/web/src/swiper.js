// The renderer's Carousel is the only thing that needs the swiper package, and
// Passdesk's cards have none: this stands in its place (see package bundle), and
// card.js takes the element out of the registry.
export default class {}
export const A11y = null, Autoplay = null, History = null, Keyboard = null, Navigation = null, Pagination = null, Scrollbar = null, Virtual = null;
