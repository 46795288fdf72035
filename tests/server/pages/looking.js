// What the walk asks of each page; see looking.py.
window.looking = {
  /** Language, title, one heading. */
  form(language) {
    const wrong = [];
    const root = document.documentElement;
    if (root.lang !== language) wrong.push(`its language is ${root.lang}`);
    if (!/\S · \S/.test(document.title)) wrong.push(`its title is ${document.title}`);
    const headings = document.querySelectorAll("h1").length;
    if (headings !== 1) wrong.push(`${headings} headings of the first order`);
    return wrong;
  },

  /** Nothing wider than the screen, cut off, hidden, or broken within a word. */
  layout() {
    const wrong = [];
    const told = (element) => element.outerHTML.slice(0, 110);
    if (document.documentElement.scrollWidth > innerWidth) wrong.push("wider than the screen");
    for (const element of document.querySelectorAll("body *")) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      if (!box.width || style.clipPath !== "none" || element.closest(".unseen, .skip, thead, svg"))
        continue;
      if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`cut off: ${told(element)}`);
      const scrolls = element.matches("input, select"); // within themselves
      const hides = !scrolls && /hidden|clip/.test(style.overflowX + style.overflowY);
      const more = element.scrollWidth > element.clientWidth + 1;
      if (hides && more) wrong.push(`hidden: ${told(element)}`);
    }
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (words.nextNode()) {
      const node = words.currentNode;
      if (!node.parentElement.closest("button, .button, .tag, label, h2, nav")) continue;
      for (const found of node.data.matchAll(/[\p{L}\d’]{2,}/gu)) {
        range.setStart(node, found.index);
        range.setEnd(node, found.index + found[0].length);
        const tops = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (tops.size > 1) wrong.push(`broken: ${found[0]} in ${told(node.parentElement)}`);
      }
    }
    return wrong;
  },

  /** Everything that can be used takes the focus, and shows it. */
  keyboard() {
    const wrong = [];
    const used = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    const told = (element) => element.outerHTML.slice(0, 110);
    for (const element of document.querySelectorAll(used)) {
      if (element.disabled || !element.checkVisibility({ visibilityProperty: true })) continue;
      element.focus({ focusVisible: true, preventScroll: true });
      const style = getComputedStyle(element);
      const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      const silent = element.getAttribute("tabindex") === "-1";
      if (document.activeElement !== element) wrong.push(`no focus: ${told(element)}`);
      else if (!shown && !silent) wrong.push(`focus unseen: ${told(element)}`);
      if (element.tabIndex > 0) wrong.push(`out of order: ${told(element)}`);
    }
    document.activeElement?.blur();
    return wrong;
  },
};
