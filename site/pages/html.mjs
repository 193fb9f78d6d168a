/** HTML that is put together from text. */

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Return text so that it stands in HTML as text. */
export function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

/** Return the anchor of a heading, as GitHub makes it. */
export function slug(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ .-]/gu, "")
    .replace(/\./g, "")
    .replace(/ /g, "-");
}
